-- What agents report that they gave up, beyond the sequence numbers in losses.

-- Pictures that will never come: events that name them are committed without, and their absence is shown.
create table lost_pictures (
    site text not null,
    agent text not null,
    sha256 text not null,
    event_id text not null,         -- the outbox_loss event that said so
    noticed_at_ms bigint not null,
    primary key (site, agent, sha256)
);

-- One row per outbox_loss event.
create table loss_reports (
    event_id text primary key,
    site text not null,
    agent text not null,
    captured_at_ms bigint not null, -- when the agent gave them up
    reason text not null,           -- full | damaged
    previews bigint not null        -- how many of its numbers were provisional events, whose settled event repeats them: no loss
);
create index loss_reports_by_agent on loss_reports (site, agent);
