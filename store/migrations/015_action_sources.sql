-- +goose Up

-- What the sources of imported actions said when they were imported, by hash:
-- an action's origin names it.
create table action_sources (
	workspace_id integer not null references workspaces (workspace_id), -- of the copies
	hash         text    not null,
	document     text    not null, -- the action's essence
	primary key (workspace_id, hash)
) strict, without rowid;

-- States of a source that somebody looked at and did not want.
create table ignored_sources (
	workspace_id integer not null,
	campaign_id  integer not null,
	action_key   text    not null,
	hash         text    not null, -- of the source's essence
	member_id    integer,
	at           integer not null,
	primary key (workspace_id, campaign_id, action_key),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict, without rowid;
