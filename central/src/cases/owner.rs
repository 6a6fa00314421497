//! The owner of the vehicle as of the moment of the act, asked once a reviewer has typed the plate: with a purpose, and written down.

use jiff::Timestamp;
use uuid::Uuid;
use wire::plate::{Hint, VehicleGroup, parse};
use wire::{EvidenceRef, EvidenceRole};

use super::colour::{self, Colour};
use super::flags::registered_otherwise;
use crate::app::State;
use crate::matching::registry::{Finding, RegisteredVehicle, RegistryStatus};
use crate::registers::vehreg::{Question, VehicleRegister};
use crate::store::StoreError;
use crate::store::cases::CaseRow;
use crate::store::cases::lookups::{CaseLookup, seal};

/// Asks the register, unless it has answered for this plate and case before. A plate that the police register does not hold
/// (military, diplomatic: as the law's table of plates says) is not asked for. A contradiction calls for a second person.
///
/// # Errors
/// When the database fails: then nothing may be shown.
pub async fn look_up(
    state: &State,
    register: Option<&VehicleRegister>,
    case: &CaseRow,
    plate: &str,
    asked_by: &str,
) -> Result<CaseLookup, StoreError> {
    let cases = state.store.cases();
    if let Some(known) =
        cases.lookup(&case.case_id, plate).await?.filter(|known| known.status != "unavailable")
    {
        return Ok(known);
    }
    let now = Timestamp::now();
    let group = vehicle_group(&case.class);
    let hint = Hint { vehicle: group, ..Hint::default() };
    let bearer =
        parse(plate, &hint).best().and_then(|best| best.class()).map_or("usual", |class| class.as_str());
    let handling =
        state.laws.on(crate::law::day_of(now)).plate_handling(bearer, crate::law::day_of(case.at())).cloned();
    let asks = handling.as_ref().is_none_or(|row| row.owner_lookup) && !plate.is_empty() && case.seeded == 0;
    let (status, answer) = match (asks, register) {
        (true, Some(register)) => {
            let question = Question {
                lookup_id: Uuid::new_v4(),
                plate: plate.to_owned(),
                vehicle_group: group.map(|group| group.as_str().to_owned()),
                plate_colour: None,
                as_of: case.at(),
            };
            match register.ask_for(&question, &state.config.cases.owner_purpose).await {
                Ok(answer) => (answer.status.as_str(), Some(answer)),
                Err(error) => {
                    tracing::warn!(case = case.case_id, %error, "the vehicle register gave no answer to a review");
                    ("unavailable", None)
                }
            }
        }
        (false, _) if bearer == "military" => (RegistryStatus::Military.as_str(), None),
        (false, _) if case.seeded == 0 => (RegistryStatus::NotAsked.as_str(), None),
        _ => ("unavailable", None),
    };
    let vehicle = answer.as_ref().and_then(|answer| answer.vehicle.as_ref());
    let registered = vehicle.and_then(|vehicle| vehicle.colour.as_deref()).and_then(Colour::of_word);
    // Of lorries and buses the box is painted otherwise than the cab that is registered.
    let hour = case.at().to_zoned(crate::law::time_zone()).hour();
    let [from, to] = state.config.cases.colour_hours;
    let painted_otherwise = match registered.filter(|_| case.class == "car" && (from..to).contains(&hour)) {
        Some(registered) => {
            let seen = colours_seen(state, case).await?;
            seen.is_some_and(|seen| colour::contradicts(registered, seen))
        }
        None => false,
    };
    let findings = findings(&case.class, status, vehicle, painted_otherwise);
    let of_a_clone = ["registered_otherwise", "painted_otherwise", "several_registrations"];
    if findings.iter().any(|one| of_a_clone.contains(&one.code.as_str())) {
        cases.need_second(&case.case_id).await?;
    }
    let json = |value: &RegisteredVehicle| serde_json::to_string(value).ok();
    let lookup = CaseLookup {
        case_id: case.case_id.clone(),
        plate: plate.to_owned(),
        asked_by: asked_by.to_owned(),
        purpose: state.config.cases.owner_purpose.clone(),
        as_of_ms: case.at_ms,
        asked_at_ms: now.as_millisecond(),
        status: status.to_owned(),
        txn_id: answer.as_ref().and_then(|answer| answer.txn_id.clone()),
        vehicle: vehicle.and_then(json),
        owner_sealed: match answer.as_ref().and_then(|answer| answer.owner.as_ref()) {
            Some(owner) => Some(seal(&state.data_key, owner)?),
            None => None,
        },
        findings: serde_json::to_string(&findings).unwrap_or_else(|_| "[]".to_owned()),
    };
    cases.put_lookup(&lookup).await?;
    Ok(lookup)
}

/// What colours the case's picture of the vehicle has; none where there is no picture that can be read.
async fn colours_seen(state: &State, case: &CaseRow) -> Result<Option<[f32; 5]>, StoreError> {
    let of_vehicle = |one: &EvidenceRef| one.role == EvidenceRole::Vehicle;
    let Some(picture) = case.evidence()?.into_iter().find(of_vehicle) else { return Ok(None) };
    let Ok(bytes) = state.evidence.get(picture.sha256).await else { return Ok(None) };
    let read = move || {
        let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).ok()?;
        Some(colour::seen(&picture.to_rgb8()))
    };
    Ok(tokio::task::spawn_blocking(read).await.ok().flatten())
}

/// Group of a class of vehicle.
pub fn vehicle_group(class: &str) -> Option<VehicleGroup> {
    match class {
        "motorcycle" => Some(VehicleGroup::Motorcycle),
        "car" | "bus" | "truck" => Some(VehicleGroup::Car),
        _ => None,
    }
}

/// What does not fit, for the reviewer.
fn findings(
    class: &str,
    status: &str,
    vehicle: Option<&RegisteredVehicle>,
    painted_otherwise: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: &str, vi: &str, en: &str| {
        findings.push(Finding { code: code.to_owned(), text_vi: vi.to_owned(), text_en: en.to_owned() });
    };
    match status {
        "not_found" => {
            add("not_registered", "Biển số không có trong dữ liệu đăng ký xe", "The plate is not registered")
        }
        "multiple" => {
            add("several_registrations", "Nhiều xe mang biển số này", "Several vehicles have this plate")
        }
        "revoked" => {
            add("registration_revoked", "Đăng ký xe đã bị thu hồi", "The registration was withdrawn")
        }
        "stolen" => add("reported_stolen", "Xe đang bị báo mất cắp", "The vehicle is reported stolen"),
        "military" => {
            add("military", "Xe quân sự: chuyển kiểm soát quân sự", "Military: for military control")
        }
        "unavailable" => {
            add("unavailable", "Cơ sở dữ liệu đăng ký xe không trả lời", "The register did not answer")
        }
        _ => {}
    }
    if let Some(sign) = registered_otherwise(class, vehicle.and_then(|vehicle| vehicle.kind.as_deref())) {
        add(&sign.code, &sign.vi, &sign.en);
    }
    if painted_otherwise {
        add(
            "painted_otherwise",
            "Màu xe trong ảnh không giống màu đăng ký",
            "The colour in the picture is not the registered one",
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_that_names_another_vehicle_is_a_finding() {
        let vehicle =
            RegisteredVehicle { make: None, model: None, colour: None, kind: Some("motorcycle".into()) };
        let codes = |class: &str| {
            findings(class, "found", Some(&vehicle), false)
                .into_iter()
                .map(|one| one.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes("car"), ["registered_otherwise"]);
        assert!(codes("motorcycle").is_empty());
        assert_eq!(findings("car", "stolen", None, false)[0].code, "reported_stolen");
    }
}
