//! `barrier` of a `[[gate.lane]]`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::follow::Limits;

/// A barrier and how it is followed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarrierConfig {
    /// How it is connected.
    pub relay: RelayConfig,
    /// Time it has to open, milliseconds.
    #[serde(default = "open_within_ms")]
    pub open_within_ms: u32,
    /// Open for longer than this without being held is an incident, seconds.
    #[serde(default = "held_after_s")]
    pub held_after_s: u32,
    /// Whether the agent tells it to close after a passage. Leave it off where the barrier closes by its own loop.
    #[serde(default)]
    pub close: bool,
    /// How often it is asked where it is, milliseconds.
    #[serde(default = "poll_ms")]
    pub poll_ms: u64,
}

/// How a barrier is connected.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
// One per lane, read once: a box would only make the file harder to read.
#[allow(clippy::large_enum_variant)]
pub enum RelayConfig {
    /// A relay with a web interface.
    Http(HttpConfig),
    /// A relay at a local MQTT broker.
    Mqtt(MqttConfig),
    /// Lines of this machine.
    Gpio(GpioConfig),
}

/// One call of an HTTP relay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCall {
    /// `GET`, `POST` or `PUT`.
    #[serde(default = "post")]
    pub method: String,
    /// Path and query, from `/` on.
    pub path: String,
    /// Body, sent as JSON, where the relay wants one.
    #[serde(default)]
    pub body: Option<String>,
}

/// A relay with a web interface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// `http://host:port`, without user name or password.
    pub url: String,
    /// Opens once.
    #[serde(default = "open_call")]
    pub open: HttpCall,
    /// Closes.
    #[serde(default = "close_call")]
    pub close: HttpCall,
    /// Opens and stays open.
    #[serde(default = "hold_call")]
    pub hold: HttpCall,
    /// Ends that.
    #[serde(default = "release_call")]
    pub release: HttpCall,
    /// Says where it is; without it there is no feedback.
    #[serde(default)]
    pub state: Option<HttpCall>,
    /// JSON pointer of the word in the answer, such as `/position`; the whole answer if empty.
    #[serde(default)]
    pub state_pointer: String,
    /// The words for open and closed; any other means that it moves.
    #[serde(default)]
    pub words: StateWords,
    /// File whose first line is the bearer token.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// Environment variable that holds it.
    #[serde(default)]
    pub token_env: Option<String>,
    /// Longest wait for an answer, milliseconds.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

/// Words of a relay's state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StateWords {
    /// Open.
    pub open: String,
    /// Closed.
    pub closed: String,
}

impl Default for StateWords {
    fn default() -> Self {
        Self { open: "open".to_owned(), closed: "closed".to_owned() }
    }
}

/// A relay at a local MQTT broker.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MqttConfig {
    /// `mqtt://host:port` of the local broker.
    pub url: String,
    /// User name.
    #[serde(default)]
    pub username: Option<String>,
    /// File whose first line is the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Topic that commands are published on.
    pub command_topic: String,
    /// Topic on which it says where it is; without it there is no feedback.
    #[serde(default)]
    pub state_topic: Option<String>,
    /// Payloads of the commands.
    #[serde(default)]
    pub payloads: Payloads,
    /// The words for open and closed; any other means that it moves.
    #[serde(default)]
    pub words: StateWords,
}

/// Payloads of the commands of an MQTT relay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Payloads {
    /// Opens once.
    pub open: String,
    /// Closes.
    pub close: String,
    /// Opens and stays open.
    pub hold: String,
    /// Ends that.
    pub release: String,
}

impl Default for Payloads {
    fn default() -> Self {
        let [open, close, hold, release] = ["open", "close", "hold", "release"].map(str::to_owned);
        Self { open, close, hold, release }
    }
}

/// Lines of this machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpioConfig {
    /// Device: `/dev/gpiochip0`.
    pub chip: PathBuf,
    /// Line of the opening relay.
    pub open_line: u32,
    /// Line of the closing relay, if it has one.
    #[serde(default)]
    pub close_line: Option<u32>,
    /// How long a relay is pulled, milliseconds.
    #[serde(default = "pulse_ms")]
    pub pulse_ms: u64,
    /// Line that is active while the arm is open.
    #[serde(default)]
    pub opened_line: Option<u32>,
    /// Line that is active while the arm is closed.
    #[serde(default)]
    pub closed_line: Option<u32>,
    /// Whether the relays pull when their line is low.
    #[serde(default)]
    pub active_low: bool,
}

fn open_within_ms() -> u32 {
    3000
}

fn held_after_s() -> u32 {
    60
}

fn poll_ms() -> u64 {
    200
}

fn timeout_ms() -> u64 {
    1000
}

fn pulse_ms() -> u64 {
    500
}

fn post() -> String {
    "POST".to_owned()
}

fn call(path: &str) -> HttpCall {
    HttpCall { method: post(), path: path.to_owned(), body: None }
}

fn open_call() -> HttpCall {
    call("/open")
}

fn close_call() -> HttpCall {
    call("/close")
}

fn hold_call() -> HttpCall {
    call("/hold")
}

fn release_call() -> HttpCall {
    call("/release")
}

impl BarrierConfig {
    /// As the follower wants them.
    pub fn limits(&self) -> Limits {
        Limits {
            open_within_ms: self.open_within_ms,
            held_after_s: self.held_after_s,
            feedback: self.feedback(),
        }
    }

    /// Whether it says where it is.
    pub fn feedback(&self) -> bool {
        match &self.relay {
            RelayConfig::Http(http) => http.state.is_some(),
            RelayConfig::Mqtt(mqtt) => mqtt.state_topic.is_some(),
            RelayConfig::Gpio(gpio) => gpio.opened_line.is_some() || gpio.closed_line.is_some(),
        }
    }

    /// Makes paths relative to `folder`.
    pub fn anchor(&mut self, folder: &Path) {
        let file = match &mut self.relay {
            RelayConfig::Http(http) => http.token_file.as_mut(),
            RelayConfig::Mqtt(mqtt) => mqtt.password_file.as_mut(),
            RelayConfig::Gpio(_) => None,
        };
        if let Some(path) = file {
            *path = folder.join(&*path);
        }
    }

    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut wrong = |bad: bool, what: &str| {
            if bad {
                problems.push(format!("barrier: {what}"));
            }
        };
        wrong(!(200..=60_000).contains(&self.open_within_ms), "open_within_ms must be 200 to 60000");
        wrong(!(5..=3600).contains(&self.held_after_s), "held_after_s must be 5 to 3600");
        wrong(!(20..=5000).contains(&self.poll_ms), "poll_ms must be 20 to 5000");
        match &self.relay {
            RelayConfig::Http(http) => {
                let url = url::Url::parse(&http.url);
                let plain = url.as_ref().is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
                wrong(!plain, "url must be http://host:port");
                let secret = url.is_ok_and(|url| url.password().is_some() || !url.username().is_empty());
                wrong(secret, "url carries a user name or password: put a token in token_file");
                let calls = [&http.open, &http.close, &http.hold, &http.release];
                for call in calls.into_iter().chain(&http.state) {
                    wrong(!call.path.starts_with('/'), "a path begins with /");
                    let known = ["GET", "POST", "PUT"].contains(&call.method.as_str());
                    wrong(!known, "a method is GET, POST or PUT");
                }
                wrong(!(50..=10_000).contains(&http.timeout_ms), "timeout_ms must be 50 to 10000");
                let missing = http.token_file.as_ref().is_some_and(|path| !path.is_file());
                wrong(missing, "token_file is not a file");
                wrong(http.words.open == http.words.closed, "the words for open and closed are the same");
            }
            RelayConfig::Mqtt(mqtt) => {
                let plain = url::Url::parse(&mqtt.url)
                    .is_ok_and(|url| url.scheme() == "mqtt" && url.host_str().is_some_and(|h| !h.is_empty()));
                wrong(!plain, "url must be mqtt://host:port of a broker at the site");
                let wild = |topic: &str| topic.is_empty() || topic.contains(['+', '#']);
                wrong(wild(&mqtt.command_topic), "command_topic must be one topic, without + and #");
                wrong(
                    mqtt.state_topic.as_deref().is_some_and(wild),
                    "state_topic must be one topic, without + and #",
                );
                let missing = mqtt.password_file.as_ref().is_some_and(|path| !path.is_file());
                wrong(missing, "password_file is not a file");
                wrong(mqtt.words.open == mqtt.words.closed, "the words for open and closed are the same");
            }
            RelayConfig::Gpio(gpio) => {
                let mut lines = vec![gpio.open_line];
                lines.extend(gpio.close_line.iter().chain(&gpio.opened_line).chain(&gpio.closed_line));
                let count = lines.len();
                lines.sort_unstable();
                lines.dedup();
                wrong(lines.len() != count, "a line is used twice");
                wrong(!(20..=10_000).contains(&gpio.pulse_ms), "pulse_ms must be 20 to 10000");
            }
        }
        problems
    }
}
