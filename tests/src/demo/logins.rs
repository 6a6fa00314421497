//! Accounts of the demonstration: random passwords, kept for the next run in a file that only its owner may read.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::programs::run_to_end;

/// Sign-in name, role at central, name shown, word for scripts.
const ACCOUNTS: [(&str, &str, &str, &str); 4] = [
    ("bao-ve", "gate_operator", "Nhân viên trực cổng", "gate"),
    ("csgt", "traffic_police", "Cán bộ xử lý", "police"),
    ("ioc", "ioc_operator", "Trực ban IOC", "ioc"),
    ("quan-tri", "admin", "Quản trị", "admin"),
];

/// One account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub username: String,
    pub password: String,
    role: String,
    word: String,
}

/// All of them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Logins(Vec<Login>);

impl Logins {
    /// Those of the last run, or new ones.
    pub(super) fn make(folder: &Path, central: &Path) -> anyhow::Result<Self> {
        let path = folder.join("logins.json");
        if let Ok(text) = std::fs::read_to_string(&path) {
            return serde_json::from_str(&text).with_context(|| {
                format!("{} cannot be read: delete {} to start anew", path.display(), folder.display())
            });
        }
        let mut logins = Vec::new();
        for (username, role, shown, word) in ACCOUNTS {
            let flags =
                ["user", "add", username, "--role", role, "--name", shown, "--config"].map(AsRef::as_ref);
            let printed = run_to_end("central", [&flags[..], &[central.as_os_str()]].concat())?;
            let mut words = printed.split_whitespace().skip_while(|word| *word != "password");
            let password = words.nth(1).context("central user add printed no password")?;
            logins.push(Login {
                username: username.to_owned(),
                password: password.to_owned(),
                role: shown.to_owned(),
                word: word.to_owned(),
            });
        }
        let logins = Self(logins);
        write_secret(&path, &serde_json::to_string_pretty(&logins)?)?;
        Ok(logins)
    }

    /// The IOC operator, who sees every site.
    pub(super) fn ioc(&self) -> Option<&Login> {
        self.0.iter().find(|login| login.word == "ioc")
    }

    /// Address and logins for scripts.
    pub(super) fn ready(&self, address: &str) -> anyhow::Result<String> {
        let logins: serde_json::Map<String, serde_json::Value> = self
            .0
            .iter()
            .map(|login| (login.word.clone(), json!({"user": login.username, "password": login.password})))
            .collect();
        Ok(serde_json::to_string(&json!({"url": address, "logins": logins}))?)
    }
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for login in &self.0 {
            writeln!(f, "  {:<10} {:<22} {}", login.username, login.password, login.role)?;
        }
        Ok(())
    }
}

/// Writes a file that only its owner may read.
pub(super) fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(file, "{text}")?;
    Ok(())
}
