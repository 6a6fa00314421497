//! `seeds`: invented data, and the mock national services that serve them.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Parser, Subcommand};
use seeds::world::Size;
use seeds::{Config, Mock, World};

/// Invented citizens and vehicles, and mock national services that answer from them.
///
/// Nothing here is real: people, organisations and plates are invented, and the services only behave as the real
/// ones would.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve vehicle registration, population database, VNeID, wanted persons, payment and the others over HTTP.
    Serve(Serve),
    /// Write the generated data as CSV files, to read or to load elsewhere.
    Generate(Generate),
}

#[derive(Debug, Args)]
struct Serve {
    /// Configuration file; without it the defaults of configs/seeds.toml hold.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on, instead of the configured one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Folder for client secrets, instead of the configured one.
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Generate {
    /// Same seed, same data.
    #[arg(long, value_name = "N", default_value_t = 2026)]
    seed: u64,
    /// Folder to write citizens.csv, vehicles.csv, military.csv, wanted.csv and vneid-tokens.csv into.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Citizens to generate beside those of the demonstration.
    #[arg(long, value_name = "N", default_value_t = Size::default().citizens)]
    citizens: usize,
    /// Vehicles to generate beside those of the demonstration.
    #[arg(long, value_name = "N", default_value_t = Size::default().vehicles)]
    vehicles: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve(args).await,
        Command::Generate(args) => generate(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The typed errors tell their cause themselves.
            eprintln!("seeds: {error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(args: Serve) -> anyhow::Result<()> {
    let mut config = args.config.as_deref().map(Config::load).transpose()?.unwrap_or_default();
    config.listen = args.listen.unwrap_or(config.listen);
    config.state_dir = args.state_dir.unwrap_or(config.state_dir);
    let mock = Mock::start(config).await?;
    let world = mock.world();
    tracing::info!(
        url = mock.base_url(),
        citizens = world.citizens.len(),
        plates = world.registrations.len(),
        "mock national services are ready"
    );
    stop_signal().await.map_err(|error| anyhow!("cannot wait for a stop signal: {error}"))?;
    mock.stop().await.map_err(|error| anyhow!("the server failed: {error}"))
}

/// Ctrl-C, or a polite request to end.
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended,
        _ = terminate.recv() => Ok(()),
    }
}

fn generate(args: &Generate) -> anyhow::Result<()> {
    let world = World::generate(args.seed, Size { citizens: args.citizens, vehicles: args.vehicles })?;
    world.export(&args.out)?;
    println!(
        "{} citizens and {} plates in {}",
        world.citizens.len(),
        world.registrations.len(),
        args.out.display()
    );
    Ok(())
}
