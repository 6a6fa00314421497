//! The part of a camera's configuration that says how to reach and decode its stream.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::credentials::Credentials;

/// How RTP packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Inside the RTSP connection: passes firewalls and loses nothing.
    #[default]
    Tcp,
    /// Packets of their own: less delay on a clean network.
    Udp,
    /// UDP first; TCP when nothing arrives.
    Auto,
}

/// Where `user:password` is kept. Never in the URL, never in this file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialSource {
    /// A file holding one line, `user:password`.
    File(PathBuf),
    /// The name of an environment variable holding `user:password`.
    Env(String),
}

/// How to reach and decode one camera.
///
/// ```toml
/// url = "rtsp://192.0.2.10:554/stream1"
/// transport = "tcp"                              # tcp | udp | auto
/// credentials = { file = "/etc/vong-gac/gate-1" }  # or { env = "GATE_1" }
/// analysis_fps = 10
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamConfig {
    /// `rtsp://` or `rtsps://` address, without credentials.
    pub url: String,
    /// How packets travel.
    #[serde(default)]
    pub transport: Transport,
    /// Basic or digest credentials; none when the camera asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<CredentialSource>,
    /// Time packets wait to be put in order, milliseconds.
    #[serde(default = "default_latency_ms")]
    pub latency_ms: u32,
    /// Frames per second handed on; the rest is decoded (the codec needs that) and dropped untouched.
    #[serde(default = "default_analysis_fps")]
    pub analysis_fps: f64,
    /// A live stream without a frame for this long is `stale`, milliseconds; at most 3000.
    #[serde(default = "default_stale_after_ms")]
    pub stale_after_ms: u32,
    /// Clock of a camera that disagrees by more than this is not believed, milliseconds.
    #[serde(default = "default_max_clock_offset_ms")]
    pub max_clock_offset_ms: u32,
    /// GStreamer decoders to try first, such as `vah264dec` or `nvh265dec`; those absent or of another codec
    /// are passed over, and software decoding is the fallback.
    #[serde(default)]
    pub decoders: Vec<String>,
}

fn default_latency_ms() -> u32 {
    200
}

fn default_analysis_fps() -> f64 {
    10.0
}

fn default_stale_after_ms() -> u32 {
    2500
}

fn default_max_clock_offset_ms() -> u32 {
    5000
}

impl std::fmt::Debug for StreamConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address alone is shortened: some cameras take a password in its query.
        f.debug_struct("StreamConfig")
            .field("url", &self.shown_url())
            .field("transport", &self.transport)
            .field("credentials", &self.credentials)
            .field("latency_ms", &self.latency_ms)
            .field("analysis_fps", &self.analysis_fps)
            .field("stale_after_ms", &self.stale_after_ms)
            .field("max_clock_offset_ms", &self.max_clock_offset_ms)
            .field("decoders", &self.decoders)
            .finish()
    }
}

impl StreamConfig {
    /// A stream with every default.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            transport: Transport::default(),
            credentials: None,
            latency_ms: default_latency_ms(),
            analysis_fps: default_analysis_fps(),
            stale_after_ms: default_stale_after_ms(),
            max_clock_offset_ms: default_max_clock_offset_ms(),
            decoders: Vec::new(),
        }
    }

    /// The address as logs may show it: no credentials, no query.
    pub fn shown_url(&self) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("", &self.url));
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{path}")
    }

    /// Everything wrong with this configuration; empty when it can be used. No message shows a secret.
    pub fn check(&self) -> Vec<String> {
        let mut problems = self.check_url();
        let mut limit = |ok: bool, text: &str| {
            if !ok {
                problems.push(text.to_owned());
            }
        };
        limit(self.latency_ms <= 5000, "latency_ms: at most 5000");
        limit(
            self.analysis_fps.is_finite() && (0.1..=60.0).contains(&self.analysis_fps),
            "analysis_fps: between 0.1 and 60",
        );
        limit((500..=3000).contains(&self.stale_after_ms), "stale_after_ms: between 500 and 3000");
        limit(
            (100..=600_000).contains(&self.max_clock_offset_ms),
            "max_clock_offset_ms: between 100 and 600000",
        );
        if let Some(source) = &self.credentials
            && let Err(error) = Credentials::load(source)
        {
            problems.push(format!("credentials: {error}"));
        }
        problems
    }

    fn check_url(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let rest = self.url.strip_prefix("rtsp://").or_else(|| self.url.strip_prefix("rtsps://"));
        let Some(rest) = rest else {
            problems.push("url: must begin with rtsp:// or rtsps://".to_owned());
            return problems;
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // An unescaped slash in a password ends the authority early, so the whole address is looked at.
        if rest.contains('@') {
            problems.push(
                "url: must not carry a user name or password; put user:password in a file or an environment \
                 variable and name it under credentials"
                    .to_owned(),
            );
        } else if authority.is_empty() || authority.starts_with(':') {
            problems.push("url: names no host".to_owned());
        } else if let Some((_, port)) = authority.rsplit_once(':').filter(|(_, p)| !p.ends_with(']'))
            && port.parse::<u16>().is_err()
        {
            problems.push("url: the port is not a number from 0 to 65535".to_owned());
        }
        if self.url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            problems.push("url: contains a space or control character".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_credentials_is_refused_and_never_shown() {
        for url in
            ["rtsp://admin:hunter2@192.0.2.1/s", "rtsp://hunter2@host", "rtsp://a:hun/ter2@192.0.2.1/s"]
        {
            let config = StreamConfig::new(url);
            let problems = config.check();
            assert!(problems.iter().any(|p| p.contains("must not carry a user name")), "{problems:?}");
            assert!(!format!("{problems:?}").contains("hunter2"));
        }
        let debug = format!("{:?}", StreamConfig::new("rtsp://admin:hunter2@192.0.2.1/s?password=hunter2"));
        assert!(!debug.contains("hunter2") && !debug.contains("admin"), "{debug}");
        assert!(debug.contains("rtsp://192.0.2.1/s"));
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut config = StreamConfig::new("http://example");
        config.analysis_fps = 0.0;
        config.stale_after_ms = 9000;
        config.credentials = Some(CredentialSource::Env("VONG_GAC_NO_SUCH_VARIABLE".into()));
        let problems = config.check();
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error_and_the_short_form_is_enough() {
        let short: Result<StreamConfig, _> = toml::from_str("url = 'rtsp://[::1]:8554/gate'");
        assert!(short.is_ok_and(|c| c.check().is_empty() && c.transport == Transport::Tcp));
        let wrong: Result<StreamConfig, _> = toml::from_str("url = 'rtsp://h/x'\nlatency = 3");
        assert!(wrong.is_err_and(|e| e.to_string().contains("latency")));
        let both: Result<StreamConfig, _> =
            toml::from_str("url = 'rtsp://h/x'\ncredentials = { file = 'a', env = 'B' }");
        assert!(both.is_err(), "a file or a variable, not both");
    }

    #[test]
    fn a_port_that_is_none_is_refused() {
        assert!(!StreamConfig::new("rtsp://host:99999/x").check().is_empty());
        assert!(!StreamConfig::new("rtsp://:554/x").check().is_empty());
        assert!(StreamConfig::new("rtsp://host/x").check().is_empty());
    }
}
