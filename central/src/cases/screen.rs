//! Screening: every detected case is asked whether it is admissible, and set beside its neighbours. A crash in between loses nothing:
//! the case is still detected.

use std::time::Duration;

use jiff::Timestamp;

use super::flags::{self, Flag};
use super::{gate, intact};
use crate::app::State;
use crate::notify::Change;
use crate::store::StoreError;
use crate::store::cases::open::time_source_of;
use crate::store::cases::screen::Screening;
use crate::store::cases::{CaseRow, Related};

/// How often to look when nothing woke it.
const LOOK: Duration = Duration::from_secs(2);
/// Cases screened at once.
const BATCH: u32 = 50;
/// How far around a case other sightings of its plate are looked for, milliseconds.
const AROUND_MS: i64 = 2 * 3_600_000;
const DAY_MS: i64 = 86_400_000;
/// Signs of a second vehicle that one case names.
const MOST_SIGNS: usize = 5;

/// Screens until central stops.
pub async fn run(state: State) {
    let mut look = tokio::time::interval(LOOK);
    let mut changes = state.hub.subscribe();
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
            change = changes.recv() => if !matches!(change, Ok(Change::Case { .. }) | Err(_)) {
                continue;
            },
        }
        if let Err(error) = screen(&state, Timestamp::now()).await {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

/// Screens everything that is detected. Returns how many.
///
/// # Errors
/// When the database fails; what was screened until then stays screened.
pub async fn screen(state: &State, now: Timestamp) -> Result<u64, StoreError> {
    let mut screened = 0;
    if !state.store.anything_detected().await? {
        return Ok(0);
    }
    loop {
        let cases = state.store.cases().detected(BATCH).await?;
        let full = cases.len() == BATCH as usize;
        let before = screened;
        for case in cases {
            match screen_one(state, &case, now).await {
                Ok(()) => screened += 1,
                // One case that cannot be read must not keep the others waiting.
                Err(error @ StoreError::Damaged { .. }) => {
                    tracing::error!(case = case.case_id, %error, "a case cannot be screened");
                }
                Err(error) => return Err(error),
            }
        }
        if !full || screened == before {
            return Ok(screened);
        }
    }
}

async fn screen_one(state: &State, case: &CaseRow, now: Timestamp) -> Result<(), StoreError> {
    let found = look_at(state, case, now).await?;
    let word = state.store.cases().screened(&case.case_id, &found, now.as_millisecond()).await?;
    if let Some(to) = word {
        tracing::info!(case = case.case_id, kind = case.kind, state = to.as_str(), "case screened");
        state.hub.send(Change::Case { site: case.site.clone(), id: case.case_id.clone() });
    }
    Ok(())
}

/// Everything that screening wants to know.
async fn look_at(state: &State, case: &CaseRow, now: Timestamp) -> Result<Screening, StoreError> {
    let (cases, settings) = (state.store.cases(), &state.config.cases);
    let damaged = || StoreError::Damaged {
        table: "cases",
        id: case.case_id.clone(),
        problem: "no violation".to_owned(),
    };
    let violation = case.violation()?.ok_or_else(damaged)?;
    let day = crate::law::day_of(case.at());
    let law = state.laws.on(crate::law::day_of(now));
    // The agent's own: a third party's version numbers are of other scenes.
    let scene = match violation.source.as_str() {
        "own" => cases.scene((&case.site, &case.camera), violation.scene.version).await?,
        _ => None,
    };
    let facts = flags::law_facts(&violation, scene.as_ref());
    let behaviour = law.behaviour_for(&case.kind, &case.class, &facts, day);
    let files = intact::read(state, case).await?;
    let sign = case.sign_decision.clone().or_else(|| {
        let rule = scene?.rules.into_iter().find(|rule| rule.id == violation.rule);
        rule.and_then(|rule| rule.sign_decision)
    });
    let device = cases.device_at(&case.site, &case.camera, case.at_ms).await?;
    let record = device.as_ref().map(|row| row.record()).transpose()?;
    let models: Vec<serde_json::Value> = serde_json::from_str(&case.models).unwrap_or_default();
    let gate = gate::judge(&gate::Facts {
        violation: &violation,
        at: case.at(),
        uncertainty_ms: u32::try_from(case.uncertainty_ms).unwrap_or(u32::MAX),
        time_source: time_source_of(&case.time_source),
        kept: &files.kept,
        altered: files.altered.len(),
        clip_ms: files.clip_ms,
        models: models.len(),
        sign_decision: sign.as_deref(),
        device: record.as_ref(),
        behaviour: behaviour.map(|behaviour| behaviour.key.as_str()),
    });
    let mut words = flags::of(&violation, settings);
    let duplicate_of = match gate.admissible {
        true => cases.same_act(case, i64::from(settings.duplicate_s) * 1000).await?,
        false => None,
    };
    if duplicate_of.is_some() {
        words.insert(Flag::DuplicateOf);
    }
    let Clones { signs: clones, others } = clone_signs(state, case, &violation).await?;
    if !clones.is_empty() {
        words.insert(Flag::CloneSuspect);
    }
    let due = |kind: &str| law.due(kind, case.at()).map(|due| due.at.as_millisecond());
    let missing = |error: crate::law::LawError| tracing::error!(%error, "a deadline of a case is not in the law's tables");
    let keep_days = if gate.admissible { settings.rejected_days } else { settings.inadmissible_days };
    Ok(Screening {
        second: flags::needs_second(&violation, &words, behaviour, settings),
        flags: words.into_iter().collect(),
        related: Related { duplicates: duplicate_of.iter().cloned().collect(), clones },
        clone_of: others,
        duplicate_of,
        device_version: device.map(|row| row.version),
        law_version: law.version(),
        notice_due_ms: due("notice").map_err(missing).ok(),
        statute_ms: due("statute").map_err(missing).ok(),
        behaviour: behaviour.map(|behaviour| behaviour.key.clone()),
        delete_at_ms: now.as_millisecond() + i64::from(keep_days) * DAY_MS,
        gate,
    })
}

/// What speaks for a plate on two vehicles.
#[derive(Default)]
struct Clones {
    /// Of this case.
    signs: Vec<flags::CloneSign>,
    /// What it is to the other cases: either plate may be the false one.
    others: Vec<(String, flags::CloneSign)>,
}

/// Signs that the plate is on two vehicles.
async fn clone_signs(
    state: &State,
    case: &CaseRow,
    violation: &wire::violation::Violation,
) -> Result<Clones, StoreError> {
    let (cases, mut clones) = (state.store.cases(), Clones::default());
    let Some(plate) =
        case.plate.as_deref().filter(|_| violation.reading.as_ref().is_some_and(|one| one.valid))
    else {
        return Ok(clones);
    };
    if let Some(at) = violation.place.at {
        let here = flags::Sighting { at_ms: case.at_ms, at };
        let most_kmh = state.config.cases.impossible_kmh;
        for (other, of_case) in cases.sightings(case, AROUND_MS).await? {
            let Some(sign) = flags::impossible_way(here, other, most_kmh) else { continue };
            if let (Some(case_id), Some(back)) = (of_case, flags::impossible_way(other, here, most_kmh)) {
                clones.others.push((case_id, back));
            }
            if clones.signs.len() < MOST_SIGNS {
                clones.signs.push(sign);
            }
        }
    }
    let registered = cases.registered_type(plate).await?;
    clones.signs.extend(flags::registered_otherwise(&case.class, registered.as_deref()));
    Ok(clones)
}
