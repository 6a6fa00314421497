//! A gate before the rendered clip: the real pipeline, a lane with a simulated barrier, a list made for the test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use edge_agent::access::config::counting_lines;
use edge_agent::access::ledger::Ledger;
use edge_agent::access::{Gates, GatesSetup, Reasons};
use edge_agent::camera::{FrameSource, Next, ReplayOptions, ReplaySource};
use edge_agent::config::Config;
use edge_agent::outbox::{Bounds, Outbox};
use edge_agent::pipeline::{Models, Pipeline};
use jiff::Timestamp;
use promises::barrier::Barrier;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use wire::gate::{AgentSecret, GateIndex, GateList};
use wire::{DeviceKey, Envelope, Sealed};

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn keys() -> (DeviceKey, DeviceKey) {
    (DeviceKey::from_seed(&[1; 32]), DeviceKey::from_seed(&[2; 32]))
}

/// What agent and central share.
pub fn secret() -> AgentSecret {
    AgentSecret::agree(&keys().0, &keys().1.public())
}

/// The lane's policy.
pub fn policy(wanted: &str, unknown: &str) -> Value {
    json!({
        "id": "thu", "wanted": wanted,
        "rules": [{"id": "moi", "groups": [], "lists": [], "schedule": null, "verdict": "admit"}],
        "unknown": unknown, "least_trust": null, "least_score": 0.6,
        "anti_passback": {"mode": "off"}, "quotas": false, "interlock": [],
        "tailgating": {"bodies": 1, "window_s": 8},
        "staleness": {"fresh_s": 3600, "usable_s": 86400, "when_old": "wait"},
        "faces": "off", "pair_s": 20,
    })
}

/// A list for the gate `cong` with the lane `lan-1`.
pub fn list(policy: &Value, way: &str, entries: Vec<Value>, watch: Vec<Value>) -> GateList {
    let lane = json!({"id": "lan-1", "name_vi": "Làn 1", "name_en": "Lane 1", "way": way, "policy": policy});
    let gate = json!({"id": "cong", "name_vi": "Cổng", "name_en": "Gate", "area": "khu",
        "person_capacity": null, "vehicle_capacity": null, "lanes": [lane]});
    let list = json!({
        "v": 1, "site": "s", "agent": "a", "version": 1, "made_at": Timestamp::now(), "clock": 420,
        "holidays": [], "schedules": [], "groups": [], "gates": [gate], "entries": entries, "watch": watch,
        "guards": [], "faces_until": null, "paper_form": null,
    });
    let list: GateList = serde_json::from_value(list).expect("a gate list");
    list.check().expect("whole");
    list
}

/// An entry of a vehicle.
pub fn car(plate: &str, on: &str, valid_until: Option<Timestamp>) -> Value {
    json!({"id": format!("xe-{plate}"), "list": on, "kind": "vehicle", "group": null, "label": "Xe",
        "keys": [{"plate": {"text": plate}}], "valid_until": valid_until})
}

/// A gate that runs.
pub struct ClipGate {
    pub gates: Gates,
    pub barrier: Barrier,
    config: Config,
    outbox: Arc<Outbox>,
    ledger: Arc<Ledger>,
    stop: CancellationToken,
    thread: Option<std::thread::JoinHandle<()>>,
    folder: tempfile::TempDir,
}

impl ClipGate {
    /// Starts it. `lane` is what stands in `[[gate.lane]]` besides its id and barrier.
    pub fn start(list: GateList, lane: &str, runtime: &Handle) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let barrier = Barrier::start("127.0.0.1:0", 0.2, 2.0).expect("a port");
        let text = format!(
            "site = 's'\nagent = 'a'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n\
             [tracker]\nhigh_score = 0.45\nbirth_score = 0.5\n\
             [[camera]]\nid = 'cong-2'\nstream = {{ url = 'rtsp://127.0.0.1/x', analysis_fps = 10.0 }}\n\
             [[camera.line]]\nid = 'vach-cong'\nfrom = [0.02, 0.76]\nto = [0.98, 0.76]\n\
             [[gate]]\nid = 'cong'\narea = 'khu'\n[[gate.lane]]\nid = 'lan-1'\n{lane}\n\
             [gate.lane.barrier]\npoll_ms = 50\nrelay = {{ http = {{ url = '{}', \
             state = {{ method = 'GET', path = '/state' }}, state_pointer = '/position' }} }}\n",
            barrier.url()
        );
        let path = folder.path().join("edge.toml");
        std::fs::write(&path, text).expect("written");
        let config = Config::load(&path).expect("a configuration");
        let (device, central) = keys();
        let own = (config.site.clone(), config.agent.clone());
        let bounds = Bounds { events: 100_000, bytes: 1 << 30 };
        let outbox = Outbox::open(&folder.path().join("outbox"), bounds, 0, own, device.clone());
        let outbox = Arc::new(outbox.expect("an outbox"));
        let ledger = Arc::new(Ledger::open(outbox.clone(), counting_lines(&config.gates)).expect("a ledger"));
        let gates = Gates::build(GatesSetup {
            site: config.site.clone(),
            agent: config.agent.clone(),
            gates: config.gates.clone(),
            ledger: ledger.clone(),
            device: Some(device),
            reasons: Reasons::own(),
        });
        gates.know_central(&central.public());
        gates.set_list(Arc::new(GateIndex::new(list)));
        gates.connect_barriers(runtime);
        let stop = CancellationToken::new();
        let thread = std::thread::spawn({
            let (gates, stop) = (gates.clone(), stop.clone());
            move || gates.run(&stop)
        });
        Self { gates, barrier, config, outbox, ledger, stop, thread: Some(thread), folder }
    }

    /// The real models.
    pub fn models(&self) -> Models {
        let cameras = &self.config.cameras;
        let loaded =
            edge_agent::agent::load_models(&self.config, cameras).expect("the models: run `make models`");
        loaded.of(&self.config, &cameras[0]).expect("loaded for it")
    }

    /// Replays the gate clip as fast as the machine can; every frame counts as taken when it is handed to the pipeline.
    pub fn replay(&self, models: Models) {
        let camera = &self.config.cameras[0];
        let options = ReplayOptions { analysis_fps: Some(10.0), ..ReplayOptions::default() };
        let clip = repository().join("tests/clips/gate.mp4");
        let mut source = ReplaySource::open(&clip, options).expect("the clip");
        let mut pipeline =
            Pipeline::new(camera, self.config.tracker.clone(), models).with_eyes(self.gates.eyes(camera));
        loop {
            match source.next_frame(Duration::from_secs(1)) {
                Next::Frame(mut frame) => {
                    frame.captured.at = Timestamp::now();
                    let drafts = pipeline.frame(&frame).expect("analysed");
                    self.ledger.append(drafts).expect("written");
                }
                Next::Idle => {}
                Next::End => break,
                Next::Failed(error) => panic!("{error}"),
            }
        }
        self.ledger.append(pipeline.finish()).expect("written");
    }

    /// Stops the gate and returns its events in order.
    #[allow(clippy::type_complexity)]
    pub fn stop(mut self) -> (Vec<Envelope>, Vec<(Instant, String)>, (u64, u64)) {
        // What has gone is settled within two seconds.
        std::thread::sleep(Duration::from_millis(2500));
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the gates' thread");
        }
        let key = keys().0.public();
        let events = self.outbox.waiting_from(0, usize::MAX).into_iter().map(|seq| {
            let stored = self.outbox.get(seq).expect("readable").expect("it waits");
            let sealed = Sealed::parse(&stored.message, wire::MAX_MESSAGE_BYTES).expect("sealed");
            serde_json::from_slice(sealed.verify(&key).expect("ours")).expect("an envelope")
        });
        let events = events.collect();
        let area = wire::Name::new("khu").expect("a name");
        let inside = self.ledger.book().presence().count(&area);
        drop(self.folder);
        (events, self.barrier.commands(), inside)
    }
}
