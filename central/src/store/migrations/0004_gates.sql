-- Gates: who may pass, what gates decided, who is inside, what was asked of registers.
--
-- Columns marked "sealed" hold personal data encrypted with central's data key (see crate::sealing): data_class sensitive, never
-- logged, never shown whole. Columns marked "basic" are personal data in clear: names and plates (data_class basic).

-- What a site asks at its gates, every version of it.
create table gate_policies (
    site text not null references sites (site),
    version bigint not null,        -- 1, 2, …: grows with every change of the document
    document text not null,         -- json: holidays, schedules, gates, paper form, counting lines, face approval
    changes text not null,          -- json [{path,from,to}] against the version before
    changed_by text not null,       -- user name, or 'console'
    changed_at_ms bigint not null,
    approved_by text,               -- who approved it, where the site asks for a second person
    note text,                      -- why, in words
    primary key (site, version)
);

-- One row per site with gates: the number that grows with every change of anything that is in its lists.
create table gate_sites (
    site text primary key references sites (site),
    version bigint not null,        -- newest version of the site's list
    changed_at_ms bigint not null
);

-- Enterprises, contractors, staff, tours: whose people and vehicles these are.
create table groups (
    site text not null references sites (site),
    group_id text not null,         -- name in rules and events, [a-z0-9-]
    kind text not null,             -- enterprise | contractor | staff | visitors | tour | authority
    name text not null,
    vehicle_quota bigint,           -- places for its vehicles inside at the same time
    person_quota bigint,            -- the same for people
    contact text,                   -- basic: who to call
    status text not null,           -- active | suspended | ended
    created_at_ms bigint not null,
    created_by text not null,
    changed_at_ms bigint not null,
    changed_by text not null,
    ended_at_ms bigint,
    primary key (site, group_id)
);

-- Vehicles and people on the allow and block lists of a site, passes and bookings included.
create table members (
    member_id text primary key,     -- also the id of the entry in lists and events
    site text not null references sites (site),
    group_id text,                  -- its group
    kind text not null,             -- person | vehicle
    list text not null,             -- allow | block
    label text not null,            -- basic: what the guard sees, 'Nguyễn V. M.' or an enterprise's vehicle; never a number
    name text,                      -- sealed: full name
    number text,                    -- sealed: 12-digit card number, or passport 'CCC:NUMBER'
    number_index text,              -- keyed digest of number: finds it without opening anything
    plate text,                     -- basic: canonical plate of a vehicle
    vehicle_group text,             -- car | motorcycle; null matches both
    pass_digest text,               -- sha256 of a pass's secret, hex
    pass_secret text,               -- sealed: the secret itself, which each agent's digest is made of
    pin text,                       -- sealed: PIN
    vneid_ref text,                 -- sealed: VNeID's reference of the subject
    gates text not null,            -- json array of gates it holds at; empty for all
    schedule text,                  -- hours of its own
    valid_from_ms bigint,
    valid_until_ms bigint,          -- exclusive
    uses bigint,                    -- ways in it is good for; null for any number
    escort bigint not null,         -- 1 when somebody of the staff must come along
    drivers text not null,          -- json array of member ids that may drive a vehicle; empty for anybody of its group
    stay_minutes bigint,            -- longest stay
    expected_at_ms bigint,          -- when a visitor is expected
    people bigint not null default 1, -- people who come on it
    status text not null,           -- active | suspended | ended
    source text not null,           -- manual | import | pass | visit
    created_at_ms bigint not null,
    created_by text not null,
    changed_at_ms bigint not null,
    changed_by text not null,
    ended_at_ms bigint
);
create index members_by_site on members (site, status, kind);
create index members_by_group on members (site, group_id);
create index members_by_plate on members (plate);
create index members_by_number on members (number_index);
create index members_by_pass on members (pass_digest);

-- The lists as they were made for agents. Two versions with the same content share its body.
create table gate_lists (
    site text not null,
    agent text not null,
    version bigint not null,
    made_at_ms bigint not null,
    key text not null,              -- fingerprint of the agent's key that its digests are made for
    content text not null,          -- sha256 of all but version and time
    primary key (site, agent, version)
);
create index gate_lists_by_time on gate_lists (site, agent, made_at_ms);
create table gate_list_bodies (
    content text primary key,
    body text not null              -- json wire GateList
);

-- Decisions at gates, one row each; a settled envelope overwrites what a provisional one said.
create table accesses (
    id text primary key,            -- event id
    feed_id bigint not null,        -- newest row of the feed that speaks of it
    site text not null,
    agent text not null,
    camera text not null,           -- the lane's camera, or 'agent'
    seq bigint not null,
    phase text not null,            -- provisional | settled
    at_ms bigint not null,          -- when it was asked
    received_at_ms bigint not null,
    late bigint not null,           -- 1 when received more than a minute after capture
    gate text not null,
    area text not null,
    lane text not null,
    direction text not null,        -- in | out | forward | backward
    kind text not null,             -- vehicle | person | both | none: what was presented
    verdict text not null,          -- admit | wait | deny: the last word
    decided text not null,          -- admit | wait | deny: the agent's own answer
    reason text not null,           -- wire Reason
    rule text,
    entry text,                     -- member id
    driver text,                    -- member id of the driver
    group_id text,
    actor text,                     -- user name of the guard whose word the last one is; null for the agent
    outcome text not null,          -- pending | passed | turned_back | passed_unadmitted | unknown
    plate text,                     -- basic: canonical plate that was read
    passage text,                   -- vehicle event of the same passage
    bodies bigint not null,
    barrier text not null,          -- what the barrier said last
    command_ms bigint,              -- from legible to command
    ended_at_ms bigint,             -- when it passed or went
    alone_since_ms bigint,          -- since when the gate ran without central, if it did
    list_version bigint not null,
    list_age_s bigint not null,
    freshness text not null,        -- fresh | stale | old | none
    warnings text not null,         -- json array of wire Warning
    ask text not null,              -- json wire Ask: exactly what was asked
    decision text not null,         -- json wire Decision
    reading text,                   -- json PlateReading
    thumbnail text,                 -- sha256 of the picture to show in lists
    evidence text not null,         -- json [{sha256,role,…,absent}]
    recheck bigint not null default 0, -- 1: still to be decided again with the list of its time
    identity text,                  -- what a later identity check said: json {result,txn,at_ms,check_papers}
    form text,                      -- number of the paper form, for one that was typed in afterwards
    form_row bigint,
    typed_by text                   -- who typed it in
);
create index accesses_by_feed on accesses (feed_id);
create index accesses_by_time on accesses (at_ms, id);
create index accesses_by_site on accesses (site, at_ms, id);
create index accesses_by_plate on accesses (plate);
create index accesses_to_recheck on accesses (recheck, at_ms);
create unique index accesses_by_form on accesses (site, form, form_row);

-- What guards did. access is the decision it is about.
create table guard_acts (
    id text primary key,            -- event id
    site text not null,
    agent text not null,
    gate text not null,
    lane text,
    act text not null,              -- wire GuardAct
    access text,
    subject text,                   -- member id, where no decision is meant
    username text not null,
    reason text not null,
    note text,
    overrides text,                 -- verdict of the agent that it goes against
    at_ms bigint not null
);
create index guard_acts_by_access on guard_acts (access);
create index guard_acts_by_site on guard_acts (site, at_ms);

-- Everything that changed who is inside: one row per subject (or body) that went through a gate, and per correction by hand.
create table movements (
    movement_id text primary key,   -- event id, or event id and what of it
    site text not null,
    area text not null,
    gate text not null,
    lane text,
    subject text,                   -- member id, 'plate:TEXT', or null for somebody anonymous
    kind text not null,             -- person | vehicle | correction | forgive
    group_id text,
    inwards bigint not null,        -- 1 in, 0 out
    people bigint not null,         -- change of people inside
    vehicles bigint not null,       -- change of vehicles inside
    at_ms bigint not null,
    source text not null,           -- access | paper | crossing | correction
    source_id text not null         -- event id
);
create index movements_by_area on movements (site, area, at_ms, movement_id);
create index movements_by_subject on movements (site, subject, at_ms);

-- Movements of an area summed by hour; the numbers inside at any time are folded from these. *_low is the lowest that the running
-- sum of the hour comes to (0 or less): an area is never emptier than empty, and how much was missing is known.
create table area_hours (
    site text not null,
    area text not null,
    hour_ms bigint not null,
    people_in bigint not null,
    people_out bigint not null,
    people_net bigint not null,     -- corrections included
    people_low bigint not null,
    vehicles_in bigint not null,
    vehicles_out bigint not null,
    vehicles_net bigint not null,
    vehicles_low bigint not null,
    primary key (site, area, hour_ms)
);

-- Entry joined with exit, per known subject; made anew from its movements whenever one of them arrives.
create table stays (
    stay_id text primary key,       -- movement id of the way in, or of the way out where no way in is known
    site text not null,
    area text not null,
    subject text not null,
    kind text not null,             -- person | vehicle
    group_id text,
    state text not null,            -- inside | left | no_exit (came in again) | no_entry (came out only)
    in_ms bigint,
    out_ms bigint,                  -- with no_exit: when it was surely no longer inside by that way in
    gate_in text,
    gate_out text,
    entry_access text,
    exit_access text,
    limit_ms bigint,                -- when it becomes an overstay
    overstay_alerted bigint not null -- 1 once an alert was raised
);
create index stays_by_subject on stays (site, subject);
create index stays_inside on stays (site, state, in_ms);
create index stays_due on stays (state, overstay_alerted, limit_ms);

-- Counts corrected by hand, at a desk or at central. What was counted stays; these are added.
create table corrections (
    correction_id text primary key, -- event id, or an id of central's
    site text not null,
    gate text not null,
    area text not null,
    people bigint not null,         -- more (or fewer) inside
    vehicles bigint not null,
    username text not null,
    reason text not null,
    note text,
    at_ms bigint not null,
    source text not null            -- desk | central
);
create index corrections_by_site on corrections (site, at_ms);

-- People in a zone, by minute.
create table zone_counts (
    site text not null,
    camera text not null,
    zone text not null,
    minute_ms bigint not null,
    most bigint not null,
    mean double precision not null,
    observed_s double precision not null,
    primary key (site, camera, zone, minute_ms)
);
create index zone_counts_by_time on zone_counts (site, minute_ms);

create table shifts (
    id text primary key,            -- event id
    site text not null,
    gate text not null,
    from_user text,
    to_user text,
    note text,
    people bigint not null,
    vehicles bigint not null,
    waiting bigint not null,
    items text not null,            -- json array
    at_ms bigint not null
);
create index shifts_by_site on shifts (site, at_ms);

-- Decisions that central would have taken otherwise, with the list that it had made by then.
create table otherwise (
    access_id text primary key references accesses (id),
    feed_id bigint not null,
    site text not null,
    at_ms bigint not null,
    edge text not null,             -- json {verdict,reason,list_version,list_age_s}
    central text not null,          -- json {verdict,reason,list_version}
    why_vi text not null,
    why_en text not null,
    state text not null,            -- open | seen
    seen_by text,
    seen_at_ms bigint,
    note text
);
create index otherwise_by_feed on otherwise (feed_id);
create index otherwise_by_site on otherwise (site, at_ms);

-- Identities that could not be checked at the gate; the subject is erased with the answer.
create table identity_checks (
    id text primary key,            -- event id
    site text not null,
    agent text not null,
    access text not null,
    purpose text not null,
    subject text,                   -- box closed by the agent for central: sensitive; null once answered or given up
    digest text not null,           -- of what was shown: a repeated question is asked once
    state text not null,            -- waiting | answered | given_up
    result text,                    -- MATCH | NO_MATCH | NOT_FOUND | LOCKED
    txn text,
    attempts bigint not null,
    asked_at_ms bigint not null,    -- when the gate wanted to know
    next_try_at_ms bigint,
    answered_at_ms bigint
);
create index identity_checks_waiting on identity_checks (state, next_try_at_ms);
create index identity_checks_by_access on identity_checks (access);

-- The desk: a PIN of its own, who may open in an emergency, at which gates.
alter table users add column desk_pin_hash text;
alter table users add column desk_supervisor bigint not null default 0;
alter table users add column desk_gates text not null default '[]';

-- Alerts need no passage any more. SQLite cannot drop a "not null", so the two tables are written anew.
create table alerts_new (
    alert_id text primary key,
    feed_id bigint not null,        -- newest row of the feed that speaks of it
    kind text not null,             -- see crate::alerts::AlertKind
    severity text not null,         -- low | medium | high | critical
    state text not null,            -- new | acknowledged | verifying | confirmed | false_alarm | closed
    certainty text not null,        -- exact | possible
    site text not null,
    camera text not null,           -- 'agent' where no camera saw it
    passage_id text references passages (id), -- null where no vehicle event raised it
    plate_display text not null,    -- '' where no plate is meant
    plate_kind text,
    plate_lines bigint not null,    -- 1 | 2
    title_vi text not null,
    title_en text not null,
    reason_vi text not null,
    reason_en text not null,
    raised_at_ms bigint not null,
    captured_at_ms bigint not null,
    thumbnail text,
    acknowledged_by text,
    acknowledged_at_ms bigint,
    plate_colour text,              -- white | yellow | blue | red, for drawing the plate
    source_id text,                 -- event, decision or stay that raised it, where no passage did
    incident text,                  -- json {incident,rule,gate,lane,access,count,box,picture}
    police_only bigint not null default 0, -- 1: nobody but the police role learns that it exists
    unique (passage_id, kind),
    unique (source_id, kind)
);
insert into alerts_new (alert_id, feed_id, kind, severity, state, certainty, site, camera, passage_id, plate_display, plate_kind,
    plate_lines, title_vi, title_en, reason_vi, reason_en, raised_at_ms, captured_at_ms, thumbnail, acknowledged_by,
    acknowledged_at_ms, plate_colour)
select alert_id, feed_id, kind, severity, state, certainty, site, camera, passage_id, plate_display, plate_kind,
    plate_lines, title_vi, title_en, reason_vi, reason_en, raised_at_ms, captured_at_ms, thumbnail, acknowledged_by,
    acknowledged_at_ms, plate_colour from alerts;
create table alert_history_new (
    alert_id text not null references alerts_new (alert_id),
    step bigint not null,           -- 1, 2, …
    at_ms bigint not null,
    actor text not null,            -- user name, or 'system'
    from_state text,                -- null for the first
    to_state text not null,
    note text,
    primary key (alert_id, step)
);
insert into alert_history_new select alert_id, step, at_ms, actor, from_state, to_state, note from alert_history;
drop table alert_history;
drop table alerts;
alter table alerts_new rename to alerts;
alter table alert_history_new rename to alert_history;
create index alerts_by_feed on alerts (feed_id);
create index alerts_by_state on alerts (state, raised_at_ms);
