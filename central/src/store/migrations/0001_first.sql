-- Schema 1. One text serves SQLite and PostgreSQL.
--
-- Rules of this folder: lower case; only bigint, double precision and text; yes/no is bigint 0/1; times are bigint
-- milliseconds since 1970 UTC and end in _ms; digests and keys are lower-case hex; json is text that is written and read whole;
-- queries use $1 placeholders and wrap sums as cast(sum(x) as bigint), which both engines give back as an integer.

create table sites (
    site text primary key,          -- name in topics, [a-z0-9-]
    model text not null,            -- access_tourist | access_industrial | access_rail | traffic_violation
    name_vi text not null,
    name_en text not null,
    address_vi text not null,
    address_en text not null,
    created_at_ms bigint not null
);

create table cameras (
    site text not null references sites (site),
    camera text not null,           -- name in topics, unique within its site
    name_vi text not null,
    name_en text not null,
    counts text not null,           -- people | vehicles | unknown: what it is there for
    agent text,                     -- agent that serves it, once one has spoken of it
    state text not null,            -- live | stale | connecting | auth_failed | unreachable | unknown, as the agent last said
    since_ms bigint,                -- since when, by the agent's clock
    health text,                    -- json of the last wire status entry of this camera
    snapshot text,                  -- sha256 of the newest overview picture
    snapshot_at_ms bigint,          -- capture time of that picture
    primary key (site, camera)
);

create table agents (
    site text not null references sites (site),
    agent text not null,            -- name in topics, unique within its site
    public_key text not null,       -- Ed25519, 64 hex digits
    fingerprint text not null,      -- first 16 hex digits of the sha256 of the key
    enrolled_at_ms bigint not null,
    revoked_at_ms bigint,           -- from then on nothing of it is taken
    state text not null,            -- online | offline | unknown
    state_since_ms bigint not null, -- since when, by central's clock
    last_seen_ms bigint,            -- last valid message of any kind, by central's clock
    status_at_ms bigint,            -- agent's clock in the last accepted status: older ones are ignored
    status text,                    -- json of the last accepted wire status
    version text,                   -- program version it last told
    max_seq bigint not null,        -- highest sequence number received; 0 before the first
    received bigint not null,       -- envelopes taken in, duplicates not counted
    late bigint not null,           -- of these, received more than a minute after capture
    offline_ms bigint not null,     -- closed offline time in total
    primary key (site, agent)
);

create table enrolment_codes (
    code_id text primary key,       -- random id, to speak of the code in the audit log
    site text not null references sites (site),
    agent text not null,
    code text,                      -- the code itself: the proof needs it; erased when used or expired
    created_by text not null,       -- user name, or 'console' for the command line
    created_at_ms bigint not null,
    expires_at_ms bigint not null,
    used_at_ms bigint,              -- when a device used it
    used_key text                   -- the public key it enrolled
);

-- Sequence numbers below an agent's max_seq that have not arrived, as inclusive ranges.
create table gaps (
    site text not null,
    agent text not null,
    from_seq bigint not null,
    to_seq bigint not null,
    noticed_at_ms bigint not null,
    primary key (site, agent, from_seq)
);

-- Sequence numbers that will never arrive, as inclusive ranges.
create table losses (
    site text not null,
    agent text not null,
    from_seq bigint not null,
    to_seq bigint not null,
    reason text not null,           -- full | damaged, as the agent reported; unexplained when its outbox has nothing older left
    event_id text,                  -- the outbox_loss event that said so
    noticed_at_ms bigint not null,
    primary key (site, agent, from_seq)
);

-- Times during which an agent was offline.
create table offline_periods (
    site text not null,
    agent text not null,
    from_ms bigint not null,
    to_ms bigint,                   -- null while it lasts
    primary key (site, agent, from_ms)
);

create table evidence (
    sha256 text primary key,        -- address in the evidence store
    bytes bigint not null,
    media_type text not null,
    site text not null,             -- who sent it first
    agent text not null,
    first_seen_ms bigint not null
);

-- Every committed envelope, exactly as it arrived.
create table events (
    id text not null,               -- UUIDv7 of the event
    phase text not null,            -- provisional | settled
    site text not null,
    agent text not null,
    camera text not null,
    kind text not null,             -- crossing | vehicle | camera_state | outbox_loss
    seq bigint not null,            -- the agent's own count
    prev text not null,             -- sha256 of the previous envelope's body
    digest text not null,           -- sha256 of this envelope's body bytes
    signing_key text not null,      -- fingerprint of the key that signed it
    captured_at_ms bigint not null,
    uncertainty_ms bigint not null,
    time_source text not null,      -- rtcp | arrival | file
    received_at_ms bigint not null,
    late bigint not null,           -- 1 when received more than a minute after capture
    message text not null,          -- the whole sealed message, byte for byte: signature and body can be checked again
    primary key (id, phase)
);
create index events_by_agent_seq on events (site, agent, seq);
create index events_by_capture on events (captured_at_ms);

-- One row per vehicle event; a settled envelope overwrites what a provisional one said.
create table passages (
    id text primary key,            -- event id
    feed_id bigint not null,        -- newest row of the feed that speaks of it
    site text not null,
    agent text not null,
    camera text not null,
    seq bigint not null,
    phase text not null,            -- provisional | settled
    captured_at_ms bigint not null,
    uncertainty_ms bigint not null,
    time_source text not null,
    received_at_ms bigint not null,
    late bigint not null,
    class text not null,            -- car | motorcycle | bus | truck
    class_score double precision not null,
    direction text not null,        -- in | out | forward | backward
    rule text not null,             -- line or zone
    plate text,                     -- canonical text of the reading, for search
    plate_kind text,                -- kind by the plate grammar
    reading text,                   -- json PlateReading, null when none
    no_reading text,                -- no_plate_found | too_small | unreadable
    box text not null,              -- json [x,y,w,h], pixels of the overview
    picture text not null,          -- json [w,h] of the overview
    track text not null,            -- json {id,frames,first,last}
    thumbnail text,                 -- sha256 of the picture to show in lists
    evidence text not null,         -- json [{sha256,role,media_type,bytes,width,height}]
    models text not null,           -- json [{id,sha256}]
    registry text not null,         -- found | not_found | revoked | stolen | multiple | military | unavailable | not_asked
    watchlist text not null,        -- none | exact | possible
    vehicle text,                   -- json {make,model,colour,type} as registered
    owner_masked text,              -- 'Nguyễn V. M.'
    lookup_id text,                 -- newest row of registry_lookups
    alert_id text                   -- most severe alert of this passage
);
create index passages_by_feed on passages (feed_id);
create index passages_by_capture on passages (captured_at_ms, id);
create index passages_by_camera on passages (site, camera, captured_at_ms);
create index passages_by_plate on passages (plate, captured_at_ms);

-- Every question put to a register, with its purpose. Owner data is erased when expires_at_ms has passed.
create table registry_lookups (
    lookup_id text primary key,     -- the X-Correlation-Id that was sent
    passage_id text not null references passages (id),
    register text not null,         -- vehreg
    plate text not null,            -- canonical text that was asked for
    vehicle_group text,             -- car | motorcycle, when known
    officer text not null,          -- account in whose name it was asked
    unit text not null,             -- unit code
    purpose text not null,          -- purpose code
    as_of_ms bigint not null,       -- moment the answer has to hold for: the capture time
    asked_at_ms bigint not null,
    status text not null,           -- found | not_found | revoked | stolen | multiple | unavailable
    txn_id text,                    -- the register's own transaction number
    vehicle text,                   -- json {make,model,colour,type}
    owner text,                     -- json {kind,id_number,name,address,commune_code}
    findings text not null,         -- json [{code,text_vi,text_en}]
    attempts bigint not null,       -- times asked
    next_try_at_ms bigint,          -- when to ask again; null when answered
    expires_at_ms bigint            -- when the owner is to be forgotten
);
create index registry_lookups_by_passage on registry_lookups (passage_id);
create index registry_lookups_waiting on registry_lookups (next_try_at_ms);

create table lists (
    list text primary key,          -- id, [a-z0-9-]
    kind text not null,             -- watch | allow | block
    name_vi text not null,
    name_en text not null,
    version bigint not null,        -- grows with every change
    changed_at_ms bigint not null
);

create table list_entries (
    entry_id text primary key,
    list text not null references lists (list),
    plate text not null,            -- canonical
    vehicle_group text,             -- car | motorcycle; null matches both
    priority text not null,         -- low | medium | high | critical
    reason_vi text not null,
    reason_en text not null,
    added_by text not null,
    added_at_ms bigint not null,
    valid_from_ms bigint not null,
    valid_to_ms bigint,             -- exclusive; null for no end
    removed_at_ms bigint            -- entries are ended, not deleted
);
create index list_entries_by_list on list_entries (list);
create index list_entries_by_plate on list_entries (plate);

-- A passage met a list entry. What the entry said is copied: entries change, reasons must not.
create table matches (
    match_id text primary key,
    passage_id text not null references passages (id),
    list text not null,
    list_name_vi text not null,
    list_name_en text not null,
    entry_id text not null,
    plate text not null,            -- plate of the entry
    result text not null,           -- exact | possible
    distance bigint not null,       -- characters that differ
    why_vi text not null,           -- why it matched
    why_en text not null,
    reason_vi text not null,        -- why the plate is on the list
    reason_en text not null,
    priority text not null,
    added_by text not null,
    added_at_ms bigint not null,
    matched_at_ms bigint not null,
    unique (passage_id, entry_id)
);

create table alerts (
    alert_id text primary key,
    feed_id bigint not null,        -- newest row of the feed that speaks of it
    kind text not null,             -- watchlist_plate | stolen_vehicle | registry_mismatch
    severity text not null,         -- low | medium | high | critical
    state text not null,            -- new | acknowledged | verifying | confirmed | false_alarm | closed
    certainty text not null,        -- exact | possible
    site text not null,
    camera text not null,
    passage_id text not null references passages (id),
    plate_display text not null,
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
    unique (passage_id, kind)
);
create index alerts_by_feed on alerts (feed_id);
create index alerts_by_state on alerts (state, raised_at_ms);

create table alert_history (
    alert_id text not null references alerts (alert_id),
    step bigint not null,           -- 1, 2, …
    at_ms bigint not null,
    actor text not null,            -- user name, or 'system'
    from_state text,                -- null for the first
    to_state text not null,
    note text,
    primary key (alert_id, step)
);

-- Settled crossings and vehicle passages per hour: what pages of numbers read.
create table counts (
    site text not null,
    camera text not null,
    line text not null,
    class text not null,            -- person | bicycle | car | motorcycle | bus | truck
    hour_ms bigint not null,        -- start of the hour, UTC, by capture time
    n_in bigint not null,           -- in and forward
    n_out bigint not null,          -- out and backward
    primary key (site, camera, line, class, hour_ms)
);
create index counts_by_hour on counts (hour_ms);

-- One row per change that viewers must see, in commit order: what Last-Event-ID resumes from.
create table feed (
    feed_id bigint primary key,     -- from counters 'feed', taken inside the commit
    kind text not null,             -- passage | alert
    object_id text not null,
    site text not null,
    at_ms bigint not null
);

create table counters (
    name text primary key,
    value bigint not null
);
insert into counters (name, value) values ('feed', 0);

-- Messages that central could not use, whole, with the reason. Kept to a bound per agent; quarantine_counts has them all.
create table quarantine (
    quarantine_id text primary key, -- UUIDv7: sorts by arrival
    received_at_ms bigint not null,
    topic text not null,
    site text,                      -- by the topic, where it could be read
    agent text,
    reason_code text not null,
    reason text not null,
    bytes bigint not null,          -- size of the message
    sha256 text not null,           -- of the message: the same one again is counted, not kept twice
    signed bigint not null,         -- 1 when an enrolled agent really signed it: only these are receipted
    body text                       -- base64 of the message; null when it was too large to keep
);
create index quarantine_by_agent on quarantine (site, agent, sha256);

create table quarantine_counts (
    site text not null,             -- '' where the topic could not be read
    agent text not null,
    reason_code text not null,
    messages bigint not null,
    last_at_ms bigint not null,
    primary key (site, agent, reason_code)
);

create table users (
    user_id text primary key,
    username text not null unique,  -- lower case
    display_name text not null,
    password_hash text not null,    -- argon2id, PHC string
    role text not null,             -- gate_operator | traffic_police | ioc_operator | admin
    sites text not null,            -- json array of sites; empty for all
    language text not null,         -- vi | en
    disabled bigint not null,
    created_at_ms bigint not null,
    changed_at_ms bigint not null,
    last_sign_in_ms bigint
);

create table sessions (
    session_id text primary key,    -- sha256 of the cookie's token: the token itself is nowhere
    user_id text references users (user_id), -- null before sign-in
    data text not null,             -- json
    created_at_ms bigint not null,
    last_used_ms bigint not null,
    expires_at_ms bigint not null,
    address text                    -- peer that signed in
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at_ms);

create table audit_log (
    audit_id text primary key,      -- UUIDv7: sorts by time
    at_ms bigint not null,
    actor text not null,            -- user name, 'system' or 'console'
    role text,
    action text not null,           -- e.g. passage.view, alert.transition, session.create, user.create
    object_kind text,               -- passage | alert | user | agent | list | site
    object_id text,
    purpose text,                   -- why personal data was looked at
    detail text,                    -- json, never with plates, names or credentials
    address text                    -- peer
);
create index audit_log_by_object on audit_log (object_kind, object_id, at_ms);
create index audit_log_by_time on audit_log (at_ms);
