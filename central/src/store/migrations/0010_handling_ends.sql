-- What ends a handling without a decision, handlings that go on in another one, and receipts of the treasury that count once.

alter table handlings add column joined_into text;     -- number of the handling that goes on with its cases
alter table handlings add column erased_at_ms bigint;  -- ended without a decision, and who it was about is deleted

-- Receipts of the treasury as officers entered them: one counts in one handling.
create table handling_receipts (
    unit text not null,
    receipt text not null,          -- letters and digits alone, upper case
    handling_id text not null references handlings (handling_id),
    primary key (unit, receipt)
);
