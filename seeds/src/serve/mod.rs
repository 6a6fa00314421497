//! The services over HTTP.
//!
//! A call passes: latency and outage → identification and signature → quota → random errors → idempotency → the
//! service itself. Every call is logged without its content.

mod admin;
mod callback;
mod csdldc;
mod csgt;
mod dvcqg;
mod gate;
mod idempotency;
mod licence;
mod machines;
mod pages;
mod post;
mod rail;
mod refusal;
mod secrets;
mod state;
mod vehreg;
mod vneid;
mod wanted;
mod warnings;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post as on_post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use secrets::SecretError;
pub use state::CallRecord;

use crate::config::{Config, ConfigError};
use crate::world::{DataError, World};
use state::Shared;

/// Largest request body: a face picture in base64 fits.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// The running mock services. [`Mock::stop`] ends them; dropping leaves them to the runtime.
#[derive(Debug)]
pub struct Mock {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

/// The services could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Seed data are damaged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A client's secret is missing or cannot be stored.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}: {source}; stop the other program or set another `listen` address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Callbacks need an HTTP client.
    #[error("cannot make the HTTP client for callbacks: {0}")]
    Client(#[from] reqwest::Error),
}

impl Mock {
    /// Generates the data, makes missing secrets, and starts to serve.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        config.check()?;
        let world = World::generate(config.seed, config.size)?;
        Self::start_with(config, world).await
    }

    /// The same with a world of the caller's.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_with(config: Config, world: World) -> Result<Self, StartError> {
        config.check()?;
        let listen = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let secrets = secrets::load(&config)?;
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared::new(config, world, secrets, stop.clone())?);
        let app = router(Arc::clone(&shared));
        let shutdown = stop.clone().cancelled_owned();
        let server =
            tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(shutdown).await });
        Ok(Self { address, shared, stop, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base of all service addresses: `http://127.0.0.1:9800/mock`.
    pub fn base_url(&self) -> String {
        format!("http://{}/mock", self.address)
    }

    /// A client's secret, for tests that call with it.
    pub fn secret(&self, client_id: &str) -> Option<&str> {
        self.shared.secrets.get(client_id).map(String::as_str)
    }

    /// The data behind the answers.
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// The latest calls, newest first.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.shared.calls.latest(usize::MAX)
    }

    /// Ends running calls and callbacks, then the server.
    ///
    /// # Errors
    /// The server had failed.
    pub async fn stop(self) -> std::io::Result<()> {
        self.stop.cancel();
        self.shared.callbacks.drain().await;
        self.server.await.map_err(std::io::Error::other)?
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let services = Router::new()
        .route("/mock/vehreg/v1/owner-lookup", on_post(vehreg::owner_lookup))
        .route("/mock/csdldc/v1/verify-citizen", on_post(csdldc::verify_citizen))
        .route("/mock/csdldc/v1/face-verify", on_post(csdldc::face_verify))
        .route("/mock/vneid/v1/verify-qr", on_post(vneid::verify_qr))
        .route("/mock/vneid/v1/sign-in", on_post(vneid::sign_in))
        .route("/mock/vneid/v1/notify", on_post(vneid::notify))
        .route("/mock/wanted/v1/check", on_post(wanted::check))
        .route("/mock/rail/v1/check-ticket", on_post(rail::check))
        .route("/mock/dvcqg/v1/payment-order", on_post(dvcqg::payment_order))
        .route("/mock/vehreg/v1/warn", on_post(warnings::vehreg_warn))
        .route("/mock/vehreg/v1/unwarn", on_post(warnings::vehreg_unwarn))
        .route("/mock/inspection/v1/warn", on_post(warnings::inspection_warn))
        .route("/mock/inspection/v1/unwarn", on_post(warnings::inspection_unwarn))
        .route("/mock/licence/v1/deduct", on_post(licence::deduct))
        .route("/mock/post/v1/registered", on_post(post::registered))
        .route("/mock/csgt/v1/postings", on_post(csgt::publish))
        .route("/mock/machines/v1/owner-lookup", on_post(machines::owner_lookup))
        .route_layer(from_fn_with_state(Arc::clone(&shared), gate::gate));
    Router::new()
        .merge(services)
        .merge(admin::routes())
        .merge(pages::routes())
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(shared)
}
