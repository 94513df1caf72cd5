-- +goose Up

-- One row: the installation. Its primary key closes first-run set-up for good.
create table account (
	id         integer primary key check (id = 1),
	name       text    not null,
	link_key   blob    not null, -- signs delivery tokens and tracked links
	created_at integer not null
) strict;

create table members (
	member_id     integer primary key autoincrement,
	name          text    not null,
	name_key      text    not null,
	email         text    not null,
	email_key     text    not null unique,
	password_hash text    not null,
	role          text    not null check (role in ('admin', 'member')),
	theme         text    not null default 'system' check (theme in ('system', 'light', 'dark')),
	shortcuts     integer not null default 1 check (shortcuts in (0, 1)),
	created_at    integer not null
) strict;

-- A workspace's row outlives its contents, so that neither its slug nor its
-- past usage is ever handed to another one.
create table workspaces (
	workspace_id integer primary key autoincrement,
	slug         text    not null unique,
	name         text    not null,
	name_key     text    not null,
	color        text    not null,
	identifiers  text    not null check (identifiers in ('email', 'id', 'email_or_id')),
	next_identifiers text check (next_identifiers in ('email', 'id', 'email_or_id')), -- to which it is about to change
	email_by_id  integer not null default 0 check (email_by_id in (0, 1)),
	auto_merge   integer not null default 1 check (auto_merge in (0, 1)),
	sending      text    not null check (sending in ('normal', 'test', 'never')),
	test_address text    not null default '',
	people       integer not null default 0, -- kept, not counted
	suppressed   integer not null default 0, -- identifiers; kept, not counted
	created_at   integer not null,
	deleted_at   integer,
	purged_at    integer
) strict;
create unique index workspaces_by_name on workspaces (name_key) where deleted_at is null;

create table memberships (
	member_id    integer not null references members (member_id) on delete cascade,
	workspace_id integer not null references workspaces (workspace_id) on delete cascade,
	role         text    not null check (role in ('admin', 'author', 'viewer')),
	primary key (member_id, workspace_id)
) strict, without rowid;
create index memberships_by_workspace on memberships (workspace_id, member_id);

create table visits (
	member_id    integer not null references members (member_id) on delete cascade,
	workspace_id integer not null references workspaces (workspace_id) on delete cascade,
	visited_at   integer not null,
	primary key (member_id, workspace_id)
) strict, without rowid;
create index visits_latest on visits (member_id, visited_at desc);

create table sessions (
	session_id   integer primary key autoincrement,
	token_hash   blob    not null unique,
	member_id    integer not null references members (member_id) on delete cascade,
	workspace_id integer references workspaces (workspace_id) on delete set null, -- the active one
	agent        text    not null,
	address      text    not null,
	created_at   integer not null,
	seen_at      integer not null
) strict;
create index sessions_by_member on sessions (member_id, seen_at desc);

create table sign_in_failures (
	subject       text    primary key, -- "email …" or "address …"
	failures      integer not null,
	failed_at     integer not null,
	blocked_until integer not null
) strict, without rowid;

create table audit (
	audit_id     integer primary key autoincrement,
	workspace_id integer, -- null: the account itself
	member_id    integer, -- null: the command line
	actor        text    not null,
	action       text    not null,
	subject      text    not null,
	detail       text    not null default '',
	folded       text    not null, -- all of these words, to be searched
	at           integer not null
) strict;
create index audit_by_workspace on audit (workspace_id, audit_id);

-- What is counted, by calendar month (UTC), as yyyymm.
create table usage (
	workspace_id integer not null references workspaces (workspace_id),
	period       integer not null,
	people       integer not null default 0, -- at the end of the period, or now
	people_peak  integer not null default 0, -- the most held at one time
	emails       integer not null default 0,
	webhooks     integer not null default 0,
	events       integer not null default 0,
	sent_at      integer,                    -- the last message
	primary key (workspace_id, period)
) strict, without rowid;
create index usage_by_period on usage (period, workspace_id);

-- When a workspace next has work of a kind. The engine looks here, and only
-- here, so a workspace with nothing to do costs nothing.
create table turns (
	kind         text    not null,
	workspace_id integer not null references workspaces (workspace_id),
	due_at       integer not null,
	primary key (kind, workspace_id)
) strict, without rowid;
create index turns_due on turns (kind, due_at, workspace_id);

create table credentials (
	credential_id integer primary key autoincrement,
	workspace_id  integer not null references workspaces (workspace_id),
	kind          text    not null check (kind in ('track', 'app', 'pipelines')),
	name          text    not null,
	site_id       text    unique, -- track only
	secret_hash   blob    not null unique,
	hint          text    not null, -- the last four characters
	created_at    integer not null,
	created_by    integer references members (member_id) on delete set null,
	used_at       integer,
	used_from     text    not null default '',
	revoked_at    integer
) strict;
create index credentials_by_workspace on credentials (workspace_id, credential_id);

create table people (
	person_id    integer primary key autoincrement, -- cio_id is made of it
	workspace_id integer not null references workspaces (workspace_id),
	id           text,
	email        text,
	email_key    text, -- normalised; null where email does not identify
	unsubscribed integer not null default 0 check (unsubscribed in (0, 1)),
	attributes   text    not null default '{}',
	changed      text    not null default '{}', -- attribute: when last set, unix seconds; missing: created_at
	created_at   integer not null,
	updated_at   integer not null,
	unique (workspace_id, person_id)
) strict;
-- Also of those who have none: lists are ordered by them.
create unique index people_by_id on people (workspace_id, id);
create unique index people_by_email on people (workspace_id, email_key);

-- Substring search over email, id and name. detail=none keeps it small; see search.go.
create virtual table people_search using fts5 (
	body, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
);
-- What a transaction adds is gathered in memory, in bytes: the default of one
-- million makes an import write and merge many small parts of the index.
insert into people_search (people_search, rank) values ('hashsize', 16777216);

-- The names of attributes and events that a workspace has seen.
create table data_index (
	workspace_id integer not null references workspaces (workspace_id),
	kind         text    not null check (kind in ('attribute', 'event')),
	name         text    not null,
	seen_at      integer not null, -- first
	last_at      integer not null,
	times        integer not null default 0, -- kept, about once a second
	description  text    not null default '',
	sensitive    integer not null default 0 check (sensitive in (0, 1)),
	primary key (workspace_id, kind, name)
) strict, without rowid;
create index data_index_sensitive on data_index (workspace_id, name) where sensitive = 1;

-- Whatever happened: events of people, changes of attributes, steps of
-- deliveries. One table, because people read it as one time line.
create table activities (
	activity_id  integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	person_id    integer, -- null: nobody known; no foreign key, see departures
	anonymous_id text,    -- of an event: who is identified with it is given the event
	delivery_id  integer,
	type         text    not null,
	name         text    not null default '',
	data         text    not null default '{}',
	dedupe_key   text,
	occurred_at  integer not null
) strict;
create index activities_by_workspace on activities (workspace_id, activity_id);
create index activities_by_person on activities (workspace_id, person_id, activity_id);
create index activities_by_delivery on activities (workspace_id, delivery_id, activity_id) where delivery_id is not null;
-- What conditions ask for: how often somebody did this since, who did it at all.
create index activities_by_name on activities (workspace_id, type, name, person_id, occurred_at)
	where type = 'event' or type = 'page' or type = 'screen'
	or type = 'sent_email' or type = 'delivered_email' or type = 'opened_email' or type = 'clicked_email' or type = 'converted_email';
create index activities_anonymous on activities (workspace_id, anonymous_id) where anonymous_id is not null and person_id is null;
create unique index activities_once on activities (workspace_id, dedupe_key) where dedupe_key is not null;

-- People who were merged or deleted and whose activities are still to be
-- moved or removed. There may be millions, which no change must wait for.
create table departures (
	workspace_id integer not null references workspaces (workspace_id),
	person_id    integer not null, -- no longer in people
	into_id      integer,          -- whom they were merged into; null: deleted
	at           integer not null,
	primary key (workspace_id, person_id)
) strict, without rowid;
create index departures_into on departures (workspace_id, into_id) where into_id is not null;

-- A device is one person's at a time.
create table devices (
	workspace_id integer not null,
	token        text    not null,
	person_id    integer not null,
	platform     text    not null check (platform in ('ios', 'android')),
	attributes   text    not null default '{}',
	used_at      integer, -- null: never said
	created_at   integer not null,
	primary key (workspace_id, token),
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict, without rowid;
create index devices_by_person on devices (workspace_id, person_id);

-- Forms on other sites, as their first submission tells of them.
create table forms (
	workspace_id integer not null references workspaces (workspace_id),
	form_id      text    not null,
	name         text    not null default '',
	submissions  integer not null default 0,
	created_at   integer not null,
	updated_at   integer not null,
	primary key (workspace_id, form_id)
) strict, without rowid;

-- Identifiers that nobody may have. Of a person who is forgotten, only a
-- fingerprint of each is kept.
create table suppressions (
	workspace_id integer not null references workspaces (workspace_id),
	mark         blob    not null, -- of one identifier
	subject      blob    not null, -- what the identifiers of one person have in common
	actor        text    not null,
	at           integer not null,
	primary key (workspace_id, mark)
) strict, without rowid;
create index suppressions_by_subject on suppressions (workspace_id, subject);

-- A change of what identifies people in a workspace: everybody is checked
-- first, and what a new email key is filled in meanwhile.
create table identifier_changes (
	workspace_id integer primary key references workspaces (workspace_id),
	mode         text    not null check (mode in ('email', 'id', 'email_or_id')),
	state        text    not null check (state in ('checking', 'checked', 'clearing')),
	position     integer not null default 0, -- person_id up to which everybody is checked
	people       integer not null default 0, -- of these, how many
	actor        text    not null,
	begun_at     integer not null,
	checked_at   integer
) strict;

-- Who stands in the way of it: kept true while people change.
create table identifier_conflicts (
	workspace_id integer not null,
	problem      text    not null check (problem in ('duplicate_email', 'invalid_email', 'missing_email', 'missing_id', 'invalid_id')),
	value        text    not null, -- what several people share, or what is wrong
	person_id    integer not null,
	primary key (workspace_id, problem, value, person_id),
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict, without rowid;
create index identifier_conflicts_by_person on identifier_conflicts (workspace_id, person_id);

-- Identifiers that calls asked for and were not given: each once, with how
-- often. Everything that is shown as a data problem.
create table data_problems (
	problem_id   integer primary key autoincrement,
	workspace_id integer not null,
	person_id    integer not null, -- whose identifier stays as it is
	owner_id     integer,          -- who has the value; null: nobody
	kind         text    not null check (kind in ('id', 'email', 'cio_id')),
	value        text    not null,
	value_key    text    not null, -- to be searched
	cause        text    not null,
	reason       text    not null,
	source       text    not null,
	times        integer not null default 1,
	first_at     integer not null,
	last_at      integer not null,
	dismissed_at integer,
	unique (workspace_id, person_id, kind, value),
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict;
create index data_problems_open on data_problems (workspace_id, problem_id) where dismissed_at is null;
create index data_problems_dismissed on data_problems (workspace_id, problem_id) where dismissed_at is not null;
create index data_problems_by_value on data_problems (workspace_id, value_key);
create index data_problems_by_owner on data_problems (workspace_id, owner_id) where owner_id is not null;

create table segments (
	segment_id   integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	name         text    not null,
	name_key     text    not null,
	description  text    not null default '',
	kind         text    not null default 'dynamic' check (kind in ('dynamic', 'manual')),
	condition    text    not null default 'null', -- null: manual
	people       integer not null default 0,  -- kept, not counted
	built_to     integer not null default 0,  -- person_id up to which membership is built
	built_at     integer,                     -- null: still building
	deleted_at   integer,                     -- its members are being removed
	created_at   integer not null,
	updated_at   integer not null,
	unique (workspace_id, segment_id),
	unique (workspace_id, name_key)
) strict;

-- By person first: it is people who come and go, and SQLite would look through
-- a whole workspace for one person's rows if the segment came first.
create table segment_members (
	workspace_id integer not null,
	segment_id   integer not null,
	person_id    integer not null,
	entered_at   integer not null,
	primary key (workspace_id, person_id, segment_id),
	foreign key (workspace_id, segment_id) references segments (workspace_id, segment_id) on delete cascade,
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict, without rowid;
create index segment_members_by_segment on segment_members (workspace_id, segment_id, person_id);

-- When to look again whether a person belongs into a segment, because time
-- passed and nothing else need have happened.
create table segment_clock (
	workspace_id integer not null,
	segment_id   integer not null,
	person_id    integer not null,
	due_at       integer not null,
	primary key (workspace_id, person_id, segment_id),
	foreign key (workspace_id, segment_id) references segments (workspace_id, segment_id) on delete cascade,
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict, without rowid;
create index segment_clock_by_segment on segment_clock (workspace_id, segment_id, person_id);
create index segment_clock_due on segment_clock (workspace_id, due_at, segment_id, person_id);

create table senders (
	sender_id    integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	address      text    not null, -- "Name <email>"
	email_key    text    not null,
	created_at   integer not null,
	unique (workspace_id, email_key, address)
) strict;

create table layouts (
	layout_id    integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	name         text    not null,
	name_key     text    not null,
	html         text    not null,
	updated_at   integer not null,
	unique (workspace_id, name_key)
) strict;

create table campaigns (
	campaign_id  integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	name         text    not null,
	name_key     text    not null,
	state        text    not null check (state in ('draft', 'running', 'stopping', 'stopped', 'archived')),
	actions      integer not null default 0, -- of the draft, how many
	titles       text    not null default '', -- of the draft's actions, to be searched
	draft        text    not null,           -- workflow document
	revision     integer not null default 0, -- where undo stands in campaign_revisions
	version      integer not null default 0, -- the live one; 0: never started
	draft_saved  integer not null default 0, -- revision that the live version was made from
	created_by   integer references members (member_id) on delete set null,
	created_at   integer not null,
	updated_at   integer not null,
	started_at   integer,
	backfill_to  integer,                    -- person_id up to which current members have entered; null: none to enter
	exiting      integer not null default 0, -- 1: stopped, and everybody is being taken out
	unique (workspace_id, campaign_id),
	unique (workspace_id, name_key)
) strict;
create index campaigns_found on campaigns (workspace_id, state, name_key, actions, titles);
create index campaigns_latest on campaigns (workspace_id, updated_at, campaign_id);
create index campaigns_stopping on campaigns (workspace_id, campaign_id) where state = 'stopping';
create index campaigns_at_work on campaigns (workspace_id, campaign_id) where backfill_to is not null or exiting = 1;

create table campaign_revisions (
	workspace_id integer not null,
	campaign_id  integer not null,
	revision     integer not null,
	label        text    not null, -- "Move Welcome"
	document     text    not null, -- the draft after this change
	member_id    integer,
	at           integer not null,
	primary key (workspace_id, campaign_id, revision),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict;

create table campaign_versions (
	workspace_id integer not null,
	campaign_id  integer not null,
	version      integer not null,
	document     text    not null,
	member_id    integer,
	published_at integer not null,
	primary key (workspace_id, campaign_id, version),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict;

-- What starts running campaigns, so that an event or a change of a segment
-- finds its campaigns by one look-up.
create table triggers (
	workspace_id integer not null,
	kind         text    not null check (kind in ('event', 'segment_enter', 'segment_leave')),
	name         text    not null, -- the event's name, or the segment's id
	campaign_id  integer not null,
	primary key (workspace_id, kind, name, campaign_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict, without rowid;
create index triggers_by_campaign on triggers (workspace_id, campaign_id);

-- Counters of campaigns, by action ('' for the campaign itself) and metric.
create table campaign_counts (
	workspace_id integer not null,
	campaign_id  integer not null,
	action_key   text    not null,
	metric       text    not null,
	n            integer not null default 0,
	primary key (workspace_id, campaign_id, action_key, metric),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict, without rowid;

create table journeys (
	journey_id   integer primary key autoincrement,
	workspace_id integer not null,
	campaign_id  integer not null,
	person_id    integer not null,
	state        text    not null check (state in ('active', 'finished', 'exited')),
	position     text    not null, -- key of the action they stand before; '' when over
	arrived_at   integer not null, -- at that position
	due_at       integer,          -- when to look again; null when over
	event        text    not null default '{}', -- {"name", "timestamp", "data"} of what triggered it
	reason       text    not null default '',
	entered_at   integer not null,
	ended_at     integer,
	unique (workspace_id, journey_id),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade,
	foreign key (workspace_id, person_id) references people (workspace_id, person_id) on delete cascade
) strict;
create index journeys_due on journeys (workspace_id, due_at, journey_id) where due_at is not null;
create index journeys_by_person on journeys (workspace_id, person_id, campaign_id, journey_id);
create index journeys_by_position on journeys (workspace_id, campaign_id, position, journey_id) where due_at is not null;
create index journeys_by_campaign on journeys (workspace_id, campaign_id, journey_id);

-- The ledger. A row exists before anything is handed over. journey_id has no
-- foreign key: the row must outlive the person and their journey.
create table deliveries (
	delivery_id  integer primary key autoincrement,
	workspace_id integer not null,
	campaign_id  integer not null,
	journey_id   integer not null,
	action_key   text    not null,
	person_id    integer, -- null once the person is deleted
	channel      text    not null check (channel in ('email', 'webhook')),
	state        text    not null check (state in ('queued', 'drafted', 'attempted', 'handed', 'sent', 'uncertain', 'failed', 'undeliverable')),
	recipient    text    not null default '',
	subject      text    not null default '',
	reason       text    not null default '',
	attempts     integer not null default 0,
	approved     integer not null default 0, -- 1: a person said to send this draft
	due_at       integer, -- when to try; null when nothing is to be done
	created_at   integer not null,
	updated_at   integer not null,
	unique (workspace_id, delivery_id),
	unique (workspace_id, journey_id, action_key),
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id),
	foreign key (workspace_id, person_id) references people (workspace_id, person_id)
) strict;
create index deliveries_due on deliveries (workspace_id, due_at, delivery_id) where due_at is not null;
create index deliveries_handed on deliveries (state) where state = 'handed';
create index deliveries_by_state on deliveries (workspace_id, state, delivery_id);
create index deliveries_by_campaign on deliveries (workspace_id, campaign_id, delivery_id);
create index deliveries_by_campaign_state on deliveries (workspace_id, campaign_id, state, delivery_id);
create index deliveries_by_person on deliveries (workspace_id, person_id, delivery_id);

-- What a delivery said, as it was composed.
create table delivery_contents (
	workspace_id integer not null,
	delivery_id  integer not null,
	sender       text    not null,
	reply_to     text    not null default '',
	body         blob    not null, -- HTML and text, compressed
	primary key (workspace_id, delivery_id),
	foreign key (workspace_id, delivery_id) references deliveries (workspace_id, delivery_id) on delete cascade
) strict;

-- The built-in mailbox: where messages land when no mail server is set.
create table mailbox (
	mail_id      integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	delivery_id  integer, -- null: a test
	sender       text    not null,
	recipient    text    not null,
	subject      text    not null,
	arrived_at   integer not null,
	raw          blob    not null,
	unique (workspace_id, mail_id)
) strict;

create table imports (
	import_id    integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	name         text    not null,
	name_key     text    not null,
	file         text    not null, -- within the folder of uploads, in UTF-8
	size         integer not null, -- bytes
	state        text    not null check (state in ('uploaded', 'checking', 'checked', 'importing', 'paused', 'imported', 'stopped', 'failed', 'undoing', 'undone')),
	format       text    not null, -- encoding, separator, header, first rows
	mapping      text    not null default '[]', -- where each column goes
	options      text    not null default '{}', -- how rows are taken
	position     integer not null default 0, -- bytes of the file that are done
	line         integer not null default 1, -- the one that begins there
	total        integer not null default 0, -- rows of the file; 0 until it is checked
	row_count    integer not null default 0, -- rows that are done
	created      integer not null default 0, -- of these: checked to be new, or created
	updated      integer not null default 0,
	skipped      integer not null default 0, -- left out, as was chosen
	rejected     integer not null default 0,
	removed      integer not null default 0, -- people whom it had created and an undo took away
	restored     integer not null default 0, -- people whose attributes an undo set back
	kept         integer not null default 0, -- what an undo left as it is, because it changed since
	header_key   text    not null default '', -- a file with the same columns is matched as this one was
	problem      text    not null default '', -- why it failed
	created_by   integer references members (member_id) on delete set null,
	created_at   integer not null,
	begun_at     integer not null default 0, -- when work began, or went on after an interruption
	begun_from   integer not null default 0, -- position at that time
	updated_at   integer not null,
	finished_at  integer,
	unique (workspace_id, import_id)
) strict;

create unique index imports_by_file on imports (file);
create index imports_at_work on imports (workspace_id, import_id) where state in ('checking', 'importing', 'undoing');
create index imports_by_header on imports (workspace_id, header_key, import_id);

-- What an import did, for its undo: whom each part of its file created, and how
-- those whom it changed were before.
create table import_journal (
	workspace_id integer not null,
	import_id    integer not null,
	position     integer not null, -- of the file, behind that part
	first_id     integer not null, -- people from here to last_id were created
	last_id      integer not null,
	before       blob    not null, -- how others were, as compressed JSON
	at           integer not null, -- their time of change
	primary key (workspace_id, import_id, position),
	foreign key (workspace_id, import_id) references imports (workspace_id, import_id) on delete cascade
) strict, without rowid;

-- People whom an undo left as they are, or in part.
create table import_kept (
	workspace_id integer not null,
	import_id    integer not null,
	person_id    integer not null,
	reason       text    not null,
	primary key (workspace_id, import_id, person_id),
	foreign key (workspace_id, import_id) references imports (workspace_id, import_id) on delete cascade
) strict, without rowid;

-- A few rows of each kind, as the check foresees them.
create table import_samples (
	workspace_id integer not null,
	import_id    integer not null,
	line         integer not null,
	created      integer not null check (created in (0, 1)),
	who          text    not null,
	changes      text    not null, -- attribute: from and to, as JSON
	primary key (workspace_id, import_id, line),
	foreign key (workspace_id, import_id) references imports (workspace_id, import_id) on delete cascade
) strict, without rowid;

create table import_rejects (
	workspace_id integer not null,
	import_id    integer not null,
	line         integer not null,
	reason       text    not null,
	record       text    not null, -- the row as JSON
	primary key (workspace_id, import_id, line),
	foreign key (workspace_id, import_id) references imports (workspace_id, import_id) on delete cascade
) strict, without rowid;

-- Work on many people at once. People of a job are those with keys up to
-- up_to_id, in that order: position is the last who was looked at.
create table jobs (
	job_id       integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	kind         text    not null check (kind in ('add_to_segment', 'remove_from_segment', 'set_attribute', 'unsubscribe', 'delete', 'suppress', 'export')),
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
	created_at   integer not null,
	updated_at   integer not null,
	finished_at  integer,
	unique (workspace_id, job_id)
) strict;
create index jobs_running on jobs (workspace_id, updated_at, job_id) where state = 'running';
create index jobs_by_kind on jobs (workspace_id, kind, job_id);
create index jobs_by_file on jobs (file) where file <> '';

-- Lists of people that somebody keeps: private, or for all of the workspace.
create table people_views (
	view_id      integer primary key autoincrement,
	workspace_id integer not null references workspaces (workspace_id),
	member_id    integer not null references members (member_id) on delete cascade,
	shared       integer not null check (shared in (0, 1)),
	name         text    not null,
	name_key     text    not null,
	q            text    not null,
	condition    text    not null,
	sort         text    not null,
	columns      text    not null, -- empty: those of whoever looks
	updated_at   integer not null,
	unique (workspace_id, member_id, name_key)
) strict;
create index people_views_shared on people_views (workspace_id, name_key) where shared = 1;

-- How a member wants the list of people of a workspace.
create table people_preferences (
	member_id    integer not null references members (member_id) on delete cascade,
	workspace_id integer not null references workspaces (workspace_id),
	columns      text    not null,
	compact      integer not null check (compact in (0, 1)),
	primary key (workspace_id, member_id)
) strict, without rowid;
create index people_preferences_by_member on people_preferences (member_id);
create index people_views_by_member on people_views (member_id);
