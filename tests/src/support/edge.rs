//! A real edge agent.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::process::{Process, program};

/// The line of the gate clip, as in `tests/clips/gate.json`.
pub const GATE_LINE: &str = "[[camera.line]]\nid = \"vach-cong\"\nfrom = [0.02, 0.76]\nto = [0.98, 0.76]\ncounts = [\"vehicle\"]\nwords = \"gate\"\n";

/// What an agent's configuration file says.
pub struct EdgeConfig<'a> {
    /// Site.
    pub site: &'a str,
    /// Agent.
    pub agent: &'a str,
    /// Broker.
    pub broker: &'a str,
    /// Enrolment code.
    pub code: &'a str,
    /// Cameras: name, address, and what else stands in `[camera.stream]` and below it.
    pub cameras: Vec<(&'a str, String, String)>,
}

impl EdgeConfig<'_> {
    /// Writes the file and the code into `folder`.
    pub fn write(&self, folder: &Path) -> PathBuf {
        std::fs::write(folder.join("code"), self.code).expect("the code's file");
        let mut text = format!(
            "site = \"{}\"\nagent = \"{}\"\nstate_dir = \"state\"\n[central]\nurl = \"{}\"\nenrolment_code_file = \"code\"\n\
             [outbox]\nreserve_mb = 16\n",
            self.site, self.agent, self.broker
        );
        for (id, url, more) in &self.cameras {
            // Writing to a String cannot fail.
            let _ = write!(text, "[[camera]]\nid = \"{id}\"\n[camera.stream]\nurl = \"{url}\"\n{more}\n");
        }
        let file = folder.join("edge.toml");
        std::fs::write(&file, text).expect("the agent's configuration");
        file
    }
}

/// A running agent.
pub struct Edge {
    folder: PathBuf,
    config: PathBuf,
    process: Option<Process>,
}

impl Edge {
    /// Starts an agent with its files in `folder`.
    pub fn start(folder: &Path, config: &EdgeConfig<'_>) -> Self {
        let config = config.write(folder);
        let mut edge = Self { folder: folder.to_owned(), config, process: None };
        edge.restart();
        edge
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again.
    pub fn restart(&mut self) {
        let mut command = program("edge-agent");
        command.arg("run").arg("--config").arg(&self.config);
        self.process = Some(Process::start("edge-agent", command, &self.folder));
    }

    /// The running program.
    ///
    /// # Panics
    /// When it was killed.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the agent was started")
    }
}
