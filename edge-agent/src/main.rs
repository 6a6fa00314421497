//! The edge agent's program: reads the command line, runs it, turns the outcome into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use edge_agent::cli::{BAD_CONFIG, Cli};
use edge_agent::config::ConfigError;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("edge-agent: {}", told_once(&error));
            if error.is::<ConfigError>() { ExitCode::from(BAD_CONFIG) } else { ExitCode::FAILURE }
        }
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
