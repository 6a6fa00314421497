//! Configuration of the mock services. `configs/seeds.toml` shows every key with its default.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::world::Size;

/// All settings. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Allows an address that other machines can reach. The admin endpoints ask for no password, so this is off.
    pub allow_network: bool,
    /// Folder for client secrets that are made at first start.
    pub state_dir: PathBuf,
    /// Seed of the generated data.
    pub seed: u64,
    /// How much data.
    pub size: Size,
    /// Largest difference between `X-Timestamp` and the clock here, seconds.
    pub max_skew_s: u32,
    /// Time from an order or notice to its first callback, and between callbacks, milliseconds.
    pub callback_delay_ms: u64,
    /// Pays every payment order by itself after the callback delay.
    pub auto_pay: bool,
    /// Who may call.
    pub clients: Vec<Client>,
    /// How each service behaves at start; those left out behave well.
    pub services: BTreeMap<Service, Behaviour>,
}

/// A system that may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// `X-Client-Id`.
    pub id: String,
    /// The unit it may speak for, with all units below: `H42` allows `H42` and `H42.01`.
    pub unit_code: String,
    /// Purposes it may give; empty allows every well-formed one.
    #[serde(default)]
    pub purposes: BTreeSet<String>,
    /// Purposes under which it sees hits among wanted persons. Empty: no police, no hits.
    #[serde(default)]
    pub police_purposes: BTreeSet<String>,
    /// File with the secret; made at first start. Default: `{state_dir}/{id}.secret`.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// Environment variable with the secret, instead of a file.
    #[serde(default)]
    pub secret_env: Option<String>,
    /// Where callbacks go (`http://…`); without it there are none.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// Where callbacks of single services go, instead.
    #[serde(default)]
    pub callbacks: BTreeMap<Service, String>,
}

impl Client {
    /// Where callbacks of a service go.
    pub fn callback_of(&self, service: Service) -> Option<&str> {
        self.callbacks.get(&service).or(self.callback_url.as_ref()).map(String::as_str)
    }
}

/// The national services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Vehicle registration.
    Vehreg,
    /// Population database.
    Csdldc,
    /// Electronic identification and messages to citizens.
    Vneid,
    /// Wanted persons.
    Wanted,
    /// Payment on the public service portal.
    Dvcqg,
    /// Tickets of the railway.
    Rail,
    /// Driving licences and their points.
    Licence,
    /// Vehicle inspection.
    Inspection,
    /// Registered mail.
    Post,
    /// Public site of the traffic police.
    Csgt,
    /// Register of special machines.
    Machines,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Vehreg,
        Self::Csdldc,
        Self::Vneid,
        Self::Wanted,
        Self::Dvcqg,
        Self::Rail,
        Self::Licence,
        Self::Inspection,
        Self::Post,
        Self::Csgt,
        Self::Machines,
    ];

    /// The word in paths and settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vehreg => "vehreg",
            Self::Csdldc => "csdldc",
            Self::Vneid => "vneid",
            Self::Wanted => "wanted",
            Self::Dvcqg => "dvcqg",
            Self::Rail => "rail",
            Self::Licence => "licence",
            Self::Inspection => "inspection",
            Self::Post => "post",
            Self::Csgt => "csgt",
            Self::Machines => "machines",
        }
    }
}

/// How a service behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Behaviour {
    /// Added to every answer, milliseconds.
    pub latency_ms: u64,
    /// Share of calls that fail with 503, `0..=1`.
    pub error_rate: f64,
    /// Every call fails with 503.
    pub outage: bool,
    /// Calls that a client may make in a minute.
    pub quota_per_minute: Option<u32>,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML, or has unknown keys.
    #[error("{path}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// Settings that cannot be, all of them.
    #[error("the configuration has {} problem(s):\n- {}", .0.len(), .0.join("\n- "))]
    Invalid(Vec<String>),
}

impl Default for Config {
    fn default() -> Self {
        let client = |id: &str, unit: &str, purposes: &[&str], police: &[&str]| Client {
            id: id.to_owned(),
            unit_code: unit.to_owned(),
            purposes: purposes.iter().map(|p| (*p).to_owned()).collect(),
            police_purposes: police.iter().map(|p| (*p).to_owned()).collect(),
            secret_file: None,
            secret_env: None,
            callback_url: None,
            callbacks: BTreeMap::new(),
        };
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9800)),
            allow_network: false,
            state_dir: PathBuf::from("run/seeds"),
            seed: 2026,
            size: Size::default(),
            max_skew_s: 300,
            callback_delay_ms: 500,
            auto_pay: false,
            clients: vec![
                client("vong-gac", "H42", &[], &["WANTED_CHECK"]),
                client("vong-gac-gate", "H42.DL", &["ACCESS_CONTROL"], &[]),
            ],
            services: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, has unknown keys, or says impossible things (all listed at once).
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let config: Self =
            toml::from_str(&text).map_err(|source| ConfigError::Parse { path: path.to_owned(), source })?;
        config.check()?;
        Ok(config)
    }

    /// Checks everything and lists all problems.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`].
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        if !self.listen.ip().is_loopback() && !self.allow_network {
            problems.push(format!(
                "listen: {} is not loopback; set allow_network = true if it must be",
                self.listen
            ));
        }
        if self.clients.is_empty() {
            problems.push("clients: nobody could call; add at least one".to_owned());
        }
        let mut seen = BTreeSet::new();
        for client in &self.clients {
            let id = &client.id;
            if !is_word(id) {
                problems
                    .push(format!("clients: id {id:?} may hold a-z, 0-9, '-' and '_' only, 1–64 characters"));
            }
            if !seen.insert(id) {
                problems.push(format!("clients: id {id:?} stands twice"));
            }
            if client.unit_code.is_empty() {
                problems.push(format!("clients: {id:?} needs a unit_code"));
            }
            if client.secret_env.is_some() && client.secret_file.is_some() {
                problems.push(format!("clients: {id:?} has secret_env and secret_file; keep one"));
            }
            let mut urls = client.callback_url.iter().chain(client.callbacks.values());
            if urls.any(|url| callback_path(url).is_none()) {
                problems
                    .push(format!("clients: a callback address of {id:?} is not http://host[:port]/path"));
            }
        }
        for (service, behaviour) in &self.services {
            if let Err(problem) = behaviour.check() {
                problems.push(format!("services.{}: {problem}", service.as_str()));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
    }
}

impl Behaviour {
    /// Checks the ranges.
    ///
    /// # Errors
    /// What is out of range.
    pub fn check(&self) -> Result<(), &'static str> {
        if !(0.0..=1.0).contains(&self.error_rate) {
            return Err("errorRate must be between 0 and 1");
        }
        if self.latency_ms > 600_000 {
            return Err("latencyMs must be at most 600000");
        }
        Ok(())
    }
}

/// The path of a callback address, which is part of what is signed.
pub(crate) fn callback_path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?;
    let slash = rest.find('/')?;
    (slash > 0 && !rest.contains(['?', '#', ' '])).then(|| &rest[slash..])
}

fn is_word(text: &str) -> bool {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_shows_every_key_with_its_default() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/seeds.toml");
        let sample = Config::load(&path).expect("the sample loads");
        assert_eq!(sample, Config { services: sample.services.clone(), ..Config::default() });
        assert!(sample.services.values().all(|b| *b == Behaviour::default()));
        assert_eq!(sample.services.len(), Service::ALL.len());
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let text = r#"
            listen = "0.0.0.0:9800"
            services.vehreg.errorRate = 2.0
            [[clients]]
            id = "A B"
            unit_code = ""
            callback_url = "ftp://x"
        "#;
        let config: Config = toml::from_str(text).expect("TOML");
        let Err(ConfigError::Invalid(problems)) = config.check() else { panic!("it must be refused") };
        assert_eq!(problems.len(), 5, "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        assert!(toml::from_str::<Config>("lsten = 1").is_err());
        assert!(toml::from_str::<Config>("services.vehreg.latency = 1").is_err());
        assert!(toml::from_str::<Config>("services.tax.latencyMs = 1").is_err());
    }
}
