-- +goose Up

alter table campaigns add column kind text not null default 'campaign' check (kind in ('campaign', 'broadcast')); -- broadcast: the API triggers it
alter table campaigns add column start_at integer; -- when its live version begins to let people in; null: not planned
alter table campaigns add column start_current integer not null default 0 check (start_current in (0, 1)); -- whoever is in the segment then, too
alter table campaigns add column stop_at integer;  -- when it stops; null: not planned
alter table campaigns add column stop_exit integer not null default 0 check (stop_exit in (0, 1)); -- everybody is taken out then
alter table campaigns add column zone text not null default ''; -- in which both were chosen
alter table campaigns add column hook text; -- secret part of the address whose calls start it
create unique index campaigns_by_hook on campaigns (hook) where hook is not null;
create index campaigns_planned on campaigns (workspace_id, campaign_id) where start_at is not null or stop_at is not null;

-- What starts running campaigns, and what their goals are. The name is that of
-- the event, the form or the attribute with the date, or the segment's id.
create table old_triggers as select * from triggers;
drop table triggers;
create table triggers (
	workspace_id integer not null,
	kind         text    not null check (kind in ('event', 'segment_enter', 'segment_leave', 'date', 'form', 'goal_event', 'goal_enter', 'goal_leave')),
	name         text    not null,
	campaign_id  integer not null,
	primary key (workspace_id, kind, name, campaign_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict, without rowid;
create index triggers_by_campaign on triggers (workspace_id, campaign_id);
insert into triggers (workspace_id, kind, name, campaign_id) select workspace_id, kind, name, campaign_id from old_triggers;
drop table old_triggers;

create table new_journeys (
	journey_id   integer primary key autoincrement,
	workspace_id integer not null,
	campaign_id  integer not null,
	person_id    integer,          -- null: a webhook that is about nobody
	run_id       integer,          -- of the API-triggered broadcast; null: of another campaign
	state        text    not null check (state in ('active', 'finished', 'exited')),
	position     text    not null, -- key of the action they stand before; '' when over
	waits        integer not null default 0 check (waits between 0 and 3), -- what they have been through there; see workflow.Waits
	watching     integer not null default 0 check (watching in (0, 1)),    -- what happens to the person may end the wait
	arrived_at   integer not null, -- at that position
	due_at       integer,          -- when to look again; null when over
	event        text    not null default '{}', -- {"name", "timestamp", "data"} of what triggered it
	attributes   text    not null default '{}', -- of the journey itself
	trail        text    not null default '',   -- where they have been, a line each; see store/trail.go
	reason       text    not null default '',
	entered_at   integer not null,
	activated_at integer,          -- when the filter let them in; null: not yet, or never
	messaged_at  integer,          -- when they first met a message or another action that is no wait
	converted_at integer,          -- when they met the goal
	again_at     integer,          -- when they may enter once more, for campaigns that repeat at an interval
	ended_at     integer,
	unique (workspace_id, journey_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade,
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict;
insert into new_journeys (journey_id, workspace_id, campaign_id, person_id, state, position, waits, arrived_at, due_at, event, reason, entered_at, activated_at, ended_at)
	select journey_id, workspace_id, campaign_id, person_id, state, position, coalesce(due_at > arrived_at, 0), arrived_at, due_at, event, reason, entered_at, entered_at, ended_at from journeys;
drop table journeys;
alter table new_journeys rename to journeys;
create index journeys_due on journeys (workspace_id, due_at, journey_id) where due_at is not null;
create index journeys_by_person on journeys (workspace_id, person_id, campaign_id, journey_id);
create index journeys_by_position on journeys (workspace_id, campaign_id, position, journey_id) where due_at is not null;
create index journeys_by_campaign on journeys (workspace_id, campaign_id, journey_id);
create index journeys_watching on journeys (workspace_id, person_id) where watching = 1;
create index journeys_again on journeys (workspace_id, again_at) where again_at is not null;
create index journeys_by_run on journeys (workspace_id, run_id, journey_id) where run_id is not null;

-- One message to many people at once.
create table newsletters (
	newsletter_id integer primary key autoincrement,
	workspace_id  integer not null references workspaces (workspace_id),
	name          text    not null,
	name_key      text    not null,
	state         text    not null check (state in ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')),
	content       text    not null default '{}', -- who gets it and what it says
	revision      integer not null default 0,
	send_at       integer,                       -- null: at once
	zone          text    not null default '',   -- in which that was chosen
	position      integer not null default 0,    -- person_id up to which everybody was looked at
	up_to_id      integer not null default 0,
	problem       text    not null default '',
	created_by    integer references members (member_id) on delete set null,
	created_at    integer not null,
	updated_at    integer not null,
	started_at    integer,
	finished_at   integer,
	unique (workspace_id, newsletter_id),
	unique (workspace_id, name_key)
) strict;
create index newsletters_latest on newsletters (workspace_id, updated_at, newsletter_id);

-- The ledger. A row exists before anything is handed over. It belongs to an
-- action of a journey, or to a newsletter. journey_id has no foreign key: the
-- row must outlive the person and their journey.
create table new_contents as select * from delivery_contents;
drop table delivery_contents;
create table new_deliveries (
	delivery_id   integer primary key autoincrement,
	workspace_id  integer not null,
	campaign_id   integer,
	journey_id    integer,
	action_key    text    not null, -- of a newsletter: its variant
	newsletter_id integer,
	person_id     integer, -- null once the person is deleted
	addressee_id  integer, -- of a newsletter: person_id as it was then; a merge leaves it
	personless    integer not null default 0 check (personless in (0, 1)), -- it never was about anybody
	channel       text    not null check (channel in ('email', 'webhook', 'slack', 'push', 'sms')),
	state         text    not null check (state in ('queued', 'drafted', 'attempted', 'handed', 'sent', 'uncertain', 'failed', 'undeliverable')),
	recipient     text    not null default '',
	subject       text    not null default '',
	language      text    not null default '',
	reason        text    not null default '',
	attempts      integer not null default 0,
	approved      integer not null default 0, -- 1: a person said to send this draft
	due_at        integer, -- when to try; null when nothing is to be done
	created_at    integer not null,
	updated_at    integer not null,
	sent_at       integer, -- when the server took it
	opened_at     integer, -- by a person, first
	clicked_at    integer,
	converted_at  integer, -- when the goal was met, and it was the message before that
	unique (workspace_id, delivery_id),
	unique (workspace_id, journey_id, action_key),
	unique (workspace_id, newsletter_id, addressee_id),
	check ((newsletter_id is null) = (campaign_id is not null and journey_id is not null)),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id),
	foreign key (workspace_id, newsletter_id) references newsletters (workspace_id, newsletter_id),
	foreign key (workspace_id, person_id) references people (workspace_id, person_id)
) strict;
insert into new_deliveries (delivery_id, workspace_id, campaign_id, journey_id, action_key, person_id, channel, state, recipient, subject, reason, attempts, approved, due_at, created_at, updated_at)
	select delivery_id, workspace_id, campaign_id, journey_id, action_key, person_id, channel, state, recipient, subject, reason, attempts, approved, due_at, created_at, updated_at from deliveries;
drop table deliveries;
alter table new_deliveries rename to deliveries;
create index deliveries_due on deliveries (workspace_id, due_at, delivery_id) where due_at is not null;
create index deliveries_handed on deliveries (state) where state = 'handed';
create index deliveries_by_state on deliveries (workspace_id, state, delivery_id);
create index deliveries_by_campaign on deliveries (workspace_id, campaign_id, delivery_id);
create index deliveries_by_campaign_state on deliveries (workspace_id, campaign_id, state, delivery_id);
create index deliveries_by_newsletter on deliveries (workspace_id, newsletter_id, delivery_id) where newsletter_id is not null;
create index deliveries_by_person on deliveries (workspace_id, person_id, delivery_id);

create table delivery_contents (
	workspace_id integer not null,
	delivery_id  integer not null,
	sender       text    not null,
	reply_to     text    not null default '',
	body         blob    not null, -- HTML and text, compressed
	primary key (workspace_id, delivery_id),
	foreign key (workspace_id, delivery_id) references deliveries (workspace_id, delivery_id) on delete cascade
) strict;
insert into delivery_contents (workspace_id, delivery_id, sender, reply_to, body)
	select workspace_id, delivery_id, sender, reply_to, body from new_contents;
drop table new_contents;
