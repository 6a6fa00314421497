//! The command line: one enum of roles, one `run` each.

mod cards;
mod check;
mod detect;
mod faces;
mod models;
mod pictures;
mod plates;
mod replay;
mod replay_line;
mod run;
mod signals;
mod trace;
mod track;

use std::io::IsTerminal as _;

use clap::{Parser, Subcommand};

/// Exit code for a configuration that cannot be used.
pub const BAD_CONFIG: u8 = 2;

/// Cameras at gates and junctions become signed events for central.
#[derive(Debug, Parser)]
#[command(name = "edge-agent", version, about, long_about = None)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the configured cameras until stopped.
    Run(run::RunArgs),
    /// Say everything that is wrong with a configuration.
    Check(check::CheckArgs),
    /// Run the whole pipeline over a file, faster than real time.
    Replay(replay::ReplayArgs),
    /// Read the plates in pictures.
    Plates(plates::PlatesArgs),
    /// Say what signals show in a video or in given boxes.
    Signals(signals::SignalsArgs),
    /// Print boxes, tracks and crossings of every frame of a video.
    Trace(trace::TraceArgs),
    /// Read identity cards in pictures or from a reader.
    Cards(cards::CardsArgs),
    /// Find people and vehicles in pictures.
    Detect(detect::DetectArgs),
    /// Find the faces in pictures, judge them and print their vectors.
    Faces(faces::FacesArgs),
    /// Track given boxes (MOTChallenge text in and out).
    Track(track::TrackArgs),
    /// Show or fetch the models.
    Models(models::ModelsArgs),
}

impl Cli {
    /// Does it.
    ///
    /// # Errors
    /// Whatever the command could not do, in words for whoever started it.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Run(args) => run::run(args),
            Command::Check(args) => check::run(args),
            Command::Replay(args) => replay::run(args),
            Command::Plates(args) => plates::run(args),
            Command::Signals(args) => signals::run(args),
            Command::Trace(args) => trace::run(args),
            Command::Cards(args) => cards::run(args),
            Command::Detect(args) => detect::run(args),
            Command::Faces(args) => faces::run(args),
            Command::Track(args) => track::run(args),
            Command::Models(args) => models::run(args),
        }
    }
}

/// Logs to stderr: `VG_LOG=debug` for more; `VG_LOG_FORMAT=json` for machines.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("VG_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sled=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // A log that cannot be written (a full disk) would otherwise panic while complaining about itself.
        .log_internal_errors(false)
        .with_target(false);
    // A second start in one process (tests) keeps the first log.
    let _ = match std::env::var("VG_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().try_init(),
        _ => log.try_init(),
    };
}
