-- Schema 9: handlings: owner, notice, response, minutes, decision, payment, warnings; citizens.
-- Columns named *_sealed are closed under central's data key (see crate::sealing).

-- One handling: confirmed cases of one liable party on their way to the end. The document holds nothing personal.
create table handlings (
    handling_id text primary key,   -- UUIDv7
    number text not null unique,    -- XL-2026-000123
    seq bigint not null,            -- lines in its log; guards against two writers
    site text not null,
    state text not null,            -- see crate::handling::state
    document text not null,         -- json of crate::handling::record::Handling
    plate text not null,            -- basic: canonical, for search
    next_at_ms bigint,              -- when to look at it next: an alert, a deadline, an order; null when nothing is open
    due_at_ms bigint,               -- end of the deadline that ends first
    opened_at_ms bigint not null,
    updated_at_ms bigint not null,
    noticed_at_ms bigint,
    decided_at_ms bigint,
    paid_at_ms bigint,
    overdue_at_ms bigint,
    ended_at_ms bigint,
    amount bigint not null,         -- VND of the decision; 0 before
    paid bigint not null            -- VND
);
create index handlings_by_state on handlings (state, updated_at_ms);
create index handlings_by_next on handlings (next_at_ms);
create index handlings_by_update on handlings (updated_at_ms, handling_id);
create index handlings_by_plate on handlings (plate);

-- The confirmed cases of a handling. A case is in one handling.
create table handling_cases (
    case_id text primary key,
    handling_id text not null references handlings (handling_id),
    ref text not null unique,       -- 128 random bits: how the public page names it
    number text not null,
    kind text not null,
    behaviour text not null,
    site text not null,
    camera text not null,
    place_vi text not null,
    at_ms bigint not null
);
create index handling_cases_by_handling on handling_cases (handling_id);
create index handling_cases_by_time on handling_cases (at_ms);

-- Every step; each names the hash of the one before.
create table handling_log (
    handling_id text not null references handlings (handling_id),
    seq bigint not null,            -- 1, 2, …
    at_ms bigint not null,
    actor text not null,            -- account, 'system' or 'citizen'
    role text not null,             -- officer | signer | citizen | system
    unit text not null,
    what text not null,             -- step of data/handling/steps.toml, or alert | order | told | payment | …
    from_state text not null,
    to_state text not null,
    basis text not null,            -- legal basis of the step
    reason text,
    detail text not null,           -- json, nothing personal
    law_version bigint not null,
    prior text,                     -- hash of the line before
    hash text not null,
    primary key (handling_id, seq)
);

-- Who is or was liable.
create table handling_parties (
    handling_id text not null references handlings (handling_id),
    n bigint not null,
    person_sealed text not null,    -- json {kind,name,id_number,address,licence_no}
    id_digest text not null,        -- keyed digest of the number: finds a citizen's own
    primary key (handling_id, n)
);
create index handling_parties_by_digest on handling_parties (id_digest);

-- What whoever is liable wrote, and what came with it.
create table handling_answers (
    handling_id text not null references handlings (handling_id),
    n bigint not null,
    text_sealed text not null,
    primary key (handling_id, n)
);
create table handling_attachments (
    attachment_id text primary key, -- UUIDv7
    handling_id text not null references handlings (handling_id),
    answer bigint not null,
    name text not null,             -- made safe
    media_type text not null,       -- found in the content
    bytes bigint not null,
    content_sealed text not null,   -- base64 of the content, sealed
    at_ms bigint not null
);
create index handling_attachments_by_handling on handling_attachments (handling_id);

-- By what outside numbers a handling is found: bill:, message:, letter:, code:, paper:
create table handling_keys (
    name text primary key,
    handling_id text not null references handlings (handling_id),
    order_n bigint not null         -- the order behind it; 0 for none
);

-- Callbacks as they came; a repetition is found by its digest. handling_id is null while nobody knows the number.
create table handling_callbacks (
    digest text primary key,
    key_name text not null,
    body text not null,             -- json as received, nothing personal in it
    received_at_ms bigint not null,
    applied_at_ms bigint
);
create index handling_callbacks_by_key on handling_callbacks (key_name);

-- Numbers of handlings and papers, per unit and year.
create table handling_series (
    unit text not null,
    year bigint not null,
    kind text not null,             -- handling | notice | minutes | decision | transfer
    last bigint not null,
    primary key (unit, year, kind)
);

-- Codes printed in notices: who has one sees the case and may not answer it.
create table handling_codes (
    code_digest text primary key,
    handling_id text not null references handlings (handling_id),
    party bigint not null,
    code_sealed text not null,      -- for printing it again
    made_at_ms bigint not null
);

-- Citizens who are signed in on the public page.
create table citizen_sessions (
    session_id text primary key,    -- sha256 of the cookie's token
    id_digest text,                 -- keyed digest of the citizen's number; null for who came with a code
    handling_id text,               -- the one that a code opens
    party bigint,
    name_sealed text not null,
    level bigint not null,          -- VNeID level; 0 for a code
    made_at_ms bigint not null,
    used_at_ms bigint not null
);
