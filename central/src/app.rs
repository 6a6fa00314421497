//! Builds central, starts its parts, waits, and drains them under a deadline.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wire::DeviceKey;

use crate::config::Config;
use crate::evidence::EvidenceStore;
use crate::health::Health;
use crate::ingest::mqtt::Connection;
use crate::intake::Intake;
use crate::law::Laws;
use crate::lists::Lists;
use crate::lists::faces::Faces;
use crate::notify::Hub;
use crate::registers::identity::Registers;
use crate::registers::vehreg::VehicleRegister;
use crate::scenes::Scenes;
use crate::sealing::DataKey;
use crate::store::{Store, migrate};
use crate::{broker, gates, key, presence, registers, web};

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
    /// Enrolled faces, where face search is on.
    pub faces: Option<Arc<Faces>>,
    /// Central's key.
    pub key: Arc<DeviceKey>,
    /// Key of personal data in the database.
    pub data_key: Arc<DataKey>,
    /// Services that are asked about identities.
    pub registers: Arc<Registers>,
    /// Every version of the law.
    pub laws: Laws,
    /// What is known of agents' scenes, and questions to them.
    pub scenes: Scenes,
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
        let data_key = DataKey::load_or_make(&folder.join("data.key"))?;
        let registers = Registers::new(&config.registers)?;
        let store = Store::open(&config.database_url()?).await?;
        let applied = migrate::run(&store).await?;
        if !applied.is_empty() {
            tracing::info!(?applied, "database schema brought up to date");
        }
        let evidence = EvidenceStore::open(&config.evidence_folder())?;
        let lists = Lists::default();
        lists.reload(&store).await?;
        let laws = Laws::default();
        store.load_laws(&laws, Timestamp::now().as_millisecond()).await?;
        let (settings, data) = (config.faces.clone(), folder.clone());
        let today = Timestamp::now().to_zoned(TimeZone::system()).date();
        let faces = tokio::task::spawn_blocking(move || settings.open(&data, today)).await??;
        Ok(Self {
            config: Arc::new(config),
            store,
            evidence,
            hub: Hub::default(),
            lists,
            faces: faces.map(Arc::new),
            key: Arc::new(key),
            data_key: Arc::new(data_key),
            registers: Arc::new(registers),
            laws,
            scenes: Scenes::default(),
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
    parts: Parts,
}

/// The long-lived tasks. None may end before central stops: half a central would look well and take nothing in, so the first
/// that ends or panics stops all others, and whoever supervises the process starts it anew.
#[derive(Debug)]
struct Parts {
    tasks: TaskTracker,
    stop: CancellationToken,
    broken: Arc<OnceLock<&'static str>>,
}

impl Parts {
    fn new(stop: CancellationToken) -> Self {
        Self { tasks: TaskTracker::new(), stop, broken: Arc::default() }
    }

    fn spawn(&self, name: &'static str, part: impl Future<Output = ()> + Send + 'static) {
        let (stop, broken) = (self.stop.clone(), self.broken.clone());
        // A task of its own, so that a panic comes back as a value; the panic itself has been printed.
        let part = tokio::spawn(part);
        self.tasks.spawn(async move {
            let ended = part.await;
            if ended.is_ok() && stop.is_cancelled() {
                return;
            }
            tracing::error!(part = name, panicked = ended.is_err(), "a part of central ended: stopping");
            // The first is the cause; others may end because of it.
            let _ = broken.set(name);
            stop.cancel();
        });
    }

    /// Waits until all have ended, for a while; returns the one that ended too early.
    async fn drain(self) -> Option<&'static str> {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("some work did not finish in time; agents will send again what has no receipt");
        }
        self.broken.get().copied()
    }
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
        let parts = Parts::new(state.stop.clone());
        let register = match &state.config.registers.vehreg {
            Some(settings) => Some(Arc::new(VehicleRegister::new(settings)?)),
            None => None,
        };
        let (connection, publisher) = Connection::new(&state, mqtt)?;
        let (heard, heartbeats) = gates::publish::heard();
        parts.spawn("gate lists", gates::publish::run(state.clone(), publisher.clone(), heartbeats));
        state.scenes.connect(publisher.clone());
        parts.spawn("scenes", crate::scenes::publish::run(state.clone(), publisher.clone()));
        let (asks, asked) = gates::answers::queue();
        parts.spawn("answers to gates", gates::answers::run(state.clone(), publisher.clone(), asked));
        let (intake, inbox) = Intake::new(state.clone(), register.clone(), publisher, heard, asks);
        parts.spawn("connection to the broker", connection.run(inbox));
        parts.spawn("intake", intake.run());
        parts.spawn("gates", gates::watch::run(state.clone()));
        parts.spawn("presence", presence::watch(state.clone()));
        parts.spawn("register retries", registers::retry::run(state.clone(), register));
        parts.spawn("visits' retention", crate::visits::sweep::run(state.clone()));
        parts.spawn("screening of cases", crate::cases::screen::run(state.clone()));
        parts.spawn("deadlines of cases", crate::cases::sweep::run(state.clone()));
        let outside = Arc::new(crate::handling::services::Services::new(state.clone())?);
        parts.spawn("handlings", crate::handling::desk::run(state.clone(), outside));
        parts.spawn("crowding", crate::crowding::watch::run(state.clone()));
        let stop = state.stop.clone();
        let router = web::router(state.clone());
        parts.spawn("console", async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::error!(%error, "the console stopped");
            }
        });
        Ok(Self { state, http, mqtt, parts })
    }

    /// Stops all parts: nothing new is taken in, what was taken is committed and receipted, then the database is closed.
    /// What is not finished in time is not lost: without a receipt, agents send it again. Returns the part that ended by itself,
    /// if one did.
    pub async fn stop(self) -> Option<&'static str> {
        let broken = self.parts.drain().await;
        self.state.store.close().await;
        let committed = self.state.health.committed.load(Ordering::Relaxed);
        tracing::info!(committed, "central stopped");
        broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_that_panics_or_ends_early_stops_all_others_and_is_named() {
        for panics in [true, false] {
            let parts = Parts::new(CancellationToken::new());
            let stop = parts.stop.clone();
            parts.spawn("console", stop.clone().cancelled_owned());
            parts.spawn("intake", async move { assert!(!panics, "as if the intake had a fault") });
            stop.cancelled().await;
            assert_eq!(parts.drain().await, Some("intake"));
        }
    }

    #[tokio::test]
    async fn a_stop_that_was_asked_for_breaks_nothing() {
        let parts = Parts::new(CancellationToken::new());
        parts.spawn("console", parts.stop.clone().cancelled_owned());
        assert_eq!(parts.drain().await, None);
    }
}
