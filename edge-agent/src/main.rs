//! The edge agent's program: reads the command line, runs it, turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use edge_agent::cli::{BAD_CONFIG, Cli};
use edge_agent::config::ConfigError;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("edge-agent: {error:#}");
            if error.is::<ConfigError>() { ExitCode::from(BAD_CONFIG) } else { ExitCode::FAILURE }
        }
    }
}
