//! `edge-agent check`.

use std::path::PathBuf;

use crate::config::Config;

/// Reads a configuration and says everything that is wrong with it, in one message. Exit code 2 if anything is.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Configuration file; see configs/edge-agent.toml.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

/// Checks the file.
///
/// # Errors
/// All problems at once.
pub fn run(args: CheckArgs) -> anyhow::Result<()> {
    let config = Config::load(&args.config)?;
    let lines: usize = config.cameras.iter().map(|camera| camera.lines.len()).sum();
    println!(
        "{}: good. Site {}, agent {}, {} camera(s), {lines} line(s).",
        args.config.display(),
        config.site,
        config.agent,
        config.cameras.len()
    );
    Ok(())
}
