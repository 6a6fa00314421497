//! `central`: see `central --help`.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use central::cli::{self, Cli};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    // One crypto provider for everything that speaks TLS. An error means that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("central: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("central: {}", told_once(&error));
            ExitCode::from(cli::exit_code(&error))
        }
    }
}

/// Logs to stderr: `VG_LOG=debug` for more; `VG_LOG_FORMAT=json` for machines.
fn start_log() {
    // RUST_LOG is what other Rust programs read. rumqttd calls every client that goes away an error.
    let filter = EnvFilter::try_from_env("VG_LOG")
        .or_else(|_| EnvFilter::try_from_default_env())
        .unwrap_or_else(|_| EnvFilter::new("info,rumqttd=off,rumqttc=warn,sqlx=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // A log that cannot be written (a full disk) would otherwise panic while complaining about itself.
        .log_internal_errors(false);
    match std::env::var("VG_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().init(),
        _ => log.init(),
    }
}

/// The error and its causes, without causes that an outer message has told already.
fn told_once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        outer if outer.contains(&cause) => told,
        outer => format!("{outer}: {cause}"),
    })
}
