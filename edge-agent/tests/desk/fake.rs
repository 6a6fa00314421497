//! Gates that do as they are told and remember it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use edge_agent::access::view::{
    ActRequest, CaseView, DeskView, ExpectedView, GateView, InsideView, LaneView, ListView, PresentRequest,
};
use edge_agent::access::{
    ActError, Acted, CorrectRequest, HandOver, MusterRequest, PaperRequest, PresentError, Presented, Reasons,
    ShiftTotals, ShiftUser, ShiftView,
};
use edge_agent::desk::DeskGates;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use uuid::Uuid;
use wire::Name;
use wire::gate::{
    AccessOutcome, Actor, BarrierWord, EntryKind, Freshness, GuardAct, LaneWay, Reason, Verdict, Wanted,
};
use wire::payload::Direction;
use wire::status::{CameraWord, LadderStep};

use crate::gate_list::name;

/// The fake.
pub struct FakeGates {
    view: Mutex<Arc<DeskView>>,
    changed: watch::Sender<u64>,
    reasons: Reasons,
    /// What was done, in order: `act lan-1 admit an`.
    pub done: Mutex<Vec<String>>,
    duty: Mutex<Option<ShiftUser>>,
    papers: Mutex<Vec<(String, u32)>>,
    /// Whether the disk takes what is written.
    pub disk_full: Mutex<bool>,
}

/// The decision that stands at lane 1.
pub const CURRENT: Uuid = Uuid::from_u128(1);
/// One at lane 3, which is gate 3's.
pub const FOREIGN: Uuid = Uuid::from_u128(3);

pub fn case(access: Uuid, lane: &str, track: u64) -> CaseView {
    CaseView {
        access,
        lane: name(lane),
        since: Timestamp::now(),
        direction: Direction::In,
        plate: None,
        person: None,
        label: Some("Cty TNHH A".to_owned()),
        group: Some("Cty TNHH A".to_owned()),
        verdict: Verdict::Wait,
        answer: Verdict::Wait,
        reason: Reason::NotListed,
        rule: None,
        warnings: Vec::new(),
        actor: Actor::Agent,
        outcome: AccessOutcome::Pending,
        list_version: 1,
        track: Some(track),
        picture: true,
        stay_minutes: None,
        ended_at: None,
    }
}

fn lane(id: &str, camera: Option<&str>, current: Option<CaseView>) -> LaneView {
    LaneView {
        id: name(id),
        name_vi: id.to_owned(),
        name_en: id.to_owned(),
        way: LaneWay::In,
        wanted: Wanted::Vehicle,
        camera: camera.map(name),
        camera_state: camera.map(|_| CameraWord::Live),
        camera_since: None,
        barrier: BarrierWord::Closed,
        reader: None,
        step: LadderStep::CentreLost,
        held: false,
        emergency: false,
        current,
        queue: Vec::new(),
    }
}

fn gate(id: &str, area: &str, lanes: Vec<LaneView>) -> GateView {
    GateView {
        id: name(id),
        name_vi: id.to_owned(),
        name_en: id.to_owned(),
        area: name(area),
        people: 3,
        vehicles: 2,
        person_capacity: None,
        vehicle_capacity: None,
        expected: 1,
        lanes,
    }
}

impl FakeGates {
    pub fn new() -> Self {
        let view = DeskView {
            revision: 1,
            at: Timestamp::now(),
            site: name("kcn"),
            agent: name("edge-1"),
            step: LadderStep::CentreLost,
            alone_since: Some(Timestamp::now()),
            queued: 7,
            list: ListView { version: 1, made_at: None, freshness: Freshness::Fresh },
            paper_form: Some("BM-05".to_owned()),
            gates: vec![
                gate(
                    "cong-2",
                    "khu-a",
                    vec![
                        lane("lan-1", Some("cam-1"), Some(case(CURRENT, "lan-1", 5))),
                        lane("lan-2", None, None),
                    ],
                ),
                gate("cong-3", "khu-b", vec![lane("lan-3", None, Some(case(FOREIGN, "lan-3", 6)))]),
            ],
            muster: None,
            recent: vec![case(Uuid::from_u128(9), "lan-1", 4), case(FOREIGN, "lan-3", 6)],
        };
        Self {
            view: Mutex::new(Arc::new(view)),
            changed: watch::channel(1).0,
            reasons: Reasons::own(),
            done: Mutex::default(),
            duty: Mutex::default(),
            papers: Mutex::default(),
            disk_full: Mutex::default(),
        }
    }

    /// Changes what is shown.
    pub fn show(&self, change: impl FnOnce(&mut DeskView)) {
        let revision = {
            let mut view = self.view.lock().expect("whole");
            let mut next = (**view).clone();
            next.revision += 1;
            change(&mut next);
            *view = Arc::new(next);
            view.revision
        };
        self.changed.send_replace(revision);
    }

    fn record(&self, what: String, access: Option<Uuid>) -> Result<Acted, ActError> {
        if *self.disk_full.lock().expect("whole") {
            return Err(ActError::NotRecorded("no space left".to_owned()));
        }
        self.done.lock().expect("whole").push(what);
        Ok(Acted { access, recorded: true })
    }

    pub fn last_done(&self) -> String {
        self.done.lock().expect("whole").last().cloned().unwrap_or_default()
    }
}

/// What is wrong with a text that is no card.
pub fn not_a_card() -> wire::identity::IdentityError {
    let today = jiff::civil::date(2026, 11, 21);
    wire::identity::CardQr::parse("rubbish", today).expect_err("no card")
}

impl DeskGates for FakeGates {
    fn view(&self) -> Arc<DeskView> {
        self.view.lock().expect("whole").clone()
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn reasons(&self) -> &Reasons {
        &self.reasons
    }

    fn act(&self, lane: &Name, request: ActRequest, user: &str, supervisor: bool) -> Result<Acted, ActError> {
        let act = request.act;
        if !self.reasons.allows(act, &request.reason) {
            return Err(ActError::UnknownReason(request.reason));
        }
        let above = [GuardAct::EmergencyOpen, GuardAct::EmergencyEnd, GuardAct::Forgive];
        if above.contains(&act) && !supervisor {
            return Err(ActError::SupervisorOnly);
        }
        if request.access.is_some_and(|access| access != CURRENT) {
            return Err(ActError::NothingWaiting);
        }
        self.record(format!("act {lane} {} {user} {:?}", act.as_str(), request.note), request.access)
    }

    fn present(&self, _: &Name, request: PresentRequest, _: &str) -> Result<Presented, PresentError> {
        match request {
            PresentRequest::Card { .. } => Err(PresentError::Card(not_a_card())),
            PresentRequest::Passport { .. } => Err(PresentError::BadPassport),
            PresentRequest::Pass { .. } => Err(PresentError::UnknownPass),
            PresentRequest::Plate { .. } => Err(PresentError::BadPlate),
            PresentRequest::Ticket { .. } => Err(PresentError::CardFirst),
            _ => Ok(Presented { access: CURRENT, asking: true }),
        }
    }

    fn inside(&self, area: Option<&Name>) -> Vec<InsideView> {
        let inside = |subject: &str, area: &str| InsideView {
            subject: subject.to_owned(),
            kind: EntryKind::Vehicle,
            label: "Cty TNHH A".to_owned(),
            group: None,
            area: name(area),
            lane: name("lan-1"),
            since: Timestamp::now(),
            overstayed: false,
            accounted: false,
        };
        let all = vec![inside("xe-1", "khu-a"), inside("xe-9", "khu-b")];
        all.into_iter().filter(|inside| area.is_none_or(|area| &inside.area == area)).collect()
    }

    fn expected(&self, gate: Option<&Name>) -> Vec<ExpectedView> {
        let at = |minutes: i64| Timestamp::now() + SignedDuration::from_mins(minutes);
        let visitor = |entry: String, expected_at| ExpectedView {
            entry,
            label: "Khách".to_owned(),
            group: None,
            expected_at,
            plate: None,
            arrived: false,
        };
        let own = gate.map_or("all", Name::as_str);
        vec![visitor("both".to_owned(), at(30)), visitor(format!("of-{own}"), at(10))]
    }

    fn muster(&self, gate: &Name, request: MusterRequest, user: &str) -> Result<Acted, ActError> {
        self.record(format!("muster {gate} {} {user}", request.on), None)
    }

    fn accounted(&self, gate: &Name, subject: &str, reason: &str, user: &str) -> Result<Acted, ActError> {
        if subject != "xe-1" {
            return Err(ActError::Unknown("subject"));
        }
        self.record(format!("accounted {gate} {subject} {reason} {user}"), None)
    }

    fn correct(
        &self,
        gate: &Name,
        request: CorrectRequest,
        user: &str,
        supervisor: bool,
    ) -> Result<Acted, ActError> {
        if !supervisor {
            return Err(ActError::SupervisorOnly);
        }
        self.record(format!("correct {gate} {} {} {user}", request.people, request.vehicles), None)
    }

    fn paper(&self, gate: &Name, request: PaperRequest, user: &str) -> Result<Acted, ActError> {
        let line = (request.form, request.row);
        let mut papers = self.papers.lock().expect("whole");
        if papers.contains(&line) {
            return Err(ActError::AlreadyEntered);
        }
        let acted = self.record(format!("paper {gate} {} {} {user}", line.0, line.1), None)?;
        papers.push(line);
        Ok(acted)
    }

    fn shift(&self, gate: &Name) -> Option<ShiftView> {
        let duty = self.duty.lock().expect("whole").clone();
        let (current, totals) = (duty.filter(|_| gate.as_str() == "cong-2"), ShiftTotals::default());
        Some(ShiftView { gate: gate.clone(), current, notes: Vec::new(), totals })
    }

    fn hand_over(&self, gate: &Name, next: HandOver) -> Result<Acted, ActError> {
        let acted = self.record(
            format!("shift {gate} {:?} {:?} {:?} {:?}", next.from, next.to, next.note, next.items),
            None,
        )?;
        let on_duty = |user: String| ShiftUser { name: user.clone(), user, since: Timestamp::now() };
        if gate.as_str() == "cong-2" {
            *self.duty.lock().expect("whole") = next.to.map(on_duty);
        }
        Ok(acted)
    }

    fn picture(&self, access: Uuid) -> Option<Bytes> {
        (access == CURRENT).then(|| Bytes::from_static(b"\xff\xd8 a picture"))
    }
}
