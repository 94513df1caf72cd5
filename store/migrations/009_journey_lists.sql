-- +goose Up

create index journeys_by_state on journeys (workspace_id, campaign_id, state, journey_id);
