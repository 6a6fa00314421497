-- What is known of a plate besides its characters. A vehicle's key is plate, vehicle group and colour.

-- What is wrong with the plate itself, JSON {kind, score, looks}, for a person to check; null for most.
alter table passages add column plate_finding text;
-- white | yellow | blue | red, when the camera was sure enough to ask with it
alter table registry_lookups add column plate_colour text;
-- the same, for drawing the plate
alter table alerts add column plate_colour text;
-- the same; null matches every colour
alter table list_entries add column plate_colour text;
