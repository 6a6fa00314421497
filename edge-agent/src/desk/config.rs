//! `[desk]` of the configuration.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::access::Reasons;

/// The guard's desk. Without this section none is served.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// Address and port it is served at, in plain HTTP: `127.0.0.1` for the machine itself, or an address of the gate's own network.
    /// For HTTPS put a reverse proxy in front of it and say its address in `public_url`.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// How guards and central reach it, such as `http://10.0.0.5:8090`; made of `listen` if not said.
    pub public_url: Option<String>,
    /// A sign-in ends after this, hours.
    #[serde(default = "session_hours")]
    pub session_hours: u32,
    /// The site's own reasons in place of `configs/desk-reasons.toml`.
    pub reasons_file: Option<PathBuf>,
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8090))
}

fn session_hours() -> u32 {
    12
}

impl DeskConfig {
    /// How it is reached.
    pub fn url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// Whether browsers come over HTTPS.
    pub fn https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The reasons that guards may give.
    ///
    /// # Errors
    /// What is wrong with the site's own file.
    pub fn reasons(&self) -> Result<Reasons, String> {
        self.reasons_file.as_deref().map_or_else(|| Ok(Reasons::own()), Reasons::read)
    }

    /// Makes paths relative to `folder`.
    pub(crate) fn anchor(&mut self, folder: &Path) {
        if let Some(path) = &mut self.reasons_file {
            *path = folder.join(&*path);
        }
    }

    /// Everything wrong with these settings, one line each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(text) = &self.public_url {
            match url::Url::parse(text) {
                Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                    problems.push(format!("desk.public_url {text:?}: expected http:// or https://"));
                }
                Ok(url) if url.path() != "/" || url.query().is_some() => problems.push(format!(
                    "desk.public_url {text:?}: the desk is served at the root of its address, without a path"
                )),
                Ok(_) => {}
                Err(error) => problems.push(format!("desk.public_url {text:?}: {error}")),
            }
        }
        if !(1..=24).contains(&self.session_hours) {
            problems.push("desk.session_hours must be 1 to 24".to_owned());
        }
        problems.extend(self.reasons().err().map(|error| format!("desk.reasons_file: {error}")));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> DeskConfig {
        toml::from_str(text).expect("parses")
    }

    #[test]
    fn a_desk_is_for_its_own_machine_unless_told_otherwise() {
        let desk = config("");
        assert!(desk.listen.ip().is_loopback());
        assert_eq!((desk.url().as_str(), desk.https()), ("http://127.0.0.1:8090", false));
        assert!(desk.problems().is_empty());
        let proxied = config("public_url = 'https://cong-2.kcn.vn/'");
        assert_eq!((proxied.url().as_str(), proxied.https()), ("https://cong-2.kcn.vn", true));
    }

    #[test]
    fn settings_that_cannot_be_meant_are_told_together() {
        let desk = config("public_url = 'ftp://x'\nsession_hours = 0\nreasons_file = 'not-there.toml'");
        let problems = desk.problems().join("\n");
        for word in ["public_url", "session_hours", "reasons_file"] {
            assert!(problems.contains(word), "{problems}");
        }
        assert!(config("public_url = 'http://x/desk'").problems()[0].contains("root"));
        assert!(toml::from_str::<DeskConfig>("port = 1").is_err(), "unknown keys are errors");
    }
}
