//! The one handle to everything at the gates.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wire::gate::{AgentSecret, GateIndex};
use wire::status::GateHealth;
use wire::{DeviceKey, Name, PublicKey};

use super::barrier::{self, Heard, Worker};
use super::config::GateConfig;
use super::core::{ANSWER_WITHIN, Core, LaneRun};
use super::lane::{Input, Machine};
use super::ledger::Ledger;
use super::sight::{LaneEye, SIGHTINGS, Sighting, Wishes};
use super::view::{DeskView, ExpectedView, InsideView};
use super::{Ask, NobodyToAsk, Reasons, show};
use crate::config::CameraConfig;
use crate::health::CameraWatch;

/// A picture for the desk: a JPEG file.
pub type Jpeg = Bytes;

/// How often time passes for the lanes.
const TICK: Duration = Duration::from_millis(100);
/// How often the view is made anew, at most.
const REFRESH: Duration = Duration::from_millis(50);
/// How often it is counted what waits for central.
const COUNT: Duration = Duration::from_secs(1);

/// What gates are made of.
pub struct GatesSetup {
    /// Site.
    pub site: Name,
    /// Agent.
    pub agent: Name,
    /// The gates of the configuration.
    pub gates: Vec<GateConfig>,
    /// Where their events go.
    pub ledger: Arc<Ledger>,
    /// Key of this agent.
    pub device: Option<DeviceKey>,
    /// Reasons that guards may give.
    pub reasons: Reasons,
}

/// The gates of one agent. Clones are handles to the same gates.
#[derive(Clone)]
pub struct Gates {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    core: Mutex<Core>,
    view: Mutex<Arc<DeskView>>,
    changed: watch::Sender<u64>,
    pub(super) reasons: Reasons,
    tell: SyncSender<Sighting>,
    heard: Mutex<Option<Receiver<Sighting>>>,
    lost: Arc<Mutex<u64>>,
    configured: Vec<GateConfig>,
}

impl std::fmt::Debug for Gates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gates")
    }
}

impl Gates {
    /// Gates without lanes, which keep nothing: for whoever tests what is built on them.
    pub fn new(site: Name, agent: Name) -> Self {
        let ledger = Arc::new(Ledger::in_memory());
        Self::build(GatesSetup {
            site,
            agent,
            gates: Vec::new(),
            ledger,
            device: None,
            reasons: Reasons::own(),
        })
    }

    /// Gates that have seen nothing. Decisions that the ledger has open are settled as unknown.
    pub fn build(setup: GatesSetup) -> Self {
        let lanes = setup.gates.iter().flat_map(|gate| gate.lanes.iter().map(move |lane| (gate, lane)));
        let lanes = lanes.map(|(gate, lane)| LaneRun {
            gate: gate.id.clone(),
            area: gate.area.clone(),
            machine: Machine::new(lane.setup(gate), Box::new(Uuid::now_v7)),
            camera: lane.camera.clone(),
            worker: None,
            readers: lane.readers.iter().map(|reader| (reader.clone(), false)).collect::<BTreeMap<_, _>>(),
            card: None,
            pictures: HashMap::new(),
        });
        let now = Timestamp::now();
        let mut core = Core {
            site: setup.site,
            agent: setup.agent,
            device: setup.device,
            secret: None,
            list: None,
            wishes: Arc::new(RwLock::new(Wishes::default())),
            asker: Arc::new(NobodyToAsk),
            alone_since: Some(now),
            lanes: lanes.collect(),
            cameras: Vec::new(),
            recent: VecDeque::new(),
            pictures: VecDeque::new(),
            refused: (0, None),
            desk_url: None,
            queued: setup.ledger.queued(),
            ledger: setup.ledger,
        };
        core.settle_what_was_open(now);
        let (tell, heard) = sync_channel(SIGHTINGS);
        let view = show::desk(&core, 0, now);
        let shared = Shared {
            core: Mutex::new(core),
            view: Mutex::new(Arc::new(view)),
            changed: watch::channel(0).0,
            reasons: setup.reasons,
            tell,
            heard: Mutex::new(Some(heard)),
            lost: Arc::default(),
            configured: setup.gates,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Connects the barriers that are configured. One that cannot be used is logged and its lane goes on without.
    pub fn connect_barriers(&self, runtime: &Handle) {
        for lane in self.shared.configured.iter().flat_map(|gate| &gate.lanes) {
            let Some(config) = &lane.barrier else { continue };
            let barrier = match barrier::connect(&lane.id, config, runtime) {
                Ok(barrier) => barrier,
                Err(error) => {
                    tracing::error!(lane = %lane.id, %error, "the barrier cannot be used: open it by hand");
                    self.take(Sighting::At(lane.id.clone(), Input::Barrier(Heard::Unreachable)));
                    continue;
                }
            };
            let (tell, id) = (self.shared.tell.clone(), lane.id.clone());
            // A word that finds the gates busy is told again.
            let say = move |heard| drop(tell.try_send(Sighting::At(id.clone(), Input::Barrier(heard))));
            match Worker::start(&lane.id, barrier, Duration::from_millis(config.poll_ms), say) {
                Ok(worker) => self.put_worker(&lane.id, worker),
                Err(error) => tracing::error!(lane = %lane.id, %error, "no thread for the barrier"),
            }
        }
    }

    /// Puts a barrier's thread at a lane.
    pub fn put_worker(&self, lane: &Name, worker: Worker) {
        let mut core = self.core();
        if let Some(at) = core.lane(lane) {
            core.lanes[at].worker = Some(worker);
        }
    }

    /// Takes what other threads tell until `stop`, on the caller's thread.
    ///
    /// # Panics
    /// If it runs twice.
    pub fn run(&self, stop: &CancellationToken) {
        #[allow(clippy::expect_used)]
        let heard = locked(&self.shared.heard).take().expect("gates run once");
        let ledger = self.core().ledger.clone();
        let (mut ticked, mut refreshed, mut counted) = (Instant::now(), Instant::now(), Instant::now());
        while !stop.is_cancelled() {
            match heard.recv_timeout(TICK) {
                Ok(sighting) => self.take(sighting),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                self.core().tick(Timestamp::now());
            }
            if counted.elapsed() >= COUNT {
                counted = Instant::now();
                // Counted before the lock is taken: the disk may be busy.
                let queued = ledger.queued();
                self.core().queued = queued;
            }
            if refreshed.elapsed() >= REFRESH {
                refreshed = Instant::now();
                self.refresh();
            }
        }
        // What came before the stop still counts.
        while let Ok(sighting) = heard.try_recv() {
            self.take(sighting);
        }
        // Barriers end with their workers, outside the lock that their words need.
        let workers: Vec<_> = self.core().lanes.iter_mut().filter_map(|run| run.worker.take()).collect();
        drop(workers);
    }

    /// Where pipelines and readers tell what they see.
    pub fn sightings(&self) -> SyncSender<Sighting> {
        self.shared.tell.clone()
    }

    /// Takes one sighting on the caller's thread.
    pub fn take(&self, sighting: Sighting) {
        let now = Timestamp::now();
        let mut core = self.core();
        match sighting {
            Sighting::At(lane, input) => {
                if let Some(at) = core.lane(&lane) {
                    core.input(at, now, input);
                }
            }
            Sighting::Picture { lane, track, jpeg } => {
                if let Some(at) = core.lane(&lane) {
                    let run = &mut core.lanes[at];
                    let there =
                        |track: &u64| run.machine.cases().iter().any(|case| case.track() == Some(*track));
                    if there(&track) {
                        run.pictures.retain(|known, _| there(known));
                        run.pictures.insert(track, jpeg);
                    }
                }
            }
            Sighting::Reader { lane, reader, there } => {
                if let Some(at) = core.lane(&lane) {
                    core.lanes[at].readers.insert(reader, there);
                }
            }
        }
    }

    /// The eyes of the lanes in the pipeline of a camera.
    pub fn eyes(&self, camera: &CameraConfig) -> Vec<LaneEye> {
        let lanes = self.shared.configured.iter().flat_map(|gate| &gate.lanes);
        let here = lanes.filter(|lane| lane.camera.as_ref() == Some(&camera.id));
        here.map(|lane| {
            let rule = lane.line.as_ref().and_then(|line| camera.lines.iter().find(|rule| rule.id == *line));
            LaneEye {
                lane: lane.id.clone(),
                line: lane.line.clone(),
                subjects: lane.subjects,
                corners: lane.corners.clone(),
                ends: rule.map(|rule| (rule.from, rule.to)),
                wishes: self.core().wishes.clone(),
                tell: self.shared.tell.clone(),
                lost: self.shared.lost.clone(),
                told: HashMap::new(),
            }
        })
        .collect()
    }

    /// The cameras whose state the desk shows.
    pub fn watch_cameras(&self, cameras: Vec<CameraWatch>) {
        self.core().cameras = cameras;
    }

    /// What the desk shows now. Cheap: a new one is made on every change, not on every look.
    pub fn view(&self) -> Arc<DeskView> {
        locked(&self.shared.view).clone()
    }

    /// Tells the revision of the view whenever it grows.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// The reasons that guards may give.
    pub fn reasons(&self) -> &Reasons {
        &self.shared.reasons
    }

    /// Takes a list that was verified and checked; every waiting subject is decided anew.
    pub fn set_list(&self, list: Arc<GateIndex>) {
        {
            let mut core = self.core();
            tracing::info!(version = list.list().version, "gates decide by this list");
            core.list = Some(list);
            core.wish();
            core.tick(Timestamp::now());
        }
        self.refresh();
    }

    /// The list in use.
    pub fn list(&self) -> Option<Arc<GateIndex>> {
        self.core().list.clone()
    }

    /// Central's key became known, or was known from the start: digests can be made from now on.
    pub fn know_central(&self, central: &PublicKey) {
        let mut core = self.core();
        core.secret = core.device.as_ref().map(|device| Arc::new(AgentSecret::agree(device, central)));
        core.wish();
    }

    /// The secret shared with central: as [`Gates::know_central`] makes it, for whoever has it already.
    pub fn set_secret(&self, secret: Arc<AgentSecret>) {
        let mut core = self.core();
        core.secret = Some(secret);
        core.wish();
    }

    /// The secret shared with central, once its key is known.
    pub fn secret(&self) -> Option<Arc<AgentSecret>> {
        self.core().secret.clone()
    }

    /// Whether central can be reached.
    pub fn online(&self, online: bool) {
        self.alone_since(if online { None } else { Some(Timestamp::now()) });
    }

    /// Since when central is away; none while it is there. The first moment counts.
    pub fn alone_since(&self, since: Option<Timestamp>) {
        {
            let mut core = self.core();
            core.alone_since = match (core.alone_since, since) {
                (Some(known), Some(_)) => Some(known),
                (_, since) => since,
            };
        }
        self.refresh();
    }

    /// Who carries questions to central from now on.
    pub fn set_asker(&self, asker: Arc<dyn Ask>) {
        self.core().asker = asker;
    }

    /// A list was refused: told in the heartbeat.
    pub fn list_refused(&self, because: String) {
        let refused = &mut self.core().refused;
        *refused = (refused.0 + 1, Some(because));
    }

    /// Where the desk is reached, for the heartbeat.
    pub fn set_desk_url(&self, url: Option<String>) {
        self.core().desk_url = url;
    }

    /// What the heartbeat tells; `None` where the agent has no lanes.
    pub fn health(&self) -> Option<GateHealth> {
        let core = self.core();
        if core.lanes.is_empty() {
            return None;
        }
        let list = core.list.as_deref().map(GateIndex::list);
        Some(GateHealth {
            list_version: list.map_or(0, |list| list.version),
            list_made_at: list.map(|list| list.made_at),
            lists_refused: core.refused.0,
            refused_because: core.refused.1.clone(),
            desk_url: core.desk_url.clone(),
            lanes: show::lane_health(&core),
        })
    }

    /// Sightings that were lost because the gates could not keep up.
    pub fn lost_sightings(&self) -> u64 {
        *locked(&self.shared.lost)
    }

    /// How long somebody waits for a register.
    pub fn answer_within(&self) -> Duration {
        ANSWER_WITHIN
    }

    /// Known subjects inside an area, or inside all.
    pub fn inside(&self, area: Option<&Name>) -> Vec<InsideView> {
        let core = self.core();
        show::inside(core.list.as_deref(), &core.ledger.book(), area, Timestamp::now())
    }

    /// Visitors expected within the next hour, and those who are overdue, of a gate or of all.
    pub fn expected(&self, gate: Option<&Name>) -> Vec<ExpectedView> {
        let core = self.core();
        show::expected(core.list.as_deref(), &core.ledger.book(), gate, Timestamp::now())
    }

    /// The picture of a decision, while it is kept.
    pub fn picture(&self, access: Uuid) -> Option<Jpeg> {
        self.core().picture(access)
    }

    /// Makes the view anew if anything in it changed.
    pub(super) fn refresh(&self) {
        let core = self.core();
        let mut view = locked(&self.shared.view);
        let mut next = show::desk(&core, view.revision, view.at);
        if next == **view {
            return;
        }
        next.revision += 1;
        next.at = Timestamp::now();
        let revision = next.revision;
        *view = Arc::new(next);
        drop((view, core));
        self.shared.changed.send_replace(revision);
    }

    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        locked(&self.shared.core)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
