-- +goose Up

-- What happened by the hour in which the message was made, or in which the
-- person entered; action_key is '' for the campaign.
create table campaign_hours (
	workspace_id integer not null,
	campaign_id  integer not null,
	action_key   text    not null,
	hour         integer not null, -- since 1970
	metric       text    not null,
	n            integer not null default 0,
	primary key (workspace_id, campaign_id, action_key, hour, metric),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict, without rowid;
