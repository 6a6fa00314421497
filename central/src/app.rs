//! Builds central, starts its parts, waits, and drains them under a deadline.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wire::DeviceKey;

use crate::config::Config;
use crate::evidence::EvidenceStore;
use crate::health::Health;
use crate::ingest::mqtt::Connection;
use crate::intake::Intake;
use crate::lists::Lists;
use crate::notify::Hub;
use crate::registers::vehreg::VehicleRegister;
use crate::store::{Store, migrate};
use crate::{broker, key, presence, registers, web};

/// How long open work may take at shutdown.
const DRAIN: Duration = Duration::from_secs(8);

/// What all parts share. Clones are cheap.
#[derive(Debug, Clone)]
pub struct State {
    /// Configuration.
    pub config: Arc<Config>,
    /// Database.
    pub store: Store,
    /// Original pictures.
    pub evidence: EvidenceStore,
    /// Live changes.
    pub hub: Hub,
    /// Watch lists in memory.
    pub lists: Lists,
    /// Central's key.
    pub key: Arc<DeviceKey>,
    /// Counters and troubles.
    pub health: Arc<Health>,
    /// Cancelled when central stops: streams end, loops leave.
    pub stop: CancellationToken,
}

impl State {
    /// Opens everything that lasts, and brings the schema up to date.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        let folder = &config.data.folder;
        make_folder(folder)?;
        let key = key::load_or_make(&folder.join("central.key"))?;
        let store = Store::open(&config.database_url()?).await?;
        let applied = migrate::run(&store).await?;
        if !applied.is_empty() {
            tracing::info!(?applied, "database schema brought up to date");
        }
        let evidence = EvidenceStore::open(&config.evidence_folder())?;
        let lists = Lists::default();
        lists.reload(&store).await?;
        Ok(Self {
            config: Arc::new(config),
            store,
            evidence,
            hub: Hub::default(),
            lists,
            key: Arc::new(key),
            health: Arc::default(),
            stop: CancellationToken::new(),
        })
    }
}

/// Makes the data folder, for central's user alone: it will hold personal data.
pub fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))
}

/// Central while it runs.
#[derive(Debug)]
pub struct App {
    /// What its parts share.
    pub state: State,
    /// Where the console listens.
    pub http: SocketAddr,
    /// Where the embedded broker listens, when there is one.
    pub mqtt: Option<SocketAddr>,
    tasks: TaskTracker,
}

impl App {
    /// Starts all parts. Returns when the console listens and the broker was started; agents may connect.
    pub async fn start(state: State) -> anyhow::Result<Self> {
        let mqtt = match state.config.mqtt.embedded() {
            true => Some(broker::start(state.config.mqtt.listen).await?),
            false => None,
        };
        let listener = tokio::net::TcpListener::bind(state.config.http.listen)
            .await
            .with_context(|| format!("cannot listen on http.listen = {}", state.config.http.listen))?;
        let http = listener.local_addr()?;
        let tasks = TaskTracker::new();
        let register = match &state.config.registers.vehreg {
            Some(settings) => Some(Arc::new(VehicleRegister::new(settings)?)),
            None => None,
        };
        let (connection, publisher) = Connection::new(&state, mqtt)?;
        let (intake, inbox) = Intake::new(state.clone(), register.clone(), publisher);
        tasks.spawn(connection.run(inbox));
        tasks.spawn(intake.run());
        tasks.spawn(presence::watch(state.clone()));
        tasks.spawn(registers::retry::run(state.clone(), register));
        let stop = state.stop.clone();
        let router = web::router(state.clone());
        tasks.spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, "the console stopped");
            }
        });
        Ok(Self { state, http, mqtt, tasks })
    }

    /// Stops all parts: nothing new is taken in, what was taken is committed and receipted, then the database is closed.
    /// What is not finished in time is not lost: without a receipt, agents send it again.
    pub async fn stop(self) {
        self.state.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("some work did not finish in time; agents will send again what has no receipt");
        }
        self.state.store.close().await;
        let committed = self.state.health.committed.load(Ordering::Relaxed);
        tracing::info!(committed, "central stopped");
    }
}
