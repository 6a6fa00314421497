//! Configuration of central: one TOML file, closed (an unknown key is an error), every problem in one message.
//!
//! `configs/central.toml` shows every key with its default. Secrets are never in the file: a key ending in `_env` names an
//! environment variable, one ending in `_file` a file that only central's user may read.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

mod check;
mod read;
mod secret;

use read::parse;
use secret::read_env;
pub use secret::{SecretError, read_secret};

/// Why a configuration was not taken.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Keys that are unknown and values that cannot work, all of them.
    #[error("{path} has {} problem(s):\n- {}", problems.len(), problems.join("\n- "))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Each names its key and what to do.
        problems: Vec<String>,
    },
}

/// Everything that can be configured.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where central keeps what it must not lose.
    pub data: Data,
    /// Console and API.
    pub http: Http,
    /// Where events come from.
    pub mqtt: Mqtt,
    /// National services that are asked.
    pub registers: Registers,
    /// How events are judged.
    pub rules: Rules,
    /// Lists and decisions of gates.
    pub gates: Gates,
    /// How long personal data is kept.
    pub retention: Retention,
    /// The public page on which visits are announced.
    pub visits: Visits,
    /// Documents that are issued.
    pub documents: Documents,
    /// Reports to the province.
    pub reports: Reports,
    /// Cases of violations and their review.
    pub cases: crate::cases::settings::Cases,
    /// Third parties whose detections are taken.
    pub adapter: crate::cases::settings::Adapter,
    /// Handlings of confirmed violations, and the citizens' page.
    pub handling: Handling,
    /// Search for faces; off.
    pub faces: crate::lists::faces::Settings,
}

/// Where central keeps what it must not lose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Folder for database, evidence and central's key; made at first start. Relative to the configuration file.
    pub folder: PathBuf,
    /// Database: empty for SQLite in the data folder, or `postgres://…`.
    pub database_url: String,
    /// Environment variable that holds the database URL, for one with a password.
    pub database_url_env: Option<String>,
    /// Folder of evidence; empty for `evidence` in the data folder.
    pub evidence_folder: Option<PathBuf>,
    /// With less free space than this (MiB) for database or evidence, central says that it is not ready; 0 never.
    pub min_free_mib: u32,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            folder: "data".into(),
            database_url: String::new(),
            database_url_env: None,
            evidence_folder: None,
            min_free_mib: 512,
        }
    }
}

/// Console and API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether browsers come over HTTPS (through a proxy): the session cookie is then sent over HTTPS only.
    pub https: bool,
    /// A session ends after so many minutes without a request.
    pub session_idle_minutes: u32,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), https: false, session_idle_minutes: 480 }
    }
}

/// Where events come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mqtt {
    /// Broker: empty for the embedded one, or `mqtt://host:1883`, `mqtts://host:8883`.
    pub url: String,
    /// Address of the embedded broker; it has no access rights, so loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Client id at the broker; must be unique there.
    pub client_id: String,
    /// User name, when the broker wants one.
    pub username: Option<String>,
    /// Environment variable that holds the password.
    pub password_env: Option<String>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// Certificate authority of the broker, PEM; needed for `mqtts://`.
    pub ca_file: Option<PathBuf>,
    /// Client certificate, PEM.
    pub cert_file: Option<PathBuf>,
    /// Key of the client certificate, PEM.
    pub key_file: Option<PathBuf>,
}

impl Default for Mqtt {
    fn default() -> Self {
        Self {
            url: String::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 1883)),
            client_id: "vong-gac-central".to_owned(),
            username: None,
            password_env: None,
            password_file: None,
            ca_file: None,
            cert_file: None,
            key_file: None,
        }
    }
}

impl Mqtt {
    /// Whether central starts its own broker.
    pub fn embedded(&self) -> bool {
        self.url.is_empty()
    }
}

/// National services that are asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registers {
    /// Vehicle registration; left out, no owner is looked up.
    pub vehreg: Option<Service>,
    /// Population database; left out, no identity is checked.
    pub csdldc: Option<Service>,
    /// VNeID; left out, no code is checked.
    pub vneid: Option<Service>,
    /// Wanted persons, under the police purpose; left out, nobody is looked for.
    pub wanted: Option<Service>,
    /// Tickets of the railway; left out, no ticket is checked.
    pub ticket: Option<Service>,
    /// Payment on the public service portal; left out, fines are paid at the treasury.
    pub dvcqg: Option<Service>,
    /// Driving licences; left out, no points are taken by central.
    pub licence: Option<Service>,
    /// Vehicle inspection; left out, it is not warned.
    pub inspection: Option<Service>,
    /// Registered mail; left out, nothing goes by post.
    pub post: Option<Service>,
    /// Public site of the traffic police; left out, nothing is posted.
    pub csgt: Option<Service>,
    /// Register of special machines; left out, their owners are looked for by a person.
    pub machines: Option<Service>,
}

impl Registers {
    /// Those that are configured, by the name of their section.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Service)> {
        let all = [
            ("vehreg", &self.vehreg),
            ("csdldc", &self.csdldc),
            ("vneid", &self.vneid),
            ("wanted", &self.wanted),
            ("ticket", &self.ticket),
            ("dvcqg", &self.dvcqg),
            ("licence", &self.licence),
            ("inspection", &self.inspection),
            ("post", &self.post),
            ("csgt", &self.csgt),
            ("machines", &self.machines),
        ];
        all.into_iter().filter_map(|(name, service)| service.as_ref().map(|service| (name, service)))
    }
}

/// Access to a national service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Base address, such as `http://127.0.0.1:9800/mock`.
    pub url: String,
    /// Account of this system.
    pub client_id: String,
    /// Environment variable that holds the account's secret.
    pub secret_env: Option<String>,
    /// File that holds the account's secret.
    pub secret_file: Option<PathBuf>,
    /// Code of the unit in whose name it is asked.
    pub unit_code: String,
    /// Officer or system account in whose name it is asked.
    pub officer_id: String,
    /// Purpose code that goes with every question.
    pub purpose_code: String,
    /// An event waits for the answer no longer than this, milliseconds.
    #[serde(default = "Service::timeout_ms")]
    pub timeout_ms: u64,
    /// An unanswered question is asked again after this many seconds, then at growing intervals.
    #[serde(default = "Service::retry_s")]
    pub retry_s: u64,
}

impl Service {
    fn timeout_ms() -> u64 {
        800
    }

    fn retry_s() -> u64 {
        15
    }
}

/// How events are judged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// An event is late when it arrives so many seconds after capture.
    pub late_after_s: u64,
    /// An agent is offline when nothing was heard of it for so many seconds.
    pub offline_after_s: u64,
    /// Least score of a reading whose registered type or colour may be doubted.
    pub mismatch_min_score: f32,
    /// Signed messages kept in quarantine per agent. Beyond that they get no receipt, so the agent keeps them itself.
    pub quarantine_per_agent: u32,
    /// An enrolment code is good for so many minutes.
    pub enrolment_minutes: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            late_after_s: 60,
            offline_after_s: 15,
            mismatch_min_score: 0.8,
            quarantine_per_agent: 10_000,
            enrolment_minutes: 60,
        }
    }
}

/// Lists and decisions of gates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// Changes of lists are collected for so long before lists are made anew, milliseconds.
    pub debounce_ms: u64,
    /// Lists are sealed anew so often though nothing changed, seconds: agents know by it that theirs is fresh.
    pub refresh_s: u64,
    /// Least priority of watch-list entries that gates are told of, as digests: `low`, `medium`, `high` or `critical`.
    pub watch_least_priority: crate::lists::Priority,
    /// Lists are kept for so many days, to decide late arrivals again.
    pub keep_lists_days: u32,
    /// A policy that differs from the one before needs the name of a second person who approved it.
    pub policy_needs_approval: bool,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            debounce_ms: 500,
            refresh_s: 600,
            watch_least_priority: crate::lists::Priority::High,
            keep_lists_days: 45,
            policy_needs_approval: false,
        }
    }
}

/// How long personal data is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Owner data from the register is erased after so many days; status and transaction number stay.
    pub owner_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { owner_days: 30 }
    }
}

/// The public page on which visits are announced.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Visits {
    /// Whether visits may be announced without signing in. Only sites with a privacy contact are offered.
    pub open: bool,
    /// Days ahead for which a visit may be announced.
    pub days_ahead: u32,
    /// Most people of one visit.
    pub most_people: u32,
    /// Most people that may be announced for one site and day; a site's own number goes before.
    pub per_day: u32,
    /// Visits that one address may announce in an hour.
    pub per_hour: u32,
    /// What visitors said is erased so many days after their visit.
    pub keep_days: u32,
}

impl Default for Visits {
    fn default() -> Self {
        Self { open: true, days_ahead: 60, most_people: 200, per_day: 2000, per_hour: 20, keep_days: 30 }
    }
}

/// Documents that are issued: notices, minutes, decisions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Documents {
    /// Where citizens reach this central: QR codes on documents lead to `{public_url}/xac-minh/…`.
    pub public_url: String,
    /// Folder of the PDFs; `documents` in the data folder if left out.
    pub folder: Option<PathBuf>,
}

impl Default for Documents {
    fn default() -> Self {
        Self { public_url: "http://127.0.0.1:8080".to_owned(), folder: None }
    }
}

/// Reports to the province.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reports {
    /// Province, as reports name it.
    pub province: String,
    /// Who gets the monthly report.
    pub recipient: String,
    /// The monthly report is due before this day of the next month, 2 to 28; no due date if left out.
    pub day_before: Option<u8>,
    /// Number that the province's plan gives each model: `access_tourist`, `access_industrial`, `access_rail`, `traffic_violation`.
    pub models: std::collections::BTreeMap<String, String>,
}

/// Handlings of confirmed violations, and the citizens' page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handling {
    /// Whether confirmed cases are handled here. Off, they wait.
    pub on: bool,
    /// Unit that handles them: in numbers of papers, in the log, on the citizens' page.
    pub unit: String,
    /// Its name on papers and on the citizens' page.
    pub unit_vi: String,
    /// The agency above it, as papers name it; left out of papers when empty.
    pub parent_unit_vi: String,
    /// Place in the date line of papers.
    pub place_vi: String,
    /// Its telephone number.
    pub phone: String,
    /// Its address.
    pub address: String,
    /// Treasury account that fines are paid to.
    pub treasury_account: String,
    /// The treasury, as decisions name it.
    pub treasury_vi: String,
    /// How often deadlines and orders are looked at, seconds.
    pub look_s: u32,
    /// Whether points are taken from an owner who is fined for not co-operating; the decree does not say, ask a lawyer.
    pub points_of_silent_owner: bool,
    /// Whether citizens may come to the public page.
    pub citizens: bool,
    /// Sign-ins that one address may try in a quarter of an hour.
    pub sign_ins: u32,
    /// Looks that one address may take in a minute.
    pub looks: u32,
    /// Answers that one address may give in an hour.
    pub answers: u32,
}

impl Default for Handling {
    fn default() -> Self {
        Self {
            on: true,
            unit: "PC08".to_owned(),
            unit_vi: "Phòng Cảnh sát giao thông".to_owned(),
            parent_unit_vi: String::new(),
            place_vi: String::new(),
            phone: String::new(),
            address: String::new(),
            treasury_account: String::new(),
            treasury_vi: String::new(),
            look_s: 2,
            points_of_silent_owner: false,
            citizens: true,
            sign_ins: 10,
            looks: 120,
            answers: 20,
        }
    }
}

impl Config {
    /// Reads and checks a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let (config, mut problems) = parse(&text);
        let mut config = config.unwrap_or_default();
        config.resolve(path.parent().unwrap_or(Path::new(".")));
        problems.extend(config.problems());
        if problems.is_empty() {
            return Ok(config);
        }
        Err(ConfigError::Invalid { path: path.to_owned(), problems })
    }

    /// Makes paths absolute that are relative to the file's folder.
    fn resolve(&mut self, folder: &Path) {
        let paths = [
            &mut self.data.evidence_folder,
            &mut self.documents.folder,
            &mut self.mqtt.password_file,
            &mut self.mqtt.ca_file,
            &mut self.mqtt.cert_file,
            &mut self.mqtt.key_file,
            &mut self.faces.key_file,
            &mut self.faces.previous_key_file,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        self.data.folder = folder.join(&self.data.folder);
        let registers = &mut self.registers;
        let services = [
            &mut registers.vehreg,
            &mut registers.csdldc,
            &mut registers.vneid,
            &mut registers.wanted,
            &mut registers.ticket,
            &mut registers.dvcqg,
            &mut registers.licence,
            &mut registers.inspection,
            &mut registers.post,
            &mut registers.csgt,
            &mut registers.machines,
        ];
        for path in services.into_iter().flatten().filter_map(|service| service.secret_file.as_mut()) {
            *path = folder.join(&*path);
        }
        for path in self.adapter.source.iter_mut().filter_map(|source| source.secret_file.as_mut()) {
            *path = folder.join(&*path);
        }
    }

    /// The database to open.
    pub fn database_url(&self) -> Result<String, SecretError> {
        if let Some(name) = &self.data.database_url_env {
            return read_env(name);
        }
        if !self.data.database_url.is_empty() {
            return Ok(self.data.database_url.clone());
        }
        Ok(format!("sqlite://{}", self.data.folder.join("central.db").display()))
    }

    /// The evidence folder.
    pub fn evidence_folder(&self) -> PathBuf {
        self.data.evidence_folder.clone().unwrap_or_else(|| self.data.folder.join("evidence"))
    }

    /// The folder of issued documents.
    pub fn documents_folder(&self) -> PathBuf {
        self.documents.folder.clone().unwrap_or_else(|| self.data.folder.join("documents"))
    }
}

/// Whether a database URL means PostgreSQL.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("central.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(&file)
    }

    #[test]
    fn an_empty_file_is_the_one_machine_default() {
        let config = load("").unwrap();
        assert!(config.mqtt.embedded() && config.mqtt.listen.ip().is_loopback());
        assert!(config.database_url().unwrap().starts_with("sqlite:///"));
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = load("[http]\nlisten = \"127.0.0.1:1\"\nport = 3\n").unwrap_err().to_string();
        assert!(error.contains("port") && error.contains("line 3"), "{error}");
    }

    #[test]
    fn all_problems_come_in_one_message() {
        let error = load(
            "[mqtt]\nlisten = \"0.0.0.0:1883\"\nclient_id = \"\"\nhost = \"x\"\n[rule]\na = 1\n[rules]\noffline_after_s = 1\n\
             late_after_s = \"soon\"\n\
             [registers.vehreg]\nurl = \"ftp://x\"\nclient_id = \"a\"\nunit_code = \"\"\nofficer_id = \"o\"\npurpose_code = \"p\"\n",
        )
        .unwrap_err()
        .to_string();
        for key in [
            "`host`",
            "`rule`",
            "line 9",
            "mqtt.listen",
            "mqtt.client_id",
            "offline_after_s",
            "vehreg.url",
            "secret_env",
            "unit_code",
        ] {
            assert!(error.contains(key), "{key} is missing in {error}");
        }
    }

    #[test]
    fn the_example_file_is_complete_and_loads() {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/central.toml");
        Config::load(&example).unwrap();
    }

    #[test]
    fn a_missing_secret_says_where_it_was_expected() {
        let error = read_secret(None, Some(Path::new("/no/such/secret"))).unwrap_err().to_string();
        assert!(error.contains("/no/such/secret"), "{error}");
        assert!(read_secret(Some("VG_NO_SUCH_SECRET"), None).is_err());
    }
}
