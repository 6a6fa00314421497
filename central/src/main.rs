//! `central`: see `central --help`.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use central::cli::{self, Cli};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // rumqttd calls every client that goes away an error.
    let quiet = || EnvFilter::new("info,rumqttd=off,rumqttc=warn,sqlx=warn");
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| quiet());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
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
            eprintln!("central: {error:#}");
            ExitCode::from(cli::exit_code(&error))
        }
    }
}
