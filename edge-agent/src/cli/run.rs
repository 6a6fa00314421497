//! `edge-agent run`.

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::agent;
use crate::config::Config;

/// Watches the configured cameras and sends what they see to central, until Ctrl-C or SIGTERM.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Events wait on disk until central has them: stopping, killing or unplugging the agent loses none.\n\
Log: VG_LOG=debug for more, VG_LOG_FORMAT=json for machines."
)]
pub struct RunArgs {
    /// Configuration file; see configs/edge-agent.toml.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Runs the agent.
///
/// # Errors
/// What made the start impossible.
pub fn run(args: RunArgs) -> anyhow::Result<()> {
    super::start_log();
    let config = Config::load(&args.config)?;
    // A second default provider cannot be there yet: this is the only place that installs one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let stop = CancellationToken::new();
        let mut terminate = signal(SignalKind::terminate())?;
        let on_signal = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            on_signal.cancel();
        });
        let stopped = agent::run(config, stop).await?;
        tracing::info!(
            kept = stopped.kept,
            "stopped; events that central has not confirmed are kept for the next start"
        );
        Ok(())
    })
}
