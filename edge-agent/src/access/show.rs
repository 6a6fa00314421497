//! The desk's view out of the gates' state.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use wire::Name;
use wire::gate::{
    Access, BarrierWord, Entry, EntryKind, Freshness, Gate, GateIndex, LaneWay, Verdict, Wanted, stranger,
};
use wire::plate::{Hint, parse};
use wire::status::{CameraWord, LadderStep};

use super::book::Book;
use super::core::{Core, LaneRun, is_offline};
use super::lane::Shown;
use super::view::{
    CaseView, DeskView, ExpectedView, GateView, InsideView, LaneView, ListView, MusterView, PersonView,
    PlateView,
};

/// How far ahead visitors are shown.
const EXPECTED_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// How long somebody who did not come is shown.
const OVERDUE_FOR: SignedDuration = SignedDuration::from_hours(2);

/// The whole desk.
pub(super) fn desk(core: &Core, revision: u64, now: Timestamp) -> DeskView {
    let book = core.ledger.book();
    let list = core.list.as_deref();
    let gates = gates(core, &book, now);
    DeskView {
        revision,
        at: now,
        site: core.site.clone(),
        agent: core.agent.clone(),
        step: core.lanes.iter().map(|run| step(core, run)).max().unwrap_or(LadderStep::Full),
        alone_since: core.alone_since,
        queued: core.queued,
        list: ListView {
            version: list.map_or(0, |list| list.list().version),
            made_at: list.map(|list| list.list().made_at),
            freshness: freshness(list, now),
        },
        paper_form: list.and_then(|list| list.list().paper_form.clone()),
        gates,
        muster: muster(&book),
        recent: core.recent.iter().cloned().collect(),
    }
}

/// The worst age of any lane's view of the list.
fn freshness(list: Option<&GateIndex>, now: Timestamp) -> Freshness {
    let Some(list) = list else { return Freshness::None };
    let age_s = u64::try_from(now.duration_since(list.list().made_at).as_secs()).unwrap_or(0);
    let of = |lane: &wire::gate::Lane| match lane.policy.staleness {
        staleness if age_s < staleness.fresh_s => Freshness::Fresh,
        staleness if age_s < staleness.usable_s => Freshness::Stale,
        _ => Freshness::Old,
    };
    list.list().lanes().map(|(_, lane)| of(lane)).max().unwrap_or(Freshness::Fresh)
}

fn gates(core: &Core, book: &Book, now: Timestamp) -> Vec<GateView> {
    let mut ids: Vec<(Name, Name)> = Vec::new();
    for run in &core.lanes {
        if !ids.iter().any(|(id, _)| *id == run.gate) {
            ids.push((run.gate.clone(), run.area.clone()));
        }
    }
    let list = core.list.as_deref();
    ids.into_iter()
        .map(|(id, area)| {
            let known = list.and_then(|list| list.list().gates.iter().find(|gate| gate.id == id));
            let area = known.map_or(area, |gate| gate.area.clone());
            let (people, vehicles) = book.presence().count(&area);
            let lanes =
                core.lanes.iter().filter(|run| run.gate == id).map(|run| lane(core, run, known)).collect();
            GateView {
                name_vi: known.map_or_else(|| id.to_string(), |gate| gate.name_vi.clone()),
                name_en: known.map_or_else(|| id.to_string(), |gate| gate.name_en.clone()),
                people,
                vehicles,
                person_capacity: known.and_then(|gate| gate.person_capacity),
                vehicle_capacity: known.and_then(|gate| gate.vehicle_capacity),
                expected: u32::try_from(
                    expected(list, book, Some(&id), now).iter().filter(|visitor| !visitor.arrived).count(),
                )
                .unwrap_or(u32::MAX),
                area,
                id,
                lanes,
            }
        })
        .collect()
}

fn lane(core: &Core, run: &LaneRun, gate: Option<&Gate>) -> LaneView {
    let id = run.machine.setup().lane.clone();
    let known = gate.and_then(|gate| gate.lanes.iter().find(|lane| lane.id == id));
    let camera = run.camera.as_ref().and_then(|camera| core.camera(camera));
    let views = |case: &super::lane::Case| {
        let person = case.person.as_ref();
        let (id, since, access) = match run.machine.as_view(case) {
            super::lane::Output::Access { id, since, access, .. } => (id, since, access),
            // A case is an access.
            _ => return None,
        };
        let mut view = self::case(id, since, &access, person, core.list.as_deref());
        view.picture = case.track().is_some_and(|track| run.pictures.contains_key(&track));
        Some(view)
    };
    let current = run.machine.current();
    let queue = run.machine.cases().iter().filter(|case| current.is_none_or(|current| current.id != case.id));
    LaneView {
        name_vi: known.map_or_else(|| id.to_string(), |lane| lane.name_vi.clone()),
        name_en: known.map_or_else(|| id.to_string(), |lane| lane.name_en.clone()),
        way: known.map_or(LaneWay::Both, |lane| lane.way),
        wanted: known.map_or(Wanted::Vehicle, |lane| lane.policy.wanted),
        camera: run.camera.clone(),
        camera_state: camera.map(|(word, _)| word),
        camera_since: camera.map(|(_, since)| since),
        barrier: run.machine.barrier(),
        reader: reader(run),
        step: step(core, run),
        held: run.machine.is_held(),
        emergency: run.machine.is_emergency(),
        current: current.and_then(views),
        queue: queue.filter_map(views).collect(),
        id,
    }
}

/// Whether a lane's readers are there; none if it has none.
pub(super) fn reader(run: &LaneRun) -> Option<bool> {
    (!run.readers.is_empty()).then(|| run.readers.values().any(|there| *there))
}

/// What of a lane still works.
pub(super) fn step(core: &Core, run: &LaneRun) -> LadderStep {
    let camera = run
        .camera
        .as_ref()
        .map(|camera| core.camera(camera).is_some_and(|(word, _)| word == CameraWord::Live));
    let reader = reader(run);
    let unreachable = run.machine.barrier() == BarrierWord::Unreachable;
    match (camera, reader) {
        _ if core.list.is_none() || unreachable => LadderStep::ByHand,
        (Some(false), Some(false)) => LadderStep::ByHand,
        (_, Some(false)) => LadderStep::ReaderLost,
        (Some(false), _) => LadderStep::CameraLost,
        _ if core.alone_since.is_some() => LadderStep::CentreLost,
        _ => LadderStep::Full,
    }
}

/// One decision.
pub(super) fn case(
    id: Uuid,
    since: Timestamp,
    access: &Access,
    person: Option<&Shown>,
    list: Option<&GateIndex>,
) -> CaseView {
    let entry = access.decision.entry.as_deref().and_then(|id| list?.entry(id));
    let group = access.decision.group.as_ref().and_then(|id| list?.list().group(id));
    let offline = is_offline(&access.decision.warnings, person);
    CaseView {
        access: id,
        lane: access.ask.lane.clone(),
        since,
        direction: access.ask.direction,
        plate: plate(access),
        person: person.map(|person| PersonView {
            label: person.label.clone(),
            trust: person.seen.trust,
            shown: person.shown.to_owned(),
            offline,
            asking: person.asking,
        }),
        label: entry.map(|entry| entry.label.clone()),
        group: group.map(|group| group.name.clone()),
        verdict: access.verdict,
        answer: access.decision.verdict,
        reason: access.decision.reason,
        rule: access.decision.rule.clone(),
        warnings: access.decision.warnings.clone(),
        actor: access.actor.clone(),
        outcome: access.outcome,
        list_version: access.decision.list_version,
        track: access.track,
        picture: access.track.is_some(),
        stay_minutes: entry.and_then(|entry| entry.stay_minutes),
        ended_at: access.ended_at,
    }
}

fn plate(access: &Access) -> Option<PlateView> {
    let seen = access.ask.vehicle.as_ref()?;
    if let Some(reading) = &access.reading {
        return Some(PlateView {
            text: reading.text.clone(),
            display: reading.display.clone(),
            kind: reading.kind.clone(),
            lines: reading.lines,
            colour: reading.colour.as_ref().map(|colour| colour.value.clone()),
            score: reading.score,
        });
    }
    let text = seen.text.clone()?;
    Some(PlateView { display: display(&text), kind: None, lines: 1, colour: None, score: seen.score, text })
}

/// A plate as it is printed.
fn display(text: &str) -> String {
    parse(text, &Hint::default()).best().map_or_else(|| text.to_owned(), |plate| plate.display())
}

fn muster(book: &Book) -> Option<MusterView> {
    let muster = book.muster()?;
    let people: Vec<&String> = book
        .presence()
        .inside
        .iter()
        .filter(|(_, inside)| inside.kind == EntryKind::Person)
        .map(|(subject, _)| subject)
        .collect();
    let all: u64 = book.presence().counts.values().map(|(people, _)| *people).sum();
    let found = people.iter().filter(|subject| muster.accounted.contains(**subject)).count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Some(MusterView {
        since: muster.since,
        by: muster.by.clone(),
        missing: number(people.len() - found),
        accounted: number(muster.accounted.len()),
        anonymous: all.saturating_sub(people.len() as u64),
    })
}

/// Who is inside.
pub(super) fn inside(
    list: Option<&GateIndex>,
    book: &Book,
    area: Option<&Name>,
    now: Timestamp,
) -> Vec<InsideView> {
    let view = |(subject, inside): (&String, &wire::gate::Inside)| {
        let entry = list.and_then(|list| list.entry(subject));
        let group = inside.group.as_ref().and_then(|group| list?.list().group(group));
        let plate = subject.strip_prefix(&stranger(""));
        let label = entry.map(|entry| entry.label.clone());
        let stayed = now.duration_since(inside.since).as_mins();
        InsideView {
            subject: subject.clone(),
            kind: inside.kind,
            label: label.or_else(|| plate.map(display)).unwrap_or_else(|| subject.clone()),
            group: group.map(|group| group.name.clone()),
            area: inside.area.clone(),
            lane: inside.lane.clone(),
            since: inside.since,
            overstayed: entry
                .and_then(|entry| entry.stay_minutes)
                .is_some_and(|most| stayed > i64::from(most)),
            accounted: book.muster().is_some_and(|muster| muster.accounted.contains(subject)),
        }
    };
    let there = book.presence().inside.iter();
    let mut all: Vec<InsideView> =
        there.filter(|(_, inside)| area.is_none_or(|area| inside.area == *area)).map(view).collect();
    all.sort_by_key(|case| std::cmp::Reverse(case.since));
    all
}

/// Visitors of the next hour, and those who are overdue.
pub(super) fn expected(
    list: Option<&GateIndex>,
    book: &Book,
    gate: Option<&Name>,
    now: Timestamp,
) -> Vec<ExpectedView> {
    let Some(list) = list else { return Vec::new() };
    let here = |entry: &&Entry| {
        entry.list == wire::gate::ListKind::Allow
            && gate.is_none_or(|gate| entry.gates.is_empty() || entry.gates.contains(gate))
    };
    let view = |entry: &Entry| {
        let expected_at = entry.expected_at?;
        let soon = expected_at.duration_since(now);
        if soon > EXPECTED_WITHIN || soon < -OVERDUE_FOR {
            return None;
        }
        let arrived = book.presence().last.get(&entry.id).and_then(|(way_in, _)| *way_in);
        let plate = entry.keys.iter().find_map(|key| match key {
            wire::gate::EntryKey::Plate { text, .. } => Some(display(text)),
            wire::gate::EntryKey::Digest { .. } => None,
        });
        let group = entry.group.as_ref().and_then(|group| list.list().group(group));
        Some(ExpectedView {
            entry: entry.id.clone(),
            label: entry.label.clone(),
            group: group.map(|group| group.name.clone()),
            expected_at,
            plate,
            arrived: arrived.is_some_and(|at| expected_at.duration_since(at) < OVERDUE_FOR),
        })
    };
    let mut all: Vec<ExpectedView> = list.list().entries.iter().filter(here).filter_map(view).collect();
    all.sort_by(|a, b| (a.expected_at, &a.entry).cmp(&(b.expected_at, &b.entry)));
    all
}

/// Lanes with a word that waits: counted for a hand-over.
pub(super) fn waiting(core: &Core, gate: &Name) -> u32 {
    let cases = core.lanes.iter().filter(|run| run.gate == *gate).flat_map(|run| run.machine.cases());
    u32::try_from(cases.filter(|case| case.verdict != Verdict::Admit).count()).unwrap_or(u32::MAX)
}

/// Counts of lanes by name, for the heartbeat.
pub(super) fn lane_health(core: &Core) -> Vec<wire::status::LaneHealth> {
    let of = |run: &LaneRun| wire::status::LaneHealth {
        lane: run.machine.setup().lane.clone(),
        barrier: run.machine.barrier(),
        reader: reader(run),
        waiting: u32::try_from(run.machine.cases().len()).unwrap_or(u32::MAX),
        step: step(core, run),
    };
    let by_name: BTreeMap<Name, _> =
        core.lanes.iter().map(|run| (run.machine.setup().lane.clone(), of(run))).collect();
    by_name.into_values().collect()
}
