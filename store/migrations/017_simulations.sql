-- +goose Up

-- A simulation is a job that lets people walk through a workflow with a clock
-- of its own. What it is about stands here, as it was when it began.
create table simulations (
	workspace_id integer not null,
	job_id       integer not null,
	campaign_id  integer not null,
	version      integer not null, -- 0: the draft
	document     text    not null, -- the workflow
	starts_at    integer not null, -- by the clock of the simulation
	data         text    not null default '', -- of the trigger; empty: each person's own
	again        integer not null check (again in (0, 1)), -- also who has been in the campaign
	tally        text    not null default '{}', -- what became of people, summed up
	primary key (workspace_id, job_id),
	foreign key (workspace_id, job_id) references jobs (workspace_id, job_id) on delete cascade,
	foreign key (workspace_id, campaign_id) references campaigns (workspace_id, campaign_id) on delete cascade
) strict, without rowid;
create index simulations_by_campaign on simulations (workspace_id, campaign_id, job_id);

-- One person's way through it. person_id 0: nobody, of a campaign that is
-- about nobody. There is no reference to people: who is deleted takes theirs
-- along.
create table simulated_journeys (
	workspace_id integer not null,
	job_id       integer not null,
	person_id    integer not null,
	outcome      text    not null,
	reason       text    not null,
	messages     integer not null, -- that would be sent or wait as drafts
	problems     integer not null,
	entered_at   integer not null,
	ended_at     integer not null, -- 0: they would wait
	steps        text    not null, -- json
	primary key (workspace_id, job_id, person_id),
	foreign key (workspace_id, job_id) references simulations (workspace_id, job_id) on delete cascade
) strict, without rowid;
create index simulated_journeys_of on simulated_journeys (workspace_id, person_id);
create index simulated_journeys_problems on simulated_journeys (workspace_id, job_id, person_id) where problems > 0;
create index simulated_journeys_messages on simulated_journeys (workspace_id, job_id, person_id) where messages > 0;
create index simulated_journeys_refused on simulated_journeys (workspace_id, job_id, person_id) where outcome = 'refused';
