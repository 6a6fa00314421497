//! The gates' state behind one lock: lane machines, the list, what the desk shows. What machines want done is done here.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;
use wire::gate::{AccessOutcome, AgentSecret, GateIndex, QuestionBody, Warning};
use wire::payload::AGENT_ITSELF;
use wire::{Captured, DeviceKey, EvidenceRole, Name, Payload, Phase, TimeSource};

use super::ask::for_later;
use super::barrier::Worker;
use super::book::Open;
use super::lane::{Input, Known, Machine, Output, Shown};
use super::ledger::Ledger;
use super::present::{KeptCard, proof};
use super::sight::Wishes;
use super::view::CaseView;
use super::{Answered, Ask, Request, show};
use crate::health::CameraWatch;
use crate::outbox::{Draft, Picture};

/// Decisions shown after they are over.
const RECENT: usize = 50;
/// Pictures kept for the desk.
const PICTURES: usize = 120;
/// How long a card waits for the ticket that belongs to it.
const CARD_KEPT_S: i64 = 120;

/// One lane and what hangs on it.
pub(super) struct LaneRun {
    pub gate: Name,
    pub area: Name,
    pub machine: Machine,
    pub camera: Option<Name>,
    pub worker: Option<Worker>,
    pub readers: BTreeMap<Name, bool>,
    pub card: Option<(Timestamp, KeptCard)>,
    pub pictures: HashMap<u64, Bytes>,
}

/// See the [module](self).
pub(super) struct Core {
    pub site: Name,
    pub agent: Name,
    pub device: Option<DeviceKey>,
    pub secret: Option<Arc<AgentSecret>>,
    pub list: Option<Arc<GateIndex>>,
    pub wishes: Arc<RwLock<Wishes>>,
    pub asker: Arc<dyn Ask>,
    pub alone_since: Option<Timestamp>,
    pub lanes: Vec<LaneRun>,
    pub cameras: Vec<CameraWatch>,
    pub recent: VecDeque<CaseView>,
    pub pictures: VecDeque<(Uuid, Bytes)>,
    pub refused: (u64, Option<String>),
    pub desk_url: Option<String>,
    pub ledger: Arc<Ledger>,
    /// Events that wait for central, as last counted.
    pub queued: u64,
}

impl Core {
    /// The lane of that name.
    pub fn lane(&self, lane: &Name) -> Option<usize> {
        self.lanes.iter().position(|run| run.machine.setup().lane == *lane)
    }

    /// Lets a lane's machine take something, and does what it wants: barrier first, events then.
    pub fn run<T>(
        &mut self,
        lane: usize,
        take: impl FnOnce(&mut Machine, &Known<'_>) -> (T, Vec<Output>),
    ) -> T {
        let open_lanes: Vec<Name> = self
            .lanes
            .iter()
            .enumerate()
            .filter(|(at, run)| *at != lane && run.machine.is_open())
            .map(|(_, run)| run.machine.setup().lane.clone())
            .collect();
        let (taken, outputs) = {
            let book = self.ledger.book();
            let known = Known {
                index: self.list.as_deref(),
                presence: book.presence(),
                open_lanes: &open_lanes,
                alone_since: self.alone_since,
            };
            take(&mut self.lanes[lane].machine, &known)
        };
        self.perform(lane, outputs);
        taken
    }

    /// One input of one lane.
    pub fn input(&mut self, lane: usize, now: Timestamp, input: Input) {
        self.run(lane, |machine, known| ((), machine.update(now, input, known)));
    }

    /// Time passed at every lane.
    pub fn tick(&mut self, now: Timestamp) {
        for lane in 0..self.lanes.len() {
            let camera = self.lanes[lane].camera.clone();
            if let Some(camera) = camera {
                let blind =
                    self.camera(&camera).is_some_and(|(word, _)| word != wire::status::CameraWord::Live);
                self.input(lane, now, Input::Blind(blind));
            }
            self.input(lane, now, Input::Tick);
        }
        if self.ledger.unwritten() > 0
            && let Err(error) = self.ledger.retry()
        {
            tracing::error!(%error, "events of the gates cannot be written");
        }
    }

    fn perform(&mut self, lane: usize, outputs: Vec<Output>) {
        let mut drafts = Vec::new();
        for output in outputs {
            match output {
                Output::Barrier(command) => {
                    let run = &self.lanes[lane];
                    if run.worker.as_ref().is_some_and(|worker| !worker.command(command)) {
                        tracing::error!(lane = %run.machine.setup().lane, "the barrier takes no more commands");
                    }
                }
                Output::Access { id, since, access, person } => {
                    let settled = access.outcome != AccessOutcome::Pending;
                    let track = access.track;
                    let view = show::case(id, since, &access, person.as_ref(), self.list.as_deref());
                    let mut draft = self.draft(lane, id, since, Payload::Access(access));
                    draft.phase = if settled { Phase::Settled } else { Phase::Provisional };
                    if settled {
                        draft.pictures = self.picture_of(lane, id, track, &draft.payload);
                        self.over(view);
                    }
                    drafts.push(draft);
                }
                Output::Incident(incident) => {
                    drafts.push(self.draft(
                        lane,
                        Uuid::now_v7(),
                        Timestamp::now(),
                        Payload::Incident(incident),
                    ));
                }
            }
        }
        self.record(drafts);
    }

    /// Events into the outbox; while the disk refuses they wait, and what they mean counts all the same.
    pub fn record(&self, drafts: Vec<Draft>) {
        if drafts.is_empty() {
            return;
        }
        let events = drafts.len();
        if let Err(error) = self.ledger.append(drafts) {
            tracing::error!(%error, events, "events of the gates wait for the disk");
        }
    }

    /// An event of a lane.
    pub fn draft(&self, lane: usize, id: Uuid, at: Timestamp, payload: Payload) -> Draft {
        draft(self.lanes[lane].camera.clone(), id, at, payload)
    }

    /// A decision that no vehicle event tells of goes with its own picture.
    fn picture_of(&mut self, lane: usize, id: Uuid, track: Option<u64>, payload: &Payload) -> Vec<Picture> {
        let Some(jpeg) = track.and_then(|track| self.lanes[lane].pictures.remove(&track)) else {
            return Vec::new();
        };
        self.pictures.push_back((id, jpeg.clone()));
        while self.pictures.len() > PICTURES {
            self.pictures.pop_front();
        }
        if matches!(payload, Payload::Access(access) if access.passage.is_some()) {
            return Vec::new();
        }
        let size = image::ImageReader::new(std::io::Cursor::new(&jpeg[..])).with_guessed_format();
        let size = size.ok().and_then(|reader| reader.into_dimensions().ok());
        let picture =
            |(width, height)| Picture { role: EvidenceRole::Vehicle, bytes: jpeg.clone(), width, height };
        size.map(picture).into_iter().collect()
    }

    fn over(&mut self, view: CaseView) {
        self.recent.push_front(view);
        self.recent.truncate(RECENT);
    }

    /// Decisions that were open when the agent stopped: nobody saw how they ended.
    pub fn settle_what_was_open(&mut self, now: Timestamp) {
        let open: Vec<(Uuid, Open)> =
            self.ledger.book().open().iter().map(|(id, open)| (*id, open.clone())).collect();
        let settled = open.into_iter().map(|(id, open)| {
            let mut access = open.access;
            (access.outcome, access.ended_at) = (AccessOutcome::Unknown, Some(now));
            draft(Some(open.camera), id, open.at, Payload::Access(Box::new(access)))
        });
        let settled: Vec<Draft> = settled.collect();
        if !settled.is_empty() {
            tracing::info!(
                decisions = settled.len(),
                "decisions that were open at the stop are settled as unknown"
            );
        }
        self.record(settled);
    }

    /// State and since when of a camera.
    pub fn camera(&self, camera: &Name) -> Option<(wire::status::CameraWord, Timestamp)> {
        let watch = self.cameras.iter().find(|watch| watch.id == *camera)?;
        let status = watch.snapshot().status;
        Some((crate::health::word(status.state), status.since))
    }

    /// The picture of a decision.
    pub fn picture(&self, access: Uuid) -> Option<Bytes> {
        let waiting = || {
            self.lanes.iter().find_map(|run| {
                let case = run.machine.cases().iter().find(|case| case.id == access)?;
                run.pictures.get(&case.track()?).cloned()
            })
        };
        self.pictures.iter().find(|(id, _)| *id == access).map(|(_, jpeg)| jpeg.clone()).or_else(waiting)
    }

    /// The card shown at a lane a moment ago.
    pub fn card(&mut self, lane: usize, now: Timestamp) -> Option<KeptCard> {
        let kept = &mut self.lanes[lane].card;
        if kept.as_ref().is_some_and(|(at, _)| now.duration_since(*at).as_secs() > CARD_KEPT_S) {
            *kept = None;
        }
        kept.as_ref().map(|(_, card)| card.clone())
    }

    /// The answer of a register, or that there was none.
    pub fn answered(
        &mut self,
        lane: usize,
        now: Timestamp,
        access: Uuid,
        body: &QuestionBody,
        answer: Option<&wire::gate::Answer>,
    ) {
        let proof = proof(answer);
        if proof.offline {
            let check = self.check_later(lane, access, body);
            self.record(check.into_iter().collect());
        }
        self.input(lane, now, Input::Answered { access, proof });
    }

    /// An identity that could not be checked is checked later, by central.
    fn check_later(&self, lane: usize, access: Uuid, body: &QuestionBody) -> Option<Draft> {
        let run = &self.lanes[lane];
        let place = (run.gate.clone(), run.machine.setup().lane.clone(), access);
        let check = for_later(self.secret.as_ref()?, place, PURPOSE, body)?;
        Some(self.draft(lane, Uuid::now_v7(), Timestamp::now(), Payload::IdentityCheck(check)))
    }

    /// What the pipelines have to know of the list.
    pub fn wish(&self) {
        let mut wishes = self.wishes.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        wishes.secret = self.secret.clone();
        wishes.least_score = self
            .list
            .iter()
            .flat_map(|list| list.list().lanes())
            .map(|(_, lane)| (lane.id.clone(), lane.policy.least_score))
            .collect();
    }
}

/// Purpose of every question of a gate.
pub(super) const PURPOSE: &str = "GATE_CONTROL";
/// How long somebody waits for a register.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// A question about who was presented at a lane.
pub(super) fn request(run: &LaneRun, user: Option<&str>, body: QuestionBody) -> Request {
    Request {
        gate: run.gate.clone(),
        lane: run.machine.setup().lane.clone(),
        user: user.map(str::to_owned),
        purpose: PURPOSE.to_owned(),
        body,
        deadline: ANSWER_WITHIN,
    }
}

/// Hands a question over; never while the gates' lock is held, because the answer may come at once.
pub(super) fn ask(asker: &Arc<dyn Ask>, request: Request, answered: Answered) {
    asker.ask(request, answered);
}

/// An event about a gate, settled.
pub(super) fn draft(camera: Option<Name>, id: Uuid, at: Timestamp, payload: Payload) -> Draft {
    // The name is a constant that fits.
    #[allow(clippy::expect_used)]
    let camera = camera.unwrap_or_else(|| Name::new(AGENT_ITSELF).expect("a name"));
    Draft {
        id,
        phase: Phase::Settled,
        camera,
        captured: Captured { at, uncertainty_ms: 200, source: TimeSource::Arrival },
        payload,
        pictures: Vec::new(),
        models: Vec::new(),
    }
}

/// Whether a person's identity could not be checked.
pub(super) fn is_offline(warnings: &[Warning], person: Option<&Shown>) -> bool {
    warnings.contains(&Warning::UnverifiedOffline) || person.is_some_and(|person| person.seen.offline)
}
