//! Who it is: entries that what was presented belongs to.

use super::Ask;
use crate::gate::index::GateIndex;
use crate::gate::list::{Entry, EntryKey, EntryKind};
use crate::plate::VehicleGroup;

/// Entries of a vehicle with this plate, of every list.
pub(super) fn vehicle_entries<'a>(index: &'a GateIndex, ask: &Ask) -> Vec<&'a Entry> {
    let Some(seen) = &ask.vehicle else { return Vec::new() };
    let Some(text) = &seen.text else { return Vec::new() };
    index.by_plate(text).filter(|entry| fits(entry, text, seen.group)).collect()
}

/// Entries of the person who presented these, of every list.
pub(super) fn person_entries<'a>(index: &'a GateIndex, ask: &Ask) -> Vec<&'a Entry> {
    let mut found: Vec<&Entry> = Vec::new();
    for (kind, digest) in ask.person.iter().flat_map(|person| &person.keys) {
        let has = |entry: &&Entry| {
            entry.kind == EntryKind::Person
                && entry.keys.contains(&EntryKey::Digest { of: *kind, digest: *digest })
        };
        for entry in index.by_digest(*digest).filter(has) {
            if !found.iter().any(|known| known.id == entry.id) {
                found.push(entry);
            }
        }
    }
    found
}

/// Whether a vehicle's entry has this plate for this group of vehicles.
pub(super) fn fits(entry: &Entry, text: &str, group: Option<VehicleGroup>) -> bool {
    entry.kind == EntryKind::Vehicle
        && entry.keys.iter().any(|key| match key {
            EntryKey::Plate { text: own, group: only } => {
                own == text && !matches!((only, group), (Some(only), Some(seen)) if *only != seen)
            }
            EntryKey::Digest { .. } => false,
        })
}

/// Whether somebody (a stranger, if there is no entry) may drive a listed vehicle.
pub(super) fn may_drive(vehicle: &Entry, driver: Option<&Entry>) -> bool {
    match (vehicle.drivers.is_empty(), &vehicle.group) {
        (false, _) => driver.is_some_and(|driver| vehicle.drivers.contains(&driver.id)),
        (true, Some(group)) => driver.is_some_and(|driver| driver.group.as_ref() == Some(group)),
        (true, None) => true,
    }
}
