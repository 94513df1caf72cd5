-- +goose Up

alter table campaigns add column dates_to integer; -- person_id up to which it is worked out when the date of each comes; null: nothing to work out
alter table campaigns add column start_problem text not null default ''; -- why a planned start was not made
drop index campaigns_at_work;
create index campaigns_at_work on campaigns (workspace_id, campaign_id) where backfill_to is not null or exiting = 1 or dates_to is not null;

-- When the date of a campaign comes next, for each person who has one.
create table date_dues (
	workspace_id integer not null,
	campaign_id  integer not null,
	person_id    integer not null,
	due_at       integer,                  -- null: never again
	fired        text    not null default '', -- the day that came last, by their clocks: it comes once
	primary key (workspace_id, campaign_id, person_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade,
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict, without rowid;
create index date_dues_next on date_dues (workspace_id, due_at, campaign_id, person_id) where due_at is not null;
create index date_dues_by_person on date_dues (workspace_id, person_id);

-- The last message before a goal.
create index deliveries_before_goal on deliveries (workspace_id, person_id, campaign_id, sent_at) where sent_at is not null;
