//! Accounts of the demonstration: random passwords, kept for the next run in a file that only its owner may read.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::programs::{run_to_end, run_with_input};

/// Sign-in name, role at central, name shown, word for scripts.
const ACCOUNTS: [(&str, &str, &str, &str); 9] = [
    ("bao-ve", "gate_operator", "Trần Văn An (trưởng ca)", "gate"),
    ("bao-ve-2", "gate_operator", "Lê Thị Bình", "gate2"),
    ("quan-ly", "site_manager", "Ban quản lý khu", "manager"),
    ("doanh-nghiep", "enterprise", "Công ty Vận tải Thí Dụ", "tenant"),
    ("csgt", "traffic_police", "Cán bộ xử lý", "police"),
    ("csgt-2", "traffic_police", "Đội trưởng, duyệt lần hai", "police2"),
    ("chi-huy", "police_signer", "Trưởng phòng CSGT", "signer"),
    ("ioc", "ioc_operator", "Trực ban IOC", "ioc"),
    ("quan-tri", "admin", "Quản trị", "admin"),
];

/// Those of them who work at a desk, and whether they lead the shift.
const GUARDS: [(&str, bool); 2] = [("bao-ve", true), ("bao-ve-2", false)];

/// One account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub username: String,
    pub password: String,
    role: String,
    word: String,
    /// PIN at the desk.
    pin: Option<String>,
}

/// All of them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Logins(Vec<Login>);

impl Logins {
    /// Those of the last run; accounts that it did not have yet are made.
    pub(super) fn make(folder: &Path, central: &Path) -> anyhow::Result<Self> {
        let path = folder.join("logins.json");
        let mut logins: Vec<Login> = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).with_context(|| {
                format!("{} cannot be read: delete {} to start anew", path.display(), folder.display())
            })?,
            Err(_) => Vec::new(),
        };
        for (username, role, shown, word) in ACCOUNTS {
            if logins.iter().any(|login| login.username == username) {
                continue;
            }
            let mut flags = vec!["user", "add", username, "--role", role, "--name", shown];
            // Who manages a site has to say which.
            if role == "site_manager" {
                flags.extend(
                    ["trang-an", "kcn-khanh-phu", "ga-ninh-binh"].iter().flat_map(|site| ["--site", site]),
                );
            }
            if role == "enterprise" {
                flags.extend(["--site", "kcn-khanh-phu", "--group", "van-tai-thi-du"]);
            }
            if role == "police_signer" {
                flags.extend(["--rank", "division_head"]);
            }
            // Escalated cases are decided by somebody of rank.
            if username == "csgt-2" {
                flags.extend(["--rank", "team_chief"]);
            }
            flags.push("--config");
            let flags: Vec<&OsStr> = flags.into_iter().map(AsRef::as_ref).collect();
            let printed = run_to_end("central", [&flags[..], &[central.as_os_str()]].concat())?;
            let mut words = printed.split_whitespace().skip_while(|word| *word != "password");
            let password = words.nth(1).context("central user add printed no password")?;
            let guard = GUARDS.iter().find(|(guard, _)| *guard == username);
            let pin = guard.map(|(_, leads)| give_desk(username, *leads, central)).transpose()?;
            logins.push(Login {
                username: username.to_owned(),
                password: password.to_owned(),
                role: shown.to_owned(),
                word: word.to_owned(),
                pin,
            });
        }
        let logins = Self(logins);
        write_secret(&path, &serde_json::to_string_pretty(&logins)?)?;
        Ok(logins)
    }

    /// The account with this word for scripts.
    pub(super) fn of(&self, word: &str) -> Option<&Login> {
        self.0.iter().find(|login| login.word == word)
    }

    /// Addresses and logins for scripts.
    pub(super) fn ready(&self, address: &str, desks: &[String], mocks: &str) -> anyhow::Result<String> {
        let logins: serde_json::Map<String, serde_json::Value> = self
            .0
            .iter()
            .map(|login| {
                (
                    login.word.clone(),
                    json!({"user": login.username, "password": login.password, "pin": login.pin}),
                )
            })
            .collect();
        Ok(serde_json::to_string(&json!({"url": address, "desks": desks, "mocks": mocks, "logins": logins}))?)
    }
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for login in &self.0 {
            let pin = login.pin.as_ref().map_or(String::new(), |pin| format!(", PIN {pin}"));
            writeln!(f, "  {:<10} {:<22} {}{pin}", login.username, login.password, login.role)?;
        }
        Ok(())
    }
}

/// Gives a guard's account a desk; returns its PIN.
fn give_desk(username: &str, leads: bool, central: &Path) -> anyhow::Result<String> {
    let pin = format!("{:06}", rand::random_range(0..1_000_000));
    let mut flags = vec!["user", "desk", username, "--pin-stdin"];
    if leads {
        flags.push("--supervisor");
    }
    flags.push("--config");
    let flags: Vec<&OsStr> = flags.into_iter().map(AsRef::as_ref).collect();
    run_with_input("central", [&flags[..], &[central.as_os_str()]].concat(), &format!("{pin}\n"))?;
    Ok(pin)
}

/// Writes a file that only its owner may read.
pub(super) fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(file, "{text}")?;
    Ok(())
}
