//! The agent: built, started, joined, stopped — in flow order, all in this file.
//!
//! camera threads ─ drafts → (bounded, blocks) → writer thread → outbox → publisher task → broker

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wire::payload::CameraState as StateChange;
use wire::status::CameraWord;
use wire::{Captured, Name, Payload, Phase, TimeSource};

use crate::access::config::counting_lines;
use crate::access::ledger::Ledger;
use crate::access::{Gates, GatesSetup, Reasons, link, readers};
use crate::camera::{FrameSource, Next, RtspSource};
use crate::config::{CameraConfig, Config};
use crate::desk::live::{Live, Tap};
use crate::desk::{self, Desk, DeskConfig};
use crate::frame::Frame;
use crate::health::{CameraWatch, Health, word};
use crate::identity::Identity;
use crate::outbox::{Draft, Outbox};
use crate::pipeline::{Faces, Models, Pipeline, Witness};
use crate::publish::Publisher;
use crate::scene_link;
use crate::time_check::TimeCheck;
use crate::vision::signal::{Feeds, SharedFeeds};
use crate::vision::{
    Detector, DetectorConfig, FaceReader, HelmetLook, HelmetModel, ModelStore, PlateReader, Runtime,
};

/// Drafts that may wait for the writer; a full channel blocks the pipelines, and frames are dropped and counted.
const DRAFTS: usize = 64;
/// Drafts written with one flush.
const BATCH: usize = 32;
/// How long a disk that refuses may hold up a stop.
const LAST_TRIES: Duration = Duration::from_secs(5);
/// How long the publisher may go on sending after everything else has stopped.
const DRAIN: Duration = Duration::from_secs(3);

/// What was left when the agent stopped.
#[derive(Debug)]
pub struct Stopped {
    /// Events that wait in the outbox for the next start.
    pub kept: u64,
}

/// The models of an agent. Cameras of roads look with a network of their own.
pub struct LoadedModels {
    /// By network and what is kept of its boxes.
    by_detector: Vec<(DetectorConfig, Models)>,
}

impl LoadedModels {
    /// What a camera looks with.
    ///
    /// # Errors
    /// The models were loaded for other cameras.
    pub fn of(&self, config: &Config, camera: &CameraConfig) -> anyhow::Result<Models> {
        let wanted = config.detector_of(camera);
        let found = self.by_detector.iter().find(|(detector, _)| *detector == wanted);
        let (_, models) = found.with_context(|| format!("no models are loaded for camera {}", camera.id))?;
        Ok(models.clone())
    }
}

/// Loads the models that `config` asks for, for these of its cameras.
///
/// # Errors
/// A model or the library is missing, altered or unusable: the message says which and what to do.
pub fn load_models(config: &Config, cameras: &[CameraConfig]) -> anyhow::Result<LoadedModels> {
    let store = ModelStore::find()?;
    let runtime = Runtime::from_store(&store)?;
    let plates = Arc::new(PlateReader::load(&runtime, &store, &config.inference, config.plates)?);
    let faces = load_faces(config, &runtime, &store, Timestamp::now())?;
    let helmets = load_helmets(config, &runtime)?;
    let mut by_detector: Vec<(DetectorConfig, Models)> = Vec::new();
    for wanted in cameras.iter().map(|camera| config.detector_of(camera)) {
        if by_detector.iter().all(|(detector, _)| *detector != wanted) {
            let detector = Arc::new(Detector::load(&runtime, &store, &config.inference, wanted)?);
            let (plates, faces, helmets) = (plates.clone(), faces.clone(), helmets.clone());
            by_detector.push((wanted, Models { detector, plates, faces, helmets }));
        }
    }
    Ok(LoadedModels { by_detector })
}

/// The site's own classifier of helmets, if it has one.
///
/// # Errors
/// One is configured, and it is missing, altered or unusable.
fn load_helmets(config: &Config, runtime: &Runtime) -> anyhow::Result<Option<Arc<dyn HelmetLook>>> {
    let Some(helmet) = &config.helmet else { return Ok(None) };
    let model = HelmetModel::load(runtime, &config.inference, helmet).context("[helmet]")?;
    Ok(Some(Arc::new(model)))
}

/// What reads faces, if the site has them switched on and its approval holds: otherwise no file of theirs is even opened.
///
/// # Errors
/// Faces are on, and one of their models is missing, altered or unusable.
fn load_faces(
    config: &Config,
    runtime: &Runtime,
    store: &ModelStore,
    now: Timestamp,
) -> anyhow::Result<Option<Faces>> {
    let faces = &config.faces;
    if !faces.on(now.to_zoned(jiff::tz::TimeZone::system()).date()) {
        if faces.enabled {
            tracing::error!("the approval for faces has run out (faces.approved_until): faces are off");
        }
        return Ok(None);
    }
    let reader = FaceReader::load(runtime, store, &config.inference, faces.reader)
        .context("faces are switched on; `edge-agent models --fetch --with faces` installs their models")?;
    Ok(Some(Faces { reader: Arc::new(reader), track: faces.track }))
}

/// Runs the agent until `stop`.
///
/// # Errors
/// Only what makes a start impossible: models, keys, the outbox folder, threads.
pub async fn run(config: Config, stop: CancellationToken) -> anyhow::Result<Stopped> {
    let own = (config.site.clone(), config.agent.clone());
    let identity = Identity::load_or_make(&config.state_dir)?;
    let outbox = Arc::new(Outbox::open(
        &config.state_dir.join("outbox"),
        config.outbox.bounds(),
        config.outbox.reserve_mb << 20,
        own.clone(),
        identity.device.clone(),
    )?);
    let models = load_models(&config, &config.cameras)?;
    // A port that is taken is told before any camera runs.
    let at_desk = match &config.desk {
        Some(desk) => Some((desk.clone(), desk::listen(desk).await?)),
        None => None,
    };
    let ledger = Arc::new(Ledger::open(outbox.clone(), counting_lines(&config.gates))?);
    let gates = Gates::build(GatesSetup {
        site: own.0.clone(),
        agent: own.1.clone(),
        gates: config.gates.clone(),
        ledger: ledger.clone(),
        device: Some(identity.device.clone()),
        reasons: config
            .desk
            .as_ref()
            .map_or_else(|| Ok(Reasons::own()), DeskConfig::reasons)
            .map_err(anyhow::Error::msg)?,
    });
    let (gate_link, list) = link::connect(&gates, &config.state_dir, own.clone(), &identity);
    let (scene_link, scenes, recorders) =
        scene_link::connect(&config.cameras, &config.state_dir, own.clone(), &identity);

    let (drafts, written) = sync_channel(DRAFTS);
    let writer = spawn("outbox", {
        let (ledger, stop) = (ledger.clone(), stop.clone());
        move || write(&ledger, &written, &stop)
    })?;
    let at_gates = start_gates(&config, &gates, &stop)?;
    let feeds: SharedFeeds = Arc::new(Mutex::new(Feeds::new(&config.controllers)));
    let time_check = TimeCheck::new(config.clock.clone());
    time_check.start(stop.child_token())?;
    let mut watches = Vec::new();
    let mut taps = Vec::new();
    let mut cameras = Vec::new();
    for camera in &config.cameras {
        let source = RtspSource::start(camera.id.as_str(), camera.stream.clone(), stop.child_token())
            .with_context(|| format!("camera {} cannot be started", camera.id))?;
        let watch = CameraWatch {
            id: camera.id.clone(),
            stats: source.counters(),
            latest: source.latest(),
            gated: Arc::new(AtomicU64::new(0)),
            signals: Arc::default(),
            unwatched: Arc::default(),
        };
        watches.push(watch.clone());
        let make = {
            let (tracker, models) = (config.tracker_of(camera), models.of(&config, camera)?);
            let camera = camera.clone();
            let (feeds, gates) = (feeds.clone(), gates.clone());
            let (slot, recorder) = (scenes.slot(&camera.id), recorders.get(&camera.id).cloned());
            let witness = Witness { ring: Some(source.ring()), clock: Some(time_check.clone()) };
            move || {
                let pipeline = Pipeline::new(&camera, tracker.clone(), models.clone())
                    .with_feeds(&camera, feeds.clone())
                    .with_eyes(gates.eyes(&camera))
                    .with_scene(slot.clone())
                    .with_witness(witness.clone());
                match recorder.clone() {
                    Some(recorder) => pipeline.with_recorder(recorder),
                    None => pipeline,
                }
            }
        };
        let tap = Arc::new(Tap::new());
        taps.push((camera.id.clone(), tap.clone()));
        let worker =
            CameraWorker::new(camera.id.clone(), watch, Box::new(make), drafts.clone(), tap, stop.clone());
        cameras.push(spawn(&format!("cam-{}", camera.id), move || worker.run(source))?);
    }
    // The writer stops when the last camera has dropped its sender.
    drop(drafts);

    gates.watch_cameras(watches.clone());
    let health = Health::new(watches, outbox.clone()).with_gates(gates.clone()).with_scenes(scenes);
    let health = Arc::new(health.with_time_check(time_check));
    let desk_url = config.desk.as_ref().map(|desk| desk.url());
    let status = Arc::new(move |presence| {
        let mut status = health.status(presence);
        if let Some(gates) = &mut status.gates {
            gates.desk_url.clone_from(&desk_url);
        }
        status
    });
    let served = at_desk.map(|(config, listener)| {
        let desk = Desk::new(&config, Arc::new(gates.clone()), list, Live::new(taps), stop.child_token());
        tokio::spawn(desk.serve(listener))
    });
    let publisher_stop = CancellationToken::new();
    let publisher = Publisher::new(config.central.clone(), own, identity, outbox.clone(), status)
        .with_feeds(feeds)
        .with_gates(gate_link)
        .with_scenes(scene_link);
    let connected = publisher.connected();
    let publisher = tokio::spawn(publisher.run(publisher_stop.clone()));

    let threads: Vec<_> = cameras.into_iter().chain(at_gates).chain([writer]).collect();
    let ended = wait(&threads, &stop).await;
    // A part that ended by itself takes the agent with it: whoever supervises it starts it anew, and nothing is lost.
    stop.cancel();
    tracing::info!("stopping: the desk and cameras first, then the outbox, then the broker");
    if let Some(served) = served {
        served.await??;
    }
    tokio::task::spawn_blocking(move || threads.into_iter().for_each(join)).await?;
    drain(&outbox, *connected.borrow()).await;
    publisher_stop.cancel();
    publisher.await?;
    outbox.flush()?;
    ended.map(|()| Stopped { kept: outbox.health().events })
}

/// The gates' thread, their card readers' and barriers'. None where there are no gates.
fn start_gates(
    config: &Config,
    gates: &Gates,
    stop: &CancellationToken,
) -> anyhow::Result<Vec<JoinHandle<()>>> {
    if config.gates.is_empty() {
        return Ok(Vec::new());
    }
    gates.connect_barriers(&tokio::runtime::Handle::current());
    let mut threads = vec![spawn("gates", {
        let (gates, stop) = (gates.clone(), stop.clone());
        move || gates.run(&stop)
    })?];
    for lane in config.gates.iter().flat_map(|gate| &gate.lanes) {
        for reader in config.card_readers.iter().filter(|reader| lane.readers.contains(&reader.id)) {
            let (gates, lane, reader, stop) = (gates.clone(), lane.id.clone(), reader.clone(), stop.clone());
            let read = move || readers::read(&gates, &lane, &reader, &stop);
            threads.push(spawn("card-reader", read)?);
        }
    }
    Ok(threads)
}

/// Until `stop`, or until a thread ends that should not.
async fn wait(threads: &[JoinHandle<()>], stop: &CancellationToken) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
        if let Some(dead) = threads.iter().find(|thread| thread.is_finished())
            && !stop.is_cancelled()
        {
            anyhow::bail!("thread {} ended by itself; the log says why", dead.thread().name().unwrap_or("?"));
        }
    }
}

/// Lets the last events go out while the broker is there.
async fn drain(outbox: &Outbox, connected: bool) {
    let until = Instant::now() + DRAIN;
    while connected && outbox.health().events > 0 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Drafts → outbox: a disk that refuses is tried again for as long as the agent runs, and what cannot be written yet is held.
fn write(ledger: &Ledger, drafts: &Receiver<Draft>, stop: &CancellationToken) {
    while let Ok(first) = drafts.recv() {
        let mut batch = vec![first];
        batch.extend(drafts.try_iter().take(BATCH - 1));
        let mut pause = Duration::from_millis(100);
        let mut stopping: Option<Instant> = None;
        let mut written = ledger.append(batch);
        while let Err(error) = written {
            let events = ledger.unwritten();
            tracing::error!(%error, events, "events cannot be written; cameras wait");
            if stop.is_cancelled() && stopping.get_or_insert_with(Instant::now).elapsed() > LAST_TRIES {
                tracing::error!(events, "stopped while the disk refused: these events are lost");
                break;
            }
            std::thread::sleep(pause);
            written = ledger.retry();
            pause = (pause * 2).min(Duration::from_secs(if stop.is_cancelled() { 1 } else { 10 }));
        }
    }
}

/// One camera: frames in, drafts out.
struct CameraWorker {
    id: Name,
    watch: CameraWatch,
    make: Box<dyn Fn() -> Pipeline + Send>,
    pipeline: Pipeline,
    drafts: SyncSender<Draft>,
    tap: Arc<Tap>,
    stop: CancellationToken,
    state: CameraWord,
    since: Instant,
}

impl CameraWorker {
    fn new(
        id: Name,
        watch: CameraWatch,
        make: Box<dyn Fn() -> Pipeline + Send>,
        drafts: SyncSender<Draft>,
        tap: Arc<Tap>,
        stop: CancellationToken,
    ) -> Self {
        let (pipeline, state, since) = (make(), CameraWord::Connecting, Instant::now());
        Self { id, watch, make, pipeline, drafts, tap, stop, state, since }
    }

    fn run(mut self, mut source: RtspSource) {
        let mut seen = Instant::now();
        while !self.stop.is_cancelled() {
            match source.next_frame(Duration::from_millis(200)) {
                Next::Frame(frame) => {
                    seen = Instant::now();
                    self.analyse(&frame);
                }
                Next::Idle => {
                    let late = self.pipeline.idle(seen.elapsed().as_secs_f64());
                    self.send(late);
                }
                Next::End | Next::Failed(_) => break,
            }
            self.watch.gated.store(self.pipeline.times().counts.gated, Ordering::Relaxed);
            *self.watch.signals.lock().unwrap_or_else(PoisonError::into_inner) = self.pipeline.signals();
            *self.watch.unwatched.lock().unwrap_or_else(PoisonError::into_inner) = self.pipeline.unwatched();
            self.watch_state();
        }
        let last = self.pipeline.finish();
        self.send(last);
    }

    /// A frame that makes the pipeline panic costs the tracks of this camera, not the camera.
    fn analyse(&mut self, frame: &Frame) {
        match catch_unwind(AssertUnwindSafe(|| self.pipeline.frame(frame))) {
            Ok(Ok(drafts)) => {
                self.tap.look(frame, self.pipeline.in_view());
                self.send(drafts);
            }
            Ok(Err(error)) => tracing::error!(camera = %self.id, %error, "a frame could not be analysed"),
            Err(_) => {
                tracing::error!(camera = %self.id, frame = frame.index, "the pipeline panicked and starts anew");
                self.pipeline = (self.make)();
            }
        }
    }

    /// A change between live and not live is an event: an absence is a fact.
    fn watch_state(&mut self) {
        let status = self.watch.stats.status();
        let now = word(status.state);
        self.tap.say(now, status.since);
        // Between two tries a lost camera says "connecting" for a moment: that is not news.
        if now == self.state || (now == CameraWord::Connecting && self.state != CameraWord::Live) {
            return;
        }
        let lasted_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let change = StateChange { state: now, was: self.state, lasted_ms };
        (self.state, self.since) = (now, Instant::now());
        let captured = Captured { at: Timestamp::now(), uncertainty_ms: 200, source: TimeSource::Arrival };
        self.send(vec![Draft {
            id: Uuid::now_v7(),
            phase: Phase::Settled,
            camera: self.id.clone(),
            captured,
            payload: Payload::CameraState(change),
            pictures: Vec::new(),
            models: Vec::new(),
        }]);
    }

    fn send(&self, drafts: Vec<Draft>) {
        for draft in drafts {
            // The writer outlives every camera, so this only ever blocks.
            if self.drafts.send(draft).is_err() {
                tracing::error!(camera = %self.id, "the outbox writer is gone: an event is lost");
            }
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> anyhow::Result<JoinHandle<()>> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.with_context(|| format!("cannot start thread {name}"))
}

fn join(thread: JoinHandle<()>) {
    let name = thread.thread().name().unwrap_or("?").to_owned();
    if thread.join().is_err() {
        tracing::error!(thread = name, "a thread had panicked");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(faces: &str) -> Config {
        let text = format!(
            "site = 's'\nagent = 'a'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n{faces}\n\
             [[camera]]\nid = 'cam'\nstream = {{ url = 'rtsp://127.0.0.1/x' }}\n"
        );
        toml::from_str(&text).expect("parses")
    }

    /// A store without a single file: whoever opens a model fails.
    fn nothing_there() -> (Runtime, ModelStore) {
        let store = ModelStore::find().expect("the manifest parses");
        let runtime = Runtime::from_store(&store).expect("this test needs ONNX Runtime");
        (runtime, ModelStore::new(store.manifest().clone(), Vec::new()))
    }

    #[test]
    fn no_model_of_faces_is_opened_unless_they_are_switched_on_and_approved() {
        let (runtime, store) = nothing_there();
        let load = |faces: &str, now: &str| {
            load_faces(&config(faces), &runtime, &store, now.parse().expect("a time"))
        };
        let now = "2026-11-21T03:00:00Z";
        assert!(load("", now).expect("off").is_none());
        assert!(load("[faces]\nenabled = false\napproved_until = '2027-06-30'", now).expect("off").is_none());
        let on = "[faces]\nenabled = true\napproved_until = '2027-06-30'";
        assert!(load(on, "2027-07-02T03:00:00Z").expect("run out").is_none());
        let error = load(on, now).err().expect("on, and nothing is there");
        assert!(format!("{error:#}").contains("models --fetch --with faces"), "{error:#}");
    }
}
