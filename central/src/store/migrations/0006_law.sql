-- Schema 6: law as data with dates, its changes, documents.

-- Versions of the law: whole editions, never changed. Cases keep the number of the one they were computed with.
create table law_versions (
    version bigint primary key,     -- 1 is the edition of the program
    valid_from text not null,       -- YYYY-MM-DD: cases are computed with it from that day on
    edition text not null,          -- json, every table
    sha256 text not null,           -- of the edition's text
    differences text not null,      -- json array against the version before
    change_id text,                 -- law_changes; null for the first
    note text not null,
    proposed_by text not null,      -- user name; 'program' for the first
    approved_by text not null,      -- another one; 'release' for the first
    approved_at_ms bigint not null,
    check (proposed_by <> approved_by)
);

-- Changes that one account proposed and another approves or rejects.
create table law_changes (
    change_id text primary key,     -- UUIDv7
    base_version bigint not null,   -- the newest version when it was proposed
    valid_from text not null,       -- YYYY-MM-DD
    note text not null,             -- why
    changes text not null,          -- json array
    state text not null,            -- proposed | approved | rejected
    proposed_by text not null,
    proposed_at_ms bigint not null,
    decided_by text,
    decided_at_ms bigint,
    reason text,                    -- why rejected
    version bigint                  -- what it became
);
create index law_changes_by_state on law_changes (state, proposed_at_ms);

-- Documents that were issued. The PDF lies in the evidence folder by its sha256.
create table documents (
    document_id text primary key,   -- 128 random bits, base32: what the QR code names
    kind text not null,             -- notice | points | transfer | commune | minutes | decision | receipt
    case_id text not null,          -- the case or handling that it belongs to
    number text not null,           -- as printed
    sha256 text not null,           -- of the PDF
    bytes bigint not null,
    issued_on text not null,        -- YYYY-MM-DD, as printed
    unit text not null,             -- issuing unit, as printed
    plate_masked text,              -- for the public page
    template text not null,         -- key and first day of the template
    law_version bigint not null,
    signer text not null,           -- name, as printed
    signed_by text not null,        -- user name; empty while nobody signed
    signature text not null,        -- Ed25519 of central's key over document id and sha256, base64; empty while nobody signed
    key_fingerprint text not null,
    state text not null,            -- valid | replaced | voided
    state_reason text,
    replaced_by text,               -- document_id
    state_at_ms bigint not null,
    issued_at_ms bigint not null
);
create index documents_by_case on documents (case_id, issued_at_ms);
create unique index documents_by_number on documents (kind, number);
