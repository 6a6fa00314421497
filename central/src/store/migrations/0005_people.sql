-- Schema 5: tenants' accounts, passes, visits, timetables, crowding, what cameras did not see, reports.
-- Columns named *_sealed are closed under a key made from central's own key file: not readable in the database or its copies.

alter table users add column group_id text; -- the one group that an enterprise's account sees

-- What the public page says before anybody announces a visit; no page without a contact.
alter table sites add column controller text;     -- who is responsible for the data
alter table sites add column dpo_contact text;    -- whom to ask about one's data
alter table sites add column notice_vi text;      -- privacy notice
alter table sites add column notice_en text;
alter table sites add column visits_per_day bigint; -- people that may be announced for one day; null for the configured number

-- Where the province's camera system finds a picture: addresses without credentials.
alter table cameras add column stream_url text;
alter table cameras add column onvif_url text;

-- A pass is a member of the site's list that is recognised by a secret (members.pass_secret), which is shown once.
create table passes (
    pass_id text primary key,       -- UUIDv7
    site text not null references sites (site),
    member_id text not null,        -- its entry in the list
    vehicle_id text,                -- entry of the vehicle it is also for
    group_id text,                  -- whose: an enterprise sees its own
    kind text not null,             -- visitor | contractor | driver
    label text not null,            -- what the guard sees; never a number
    plate text,                     -- canonical; erased with the visit
    gates text not null,            -- json array; empty for all
    escort bigint not null,
    uses bigint,                    -- ways in it is good for; null for any number
    valid_from_ms bigint not null,
    valid_until_ms bigint not null, -- exclusive
    visit_id text,                  -- the visit it was made for
    made_by text not null,
    made_at_ms bigint not null,
    revoked_by text,
    revoked_at_ms bigint,
    revoked_why text
);
create index passes_by_site on passes (site, made_at_ms, pass_id);
create index passes_by_member on passes (member_id);

-- Visits that were announced on the public page.
create table visits (
    visit_id text primary key,      -- UUIDv7
    code_digest text not null unique, -- sha256 of the code: who reads the database cannot use it
    site text not null references sites (site),
    state text not null,            -- waiting | approved | refused | cancelled
    person_sealed text,             -- json {name,contact,country,passport}; null once erased
    foreigner bigint not null,      -- 1 when announced with a passport
    people bigint not null,         -- how many come, at least 1
    plate text,                     -- canonical; null when on foot or erased
    host_group text,                -- whom they visit
    date text not null,             -- YYYY-MM-DD, the site's calendar
    expected_at_ms bigint not null,
    consent_at_ms bigint not null,  -- when the notice was agreed to
    notice_version text not null,   -- which text that was
    vneid_sealed text,              -- VNeID's reference of the subject; null when not bound or erased
    vneid_digest text,              -- keyed digest of the same: one subject, one visit a day
    vneid_level bigint,
    bound_at_ms bigint,
    member_id text,                 -- entry in the list, once approved
    pass_id text,                   -- its pass, once approved
    decided_by text,
    decided_at_ms bigint,
    decided_why text,
    made_at_ms bigint not null,
    erased_at_ms bigint             -- when the personal fields were erased
);
create index visits_by_day on visits (site, date, expected_at_ms, visit_id);

-- Documents that a site edits whole; the version guards against two people editing at once.
create table site_documents (
    site text not null references sites (site),
    kind text not null,             -- timetable | crowding
    version bigint not null,        -- grows with every change
    document text not null,         -- json
    changed_by text not null,
    changed_at_ms bigint not null,
    primary key (site, kind)
);

-- How a train of one day differs from the timetable.
create table train_delays (
    site text not null references sites (site),
    train text not null,
    date text not null,             -- YYYY-MM-DD on which it is due at the station
    minutes bigint not null,        -- late by; negative for early
    cancelled bigint not null,
    told_by text not null,
    told_at_ms bigint not null,
    primary key (site, train, date)
);

-- Where each zone stands, so that a restart neither repeats nor forgets an alert.
create table crowding_states (
    site text not null references sites (site),
    zone text not null,
    state text not null,            -- json of the state machine
    looked_at_ms bigint not null,
    primary key (site, zone)
);

-- Times in which a camera saw nothing, as its agent reported them afterwards.
create table camera_outages (
    site text not null,
    camera text not null,
    from_ms bigint not null,
    to_ms bigint not null,
    state text not null,            -- stale | connecting | auth_failed | unreachable
    primary key (site, camera, from_ms)
);
create index camera_outages_by_time on camera_outages (site, to_ms);

-- Reports that were handed in, with the receipt.
create table reports_sent (
    report_id text primary key,
    site text not null references sites (site),
    period text not null,           -- YYYY-MM-DD or YYYY-MM
    recipient text not null,
    receipt text,                   -- number under which the recipient filed it
    sent_by text not null,
    sent_at_ms bigint not null
);
create index reports_sent_by_site on reports_sent (site, period);
