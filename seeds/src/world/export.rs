//! The world as CSV files.

use std::path::Path;

use serde::Serialize;

use super::World;
use super::data::DataError;

/// Writes `citizens.csv`, `vehicles.csv` (one row per period), `military.csv`, `wanted.csv` and `vneid-tokens.csv`.
pub fn write(world: &World, folder: &Path) -> Result<(), DataError> {
    std::fs::create_dir_all(folder)
        .map_err(|source| DataError::Folder { path: folder.to_owned(), source })?;
    let header = ["id_number", "full_name", "gender", "dob", "address", "locked", "subject_ref"];
    let citizens = world
        .citizens
        .values()
        .map(|c| (&c.id_number, &c.name, c.gender, c.born.to_string(), &c.address, c.locked, &c.subject_ref));
    table(folder, "citizens.csv", &header, citizens)?;

    let header = [
        "plate",
        "kind",
        "plate_colour",
        "vehicle_group",
        "from",
        "to",
        "owner_kind",
        "owner_id",
        "owner_name",
        "address",
        "commune_code",
        "make",
        "model",
        "vehicle_colour",
        "vehicle_type",
        "revoked_on",
        "stolen_on",
    ];
    let rows = world.registrations.values().flatten().flat_map(|r| {
        r.periods.iter().map(move |p| {
            let (owner, vehicle) = (&p.owner, &p.vehicle);
            // Tuples of more than 16 fields cannot be written: two halves side by side.
            (
                (&r.plate, r.kind, r.colour, r.group, p.from, p.to, owner.kind, &owner.id, &owner.name),
                (&owner.address, &owner.commune_code, &vehicle.make, &vehicle.model, &vehicle.colour),
                (&vehicle.vehicle_type, r.revoked_on, r.stolen_on),
            )
        })
    });
    table(folder, "vehicles.csv", &header, rows)?;

    table(folder, "military.csv", &["plate"], world.military.iter().map(|p| (p,)))?;
    let rows = world.wanted.iter().map(|(id, n)| (id, n.level, &n.notice_no, &n.handling_unit));
    table(folder, "wanted.csv", &["id_number", "level", "notice_no", "handling_unit"], rows)?;
    let rows = world.tokens.iter().map(|(token, t)| (token, &t.id_number, t.level, t.state));
    table(folder, "vneid-tokens.csv", &["token", "id_number", "level", "state"], rows)
}

fn table<T: Serialize>(
    folder: &Path,
    name: &str,
    header: &[&str],
    rows: impl Iterator<Item = T>,
) -> Result<(), DataError> {
    let path = folder.join(name);
    let write = || -> Result<(), csv::Error> {
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_path(&path)?;
        writer.write_record(header)?;
        rows.into_iter().try_for_each(|row| writer.serialize(row))?;
        Ok(writer.flush()?)
    };
    write().map_err(|source| DataError::Write { path: path.clone(), source })
}
