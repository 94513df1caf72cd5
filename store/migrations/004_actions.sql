-- +goose Up

-- Which attribute says the language of a person.
alter table workspaces add column language_attribute text not null default 'language';

-- Where messages go that are no email: a web address for each way.
create table gateways (
	workspace_id integer not null references workspaces (workspace_id),
	channel      text    not null check (channel in ('slack', 'push', 'sms')),
	address      text    not null,
	sender       text    not null default '',   -- of text messages that name none
	headers      text    not null default '[]', -- [{"name", "value"}], among them secrets: never shown again
	updated_at   integer not null,
	primary key (workspace_id, channel)
) strict, without rowid;

-- A campaign changes many people with a job of its own, which the step of its
-- journey starts once.
create table new_jobs (
	job_id       integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	kind         text    not null check (kind in ('add_to_segment', 'remove_from_segment', 'set_attribute', 'unsubscribe', 'delete', 'suppress', 'export', 'batch_update')),
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
	origin       text, -- the journey's step that started it; null: somebody did
	created_at   integer not null,
	updated_at   integer not null,
	finished_at  integer,
	unique (workspace_id, job_id)
) strict;
insert into new_jobs (job_id, workspace_id, kind, state, title, title_key, chosen, q, condition, parameters, expected, exact, found, changed, refused,
	first_id, position, up_to_id, file, size, problem, actor, member_id, created_at, updated_at, finished_at)
	select job_id, workspace_id, kind, state, title, title_key, chosen, q, condition, parameters, expected, exact, found, changed, refused,
	first_id, position, up_to_id, file, size, problem, actor, member_id, created_at, updated_at, finished_at from jobs;
drop table jobs;
alter table new_jobs rename to jobs;
create index jobs_running on jobs (workspace_id, updated_at, job_id) where state = 'running';
create index jobs_by_kind on jobs (workspace_id, kind, job_id);
create index jobs_by_file on jobs (file) where file <> '';
create unique index jobs_once on jobs (workspace_id, origin) where origin is not null;
