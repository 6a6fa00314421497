//! Where the broker is and how to be let in.

use std::path::PathBuf;

use serde::Deserialize;

use crate::secret::{self, SecretError};

/// Settings of the connection to central's broker, section `[central]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerConfig {
    /// `mqtt://host:port` or `mqtts://host:port`. Never with a password in it.
    pub url: String,
    /// User name at the broker.
    pub username: Option<String>,
    /// File whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    pub password_env: Option<String>,
    /// PEM file of the authority that signed the broker's certificate, for `mqtts://`.
    pub ca_file: Option<PathBuf>,
    /// PEM file of this agent's client certificate.
    pub client_cert_file: Option<PathBuf>,
    /// PEM file of its key.
    pub client_key_file: Option<PathBuf>,
    /// File whose first line is the one-time enrolment code; needed only until the agent is enrolled.
    pub enrolment_code_file: Option<PathBuf>,
    /// Environment variable that holds the enrolment code.
    pub enrolment_code_env: Option<String>,
}

/// Parts of the broker's URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broker {
    pub host: String,
    pub port: u16,
    pub tls: bool,
}

impl BrokerConfig {
    pub(super) fn broker(&self) -> Result<Broker, String> {
        let url = url::Url::parse(&self.url)
            .map_err(|error| format!("central.url {:?}: {error}; expected mqtt://host:port", self.url))?;
        let tls = match url.scheme() {
            "mqtt" => false,
            "mqtts" => true,
            other => return Err(format!("central.url: scheme {other:?} is not mqtt or mqtts")),
        };
        if url.password().is_some() || !url.username().is_empty() {
            return Err(
                "central.url carries a user name or password: move them to username and password_file"
                    .to_owned(),
            );
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("central.url names no host")?;
        let port = url.port().unwrap_or(if tls { 8883 } else { 1883 });
        Ok(Broker { host: host.trim_matches(['[', ']']).to_owned(), port, tls })
    }

    /// The broker password, if one is configured.
    pub(super) fn password(&self) -> Result<Option<String>, String> {
        secret::read(self.password_file.as_deref(), self.password_env.as_deref()).map_err(say)
    }

    /// The enrolment code, if there is one.
    pub(super) fn enrolment_code(&self) -> Result<Option<String>, String> {
        secret::read(self.enrolment_code_file.as_deref(), self.enrolment_code_env.as_deref()).map_err(say)
    }

    /// Makes paths relative to `folder`.
    pub(crate) fn anchor(&mut self, folder: &std::path::Path) {
        for path in [
            &mut self.password_file,
            &mut self.ca_file,
            &mut self.client_cert_file,
            &mut self.client_key_file,
            &mut self.enrolment_code_file,
        ]
        .into_iter()
        .flatten()
        {
            *path = folder.join(&*path);
        }
    }

    /// Everything wrong with these settings, one line each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match self.broker() {
            Ok(broker) if broker.tls && self.ca_file.is_none() => {
                problems.push("central.ca_file is needed for mqtts://".to_owned());
            }
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
        for (name, file) in [
            ("ca_file", &self.ca_file),
            ("client_cert_file", &self.client_cert_file),
            ("client_key_file", &self.client_key_file),
            ("password_file", &self.password_file),
        ] {
            if let Some(path) = file
                && !path.is_file()
            {
                problems.push(format!("central.{name}: {} is not a file", path.display()));
            }
        }
        if self.client_cert_file.is_some() != self.client_key_file.is_some() {
            problems.push("central.client_cert_file and client_key_file go together".to_owned());
        }
        if self.username.is_some() && self.password_file.is_none() && self.password_env.is_none() {
            problems.push("central.username needs password_file or password_env".to_owned());
        }
        problems
    }
}

fn say(error: SecretError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> BrokerConfig {
        toml::from_str(&format!("url = {url:?}")).unwrap()
    }

    #[test]
    fn urls_are_read_and_passwords_in_them_refused() {
        let broker = config("mqtt://127.0.0.1:1884").broker().unwrap();
        assert_eq!(broker, Broker { host: "127.0.0.1".into(), port: 1884, tls: false });
        assert_eq!(config("mqtts://broker.example").broker().unwrap().port, 8883);
        assert!(config("mqtt://me:secret@broker").broker().unwrap_err().contains("password_file"));
        assert!(config("http://broker").broker().unwrap_err().contains("mqtt"));
        assert!(!config("mqtt://me:secret@broker").problems().join("").contains("secret"));
    }
}
