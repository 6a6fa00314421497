//! A real central with the sample sites and watch lists.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::process::{Process, program, run};
use super::{Api, free_address, repository, s, wait_for};

/// Central in a folder and on ports of its own, which it keeps over restarts.
pub struct Central {
    // Dropped before its folder, where its last words are.
    process: Option<Process>,
    folder: TempDir,
    http: SocketAddr,
    broker: String,
    environment: Vec<(String, String)>,
}

impl Central {
    /// Loads the samples and starts, with its own broker or with the one at `broker`. `more` is added to the configuration.
    pub async fn start(broker: Option<&str>, more: &str) -> Self {
        Self::start_with(broker, more, &[]).await
    }

    /// As `start`, with variables in its environment.
    pub async fn start_with(broker: Option<&str>, more: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (http, mqtt) = (free_address(), free_address());
        let mqtt_section = match broker {
            Some(url) => format!("url = \"{url}\""),
            None => format!("listen = \"{mqtt}\""),
        };
        let text = format!(
            "[data]\nfolder = \"data\"\n[http]\nlisten = \"{http}\"\n[mqtt]\n{mqtt_section}\n{more}\n"
        );
        std::fs::write(folder.path().join("central.toml"), text).expect("central's configuration");
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let broker = broker.map_or_else(|| format!("mqtt://{mqtt}"), str::to_owned);
        let mut central = Self { folder, http, broker, process: None, environment };
        let seeds = repository().join("seeds/data");
        let seeded = central.run(&["seed", "--from", &seeds.to_string_lossy()]);
        assert!(seeded.contains("sites"), "{seeded}");
        central.restart();
        central.ready().await;
        central
    }

    /// Runs one of its commands to the end and returns what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let config = self.folder.path().join("central.toml");
        let config = config.to_string_lossy();
        let ran = run("central", arguments.iter().copied().chain(["--config", &config]));
        assert_eq!(ran.code, Some(0), "central {arguments:?}: {}", ran.err);
        ran.out
    }

    /// Starts it again; does not wait until it is ready.
    pub fn restart(&mut self) {
        self.restart_as(program("central"));
    }

    /// Starts it again by a command that ends in central's name, such as one that limits it first.
    pub fn restart_as(&mut self, mut command: Command) {
        command.arg("serve").arg("--config").arg(self.folder.path().join("central.toml"));
        command.envs(self.environment.iter().map(|(k, v)| (k, v)));
        self.process = Some(Process::start("central", command, self.folder.path()));
    }

    /// Waits until it takes in events.
    pub async fn ready(&self) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("{}/readyz", self.base());
        wait_for("central is ready", s(60), async || {
            reqwest::get(&url).await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// The running program.
    ///
    /// # Panics
    /// When it was killed.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("central was started")
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its address for browsers.
    pub fn base(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The broker for agents.
    pub fn broker(&self) -> &str {
        &self.broker
    }

    /// A fresh enrolment code.
    pub fn enrol(&self, site: &str, agent: &str) -> String {
        let said = self.run(&["enrol", "--site", site, "--agent", agent]);
        said.lines().next().unwrap_or_default().trim().to_owned()
    }

    /// Signs in as the administrator whose password was printed at first start.
    pub async fn admin(&self) -> Api {
        let log = std::fs::read_to_string(self.folder.path().join("central.log")).unwrap_or_default();
        let password = log
            .lines()
            .find_map(|line| line.split_once("account admin, password "))
            .map(|(_, password)| password.trim().to_owned())
            .expect("the first start prints the administrator's password");
        Api::sign_in(&self.base(), "admin", &password).await
    }

    /// Makes an account with this role and signs in with it.
    pub async fn account(&self, role: &str) -> Api {
        let rank: &[&str] = if role == "police_signer" { &["--rank", "division_head"] } else { &[] };
        let said = self.run(&[&["user", "add", role, "--role", role], rank].concat());
        let password = said
            .lines()
            .find_map(|line| line.strip_prefix("password "))
            .and_then(|rest| rest.split(' ').next())
            .expect("a new account's password is printed");
        Api::sign_in(&self.base(), role, password).await
    }
}
