//! What an approval opens: a pass, the visitor's entry, and one for the vehicle. Pure.

use crate::members::person_label;
use crate::store::StoreError;
use crate::store::gates::Member;
use crate::store::people::passes::PassRow;
use crate::store::people::visits::{Approval, Person, VisitRow};

/// How long before the announced time a visitor may come, ms.
const EARLY_MS: i64 = 2 * 3_600_000;

/// The pass and entries of a visit. `secret` is the pass's; `group` the one whose rules hold for visitors; `vneid` the opened
/// reference, where the visit is bound; `day_end_ms` the end of the visit's day.
///
/// # Errors
/// When what the visitor said was erased.
pub fn approval(
    visit: &VisitRow,
    person: Option<Person>,
    (secret, group, vneid): (String, Option<String>, Option<String>),
    day_end_ms: i64,
    (by, now_ms): (&str, i64),
) -> Result<Approval, StoreError> {
    let person = person.ok_or_else(|| StoreError::Damaged {
        table: "visits",
        id: visit.visit_id.clone(),
        problem: "its personal data was erased".to_owned(),
    })?;
    let group = visit.host_group.clone().or(group);
    let (from, until) = (visit.expected_at_ms - EARLY_MS, day_end_ms.max(visit.expected_at_ms + EARLY_MS));
    let entry = |kind: &str, label: &str| Member {
        group_id: group.clone(),
        valid_from_ms: Some(from),
        valid_until_ms: Some(until),
        uses: Some(visit.people),
        expected_at_ms: Some(visit.expected_at_ms),
        people: visit.people,
        source: "visit".to_owned(),
        ..Member::new(&visit.site, kind, "allow", label, by, now_ms)
    };
    let label = match visit.people {
        1 => person_label(&person.name),
        people => format!("{} (đoàn {people})", person_label(&person.name)),
    };
    let visitor = Member {
        name: Some(person.name),
        number: person.passport,
        pass_secret: Some(secret),
        vneid_ref: vneid,
        ..entry("person", &label)
    };
    let vehicle = visit.plate.as_ref().map(|plate| Member {
        plate: Some(plate.clone()),
        drivers: vec![visitor.member_id.clone()],
        uses: None,
        people: 1,
        ..entry("vehicle", &label)
    });
    let pass = PassRow {
        pass_id: uuid::Uuid::now_v7().to_string(),
        site: visit.site.clone(),
        member_id: visitor.member_id.clone(),
        vehicle_id: vehicle.as_ref().map(|vehicle| vehicle.member_id.clone()),
        group_id: group,
        kind: "visitor".to_owned(),
        label,
        plate: visit.plate.clone(),
        gates: "[]".to_owned(),
        escort: 0,
        uses: Some(visit.people),
        valid_from_ms: from,
        valid_until_ms: until,
        visit_id: Some(visit.visit_id.clone()),
        made_by: by.to_owned(),
        made_at_ms: now_ms,
        revoked_at_ms: None,
        revoked_why: None,
        used: 0,
    };
    Ok(Approval { pass, entries: std::iter::once(visitor).chain(vehicle).collect() })
}
