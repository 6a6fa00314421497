-- Schema 7: scenes of road cameras, their versions and drafts.

-- Every published version; never changed, never deleted: a violation names the version that judged it.
create table scene_versions (
    site text not null references sites (site),
    camera text not null,           -- name in topics
    version bigint not null,        -- 1, 2, …
    scene text not null,            -- json wire scene, with this version in it
    sha256 text not null,           -- of that json, as agents tell it in events
    changes text not null,          -- json array of changes against the version before
    drawn_by text not null,         -- json array of the accounts that drew it
    published_by text not null,     -- another account
    published_at_ms bigint not null,
    note text,                      -- why
    ground_px double precision,     -- error of the measured points as the agent computed it, pixels
    ground_m double precision,      -- the same in metres
    primary key (site, camera, version)
);

-- What is being drawn: one draft per camera.
create table scene_drafts (
    site text not null references sites (site),
    camera text not null,
    scene text not null,            -- json wire scene
    base_version bigint not null,   -- version it was begun from; 0 when there was none
    drawn_by text not null,         -- json array: everybody who saved it; none of them may publish it
    saved_by text not null,
    saved_at_ms bigint not null,
    ground_px double precision,
    ground_m double precision,
    primary key (site, camera)
);
