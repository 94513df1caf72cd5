-- +goose Up

-- The number of each action, for programs: in the documents it has a key.
create table campaign_actions (
	action_id    integer primary key autoincrement,
	workspace_id integer not null,
	campaign_id  integer not null,
	action_key   text    not null,
	type         text    not null, -- as it was last: email, delay …
	unique (workspace_id, campaign_id, action_key),
	unique (workspace_id, action_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict;
insert into campaign_actions (workspace_id, campaign_id, action_key, type)
	select c.workspace_id, c.campaign_id, t.atom, c.draft ->> (t.path || '.type')
	from campaigns c, json_tree(c.draft, '$.actions') t
	where t.key = 'key' and t.type = 'text' and typeof(c.draft ->> (t.path || '.type')) = 'text'
	order by c.campaign_id, t.id
	on conflict do nothing;
insert into campaign_actions (workspace_id, campaign_id, action_key, type)
	select v.workspace_id, v.campaign_id, t.atom, v.document ->> (t.path || '.type')
	from campaign_versions v, json_tree(v.document, '$.campaign.actions') t
	where t.key = 'key' and t.type = 'text' and typeof(v.document ->> (t.path || '.type')) = 'text'
	order by v.campaign_id, v.version, t.id
	on conflict do nothing;
insert into campaign_actions (workspace_id, campaign_id, action_key, type)
	select distinct workspace_id, campaign_id, action_key, channel from deliveries where campaign_id is not null
	on conflict do nothing;

-- The links of messages that people clicked, and how often: by the hour in which
-- the message was made.
create table campaign_links (
	link_id      integer primary key autoincrement,
	workspace_id integer not null,
	campaign_id  integer not null,
	action_key   text    not null,
	href         text    not null, -- '': all others, once there are very many
	unique (workspace_id, campaign_id, action_key, href),
	unique (workspace_id, link_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict;
create table campaign_link_hours (
	workspace_id integer not null,
	link_id      integer not null,
	hour         integer not null,           -- since 1970
	clicks       integer not null default 0,
	messages     integer not null default 0, -- in which it was clicked at all
	primary key (workspace_id, link_id, hour),
	foreign key (workspace_id, link_id) references campaign_links (workspace_id, link_id) on delete cascade
) strict, without rowid;
insert into campaign_links (workspace_id, campaign_id, action_key, href)
	select distinct d.workspace_id, d.campaign_id, d.action_key, a.data ->> '$.href'
	from activities a join deliveries d on d.workspace_id = a.workspace_id and d.delivery_id = a.delivery_id
	where a.type glob 'clicked_*' and d.campaign_id is not null and a.data ->> '$.machine' is null and a.data ->> '$.href' <> '';
insert into campaign_link_hours (workspace_id, link_id, hour, clicks, messages)
	select l.workspace_id, l.link_id, d.created_at / 3600000000, count(*), count(distinct d.delivery_id)
	from activities a join deliveries d on d.workspace_id = a.workspace_id and d.delivery_id = a.delivery_id
	join campaign_links l on l.workspace_id = d.workspace_id and l.campaign_id = d.campaign_id and l.action_key = d.action_key and l.href = a.data ->> '$.href'
	where a.type glob 'clicked_*' and a.data ->> '$.machine' is null
	group by 1, 2, 3;

create index senders_in_order on senders (workspace_id, sender_id);
