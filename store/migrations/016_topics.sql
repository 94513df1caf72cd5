-- +goose Up

-- Pieces of Liquid that messages and layouts have in common.
create table snippets (
	snippet_id   integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	name         text    not null,
	name_key     text    not null,
	value        text    not null,
	updated_at   integer not null,
	unique (workspace_id, name_key)
) strict;

-- What people choose to hear about. Their choices name a topic by its number
-- (topic_1), so a number is never given out twice, and deleted topics stay.
create table topics (
	workspace_id integer not null references workspaces (workspace_id),
	topic_id     integer not null,
	name         text    not null,
	name_key     text    not null,
	description  text    not null default '',
	subscribed   integer not null check (subscribed in (0, 1)), -- who has chosen nothing
	position     integer not null,
	created_at   integer not null,
	updated_at   integer not null,
	deleted_at   integer,
	primary key (workspace_id, topic_id)
) strict, without rowid;

create unique index topics_by_name on topics (workspace_id, name_key) where deleted_at is null;

-- Until now a campaign named a topic that was only a name, and everybody got
-- its messages: such a name becomes a topic to which everybody is subscribed.
insert into topics (workspace_id, topic_id, name, name_key, subscribed, position, created_at, updated_at)
	with named (workspace_id, name) as (
		select c.workspace_id, substr(t.value, 7) from campaigns c, json_tree(c.draft) t
		where t.key = 'subscription' and t.type = 'text' and t.value like 'topic:%'
		union
		select v.workspace_id, substr(t.value, 7) from campaign_versions v, json_tree(v.document) t
		where t.key = 'subscription' and t.type = 'text' and t.value like 'topic:%'),
	keyed (workspace_id, name, name_key) as (
		select workspace_id, min(name), name_key(name) from named where trim(name) <> '' group by workspace_id, name_key(name))
	select workspace_id, row_number() over (partition by workspace_id order by name_key), trim(name), name_key, 1,
		row_number() over (partition by workspace_id order by name_key), unixepoch() * 1000000, unixepoch() * 1000000
	from keyed;
