-- Schema 8: cases of violations, reviews, evidence gate, approved devices.
-- Columns named *_sealed are closed under central's data key (see crate::sealing).

alter table users add column rank text; -- of police accounts: officer | team_chief | commune_chief | division_head | provincial_director

-- Plates registered to accounts: nobody reviews a case of their own vehicle.
create table account_plates (
    username text not null,
    plate text not null,            -- basic: canonical
    added_by text not null,
    added_at_ms bigint not null,
    primary key (username, plate)
);

-- Last number of a case per year of the act, local time.
create table case_numbers (
    year bigint primary key,
    last bigint not null
);

-- One violation on its way to a human verdict.
create table cases (
    case_id text primary key,       -- UUIDv7
    number text not null unique,    -- VP-2026-000123
    event_id text unique,           -- the agent's event; null for third parties and known cases
    source text not null,           -- own, or a third party's source
    external_id text,               -- the third party's id
    site text not null,
    camera text not null,
    agent text,                     -- null for third parties
    kind text not null,             -- wire violation kind; an unknown one is inadmissible
    class text not null,            -- car | motorcycle | bus | truck | bicycle
    at_ms bigint not null,          -- T0: when it happened
    uncertainty_ms bigint not null,
    time_source text not null,      -- rtcp | arrival | file
    received_at_ms bigint not null,
    opened_at_ms bigint not null,
    score double precision not null,
    place_vi text not null,
    place_en text not null,
    state text not null,            -- see crate::cases::state
    round bigint not null,          -- 1 to 3: whose turn it is while it is reviewed
    serious bigint not null,
    second bigint not null,         -- 1: two people must agree
    escalated bigint not null,      -- 1: a senior decides
    plate text,                     -- basic: canonical, as read; null when erased
    plate_display text,             -- basic: as printed
    plate_colour text,
    plate_typed text,               -- basic: as the reviewers confirmed it
    violation text,                 -- json wire Violation; null when erased
    evidence text not null,         -- json [wire EvidenceRef]; [] when erased
    models text not null,           -- json [wire ModelRef]
    sign_decision text,             -- decision behind the sign, as a third party names it
    gate text,                      -- json {missing, conditions}: what was found at screening
    flags text not null,            -- json [word]: exempt, duplicate_of, clone_suspect, repaired_plate, low_score, third_party
    related text not null,          -- json {duplicates:[case_id], clones:[{code,vi,en,at_ms}]}
    duplicate_of text,
    device_version bigint,          -- record of the device that held at T0
    law_version text,               -- law that the due dates were computed by
    notice_due_ms bigint,
    statute_ms bigint,
    behaviour text,                 -- law's key: proposed, then as confirmed
    confirmation text,              -- json [{username, round}]: the people behind a confirmed case
    seeded bigint not null,         -- 1: a known case that measures reviewers; in no statistics, never handled
    expected text,                  -- of a known case: approve | reject
    seeded_from text,
    void_by text,                   -- who asked for it to be void
    void_at_ms bigint,
    void_reason text,
    closed_at_ms bigint,
    delete_at_ms bigint,            -- personal data and evidence go then
    erased_at_ms bigint,
    hold_by text,                   -- legal hold: nothing is deleted
    hold_at_ms bigint,
    hold_reason text,
    handling_id text,
    changed_at_ms bigint not null,
    check (state <> 'confirmed' or confirmation is not null),
    check (state not in ('confirmed', 'review_1', 'review_2', 'review_3') or gate is not null or seeded = 1)
);
create index cases_by_state on cases (state, notice_due_ms);
create index cases_by_site on cases (site, at_ms);
create index cases_by_plate on cases (plate, at_ms);
create index cases_to_delete on cases (delete_at_ms);
create unique index cases_by_external on cases (source, external_id);

-- Every step of a case; each names the hash of the one before.
create table case_log (
    case_id text not null references cases (case_id),
    seq bigint not null,            -- 1, 2, …
    at_ms bigint not null,
    actor text not null,            -- user name or 'system'
    role text not null,
    unit text not null,             -- site that the account acts for, or '' for all
    what text not null,             -- action, see crate::cases::state
    from_state text not null,
    to_state text not null,
    reason text,
    detail text,                    -- json without plates and names
    law_version text,
    prior text,                     -- hash of the step before
    hash text not null,
    primary key (case_id, seq)
);

-- Who is looking at a case now, and what they did of what must be done before a decision.
create table case_claims (
    case_id text primary key references cases (case_id),
    username text not null,
    round bigint not null,
    claimed_at_ms bigint not null,  -- start of this person's look; renewing keeps it
    lease_until_ms bigint not null,
    played_ms bigint not null,      -- never more than the wall time since claimed_at_ms
    pictures text not null,         -- json [sha256] seen
    plate_typed text,               -- canonical; '' where there is no plate; null before
    plate_tried text,               -- a text that contradicts the reading, typed once
    plate_fits bigint not null      -- 1: typed as read
);

-- A person's answer. One per person and case: the key says so.
create table case_answers (
    case_id text not null references cases (case_id),
    username text not null,
    round bigint not null,
    decision text not null,         -- approve | reject | escalate
    behaviour text,
    reason text,                    -- code of a reject reason
    note text,
    plate_typed text,               -- basic
    plate_fits bigint not null,
    claimed_at_ms bigint not null,
    played_ms bigint not null,
    pictures bigint not null,
    at_ms bigint not null,
    primary key (case_id, username)
);
create index case_answers_by_person on case_answers (username, at_ms);

create table case_evidence (
    case_id text not null references cases (case_id),
    sha256 text not null,
    role text not null,
    primary key (case_id, sha256, role)
);
create index case_evidence_by_file on case_evidence (sha256);

-- Questions to the vehicle register, asked after the plate was typed.
create table case_lookups (
    case_id text not null references cases (case_id),
    plate text not null,            -- basic
    asked_by text not null,
    purpose text not null,
    as_of_ms bigint not null,
    asked_at_ms bigint not null,
    status text not null,           -- registry word; unavailable when there was no answer
    txn_id text,
    vehicle text,                   -- json {make,model,colour,type}
    owner_sealed text,              -- json owner
    findings text not null,         -- json [{code,text_vi,text_en}]
    primary key (case_id, plate)
);

-- Confirmed cases, for handlings to be opened. Written with the confirmation.
create table case_confirmed (
    case_id text primary key references cases (case_id),
    at_ms bigint not null,
    taken_at_ms bigint,             -- when a handling took it
    handling_id text
);
create index case_confirmed_open on case_confirmed (taken_at_ms, at_ms);

-- Shares of the time to the notice that were told of.
create table case_alerts (
    case_id text not null references cases (case_id),
    level bigint not null,          -- 50 | 80 | 100
    at_ms bigint not null,
    primary key (case_id, level)
);

-- Devices as approved for use: what papers say, proposed by one and approved by another.
create table device_records (
    site text not null,
    camera text not null,
    version bigint not null,
    record text not null,           -- json, see crate::cases::device
    state text not null,            -- proposed | approved | refused
    proposed_by text not null,
    proposed_at_ms bigint not null,
    decided_by text,
    decided_at_ms bigint,
    note text,
    valid_from_ms bigint,           -- of an approved one: it counts from then until a newer one does
    primary key (site, camera, version)
);

-- What third parties sent, so that a repeated message is answered alike.
create table adapter_inbox (
    source text not null,
    external_id text not null,
    digest text not null,           -- sha256 of the violation and its files
    case_id text not null references cases (case_id),
    received_at_ms bigint not null,
    primary key (source, external_id)
);
