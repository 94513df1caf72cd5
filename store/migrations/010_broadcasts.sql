-- +goose Up

alter table campaigns add column newsletter integer not null default 0 check (newsletter in (0, 1)); -- a broadcast that goes out once
alter table campaigns add column per_hour integer not null default 0; -- of a newsletter: how many people at most; 0: as fast as it can
alter table campaigns add column in_zones integer not null default 0 check (in_zones in (0, 1)); -- of a newsletter: at that time by each person's clocks
update campaigns set kind = 'broadcast' where draft ->> '$.trigger.type' = 'api';
create index campaigns_by_kind on campaigns (workspace_id, kind, updated_at, campaign_id);

-- A run of a broadcast is a job, too. What kinds there are is not for the
-- database to say.
create table new_jobs (
	job_id       integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	kind         text    not null,
	state        text    not null check (state in ('running', 'done', 'cancelled', 'failed')),
	title        text    not null,
	title_key    text    not null, -- to be searched
	chosen       text    not null default '[]',   -- people by key; empty: all whom q and condition name
	q            text    not null default '',
	condition    text    not null default 'null',
	parameters   text    not null default '{}',
	expected     integer not null, -- people, counted before
	exact        integer not null, -- 0: at least so many
	found        integer not null default 0,
	changed      integer not null default 0,
	refused      integer not null default 0,
	first_id     integer not null,
	position     integer not null,
	up_to_id     integer not null,
	file         text    not null default '', -- of an export; empty: there is none any more
	size         integer not null default 0,  -- bytes of it that are written
	problem      text    not null default '',
	actor        text    not null,
	member_id    integer,
	origin       text,    -- the journey's step that started it; null: somebody did
	campaign_id  integer, -- of which it is a run; null: of none
	created_at   integer not null,
	updated_at   integer not null,
	finished_at  integer,
	unique (workspace_id, job_id)
) strict;
insert into new_jobs (job_id, workspace_id, kind, state, title, title_key, chosen, q, condition, parameters, expected, exact, found, changed, refused,
	first_id, position, up_to_id, file, size, problem, actor, member_id, origin, created_at, updated_at, finished_at)
	select job_id, workspace_id, kind, state, title, title_key, chosen, q, condition, parameters, expected, exact, found, changed, refused,
	first_id, position, up_to_id, file, size, problem, actor, member_id, origin, created_at, updated_at, finished_at from jobs;
drop table jobs;
alter table new_jobs rename to jobs;
create index jobs_running on jobs (workspace_id, updated_at, job_id) where state = 'running';
create index jobs_by_kind on jobs (workspace_id, kind, job_id);
create index jobs_by_file on jobs (file) where file <> '';
create unique index jobs_once on jobs (workspace_id, origin) where origin is not null;
create index jobs_by_campaign on jobs (workspace_id, campaign_id, job_id) where campaign_id is not null;
