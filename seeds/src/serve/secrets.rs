//! Client secrets: from the environment, from a file, or made at first start. Never in the repository or a log.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rand::RngExt as _;

use crate::config::Config;
use crate::sign::hex;

/// Shortest secret that is taken.
const MIN_LENGTH: usize = 16;

/// A client's secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set.
    #[error("environment variable {name} of client {client:?} is not set")]
    Variable {
        /// The variable.
        name: String,
        /// The client.
        client: String,
    },
    /// The file cannot be read or made.
    #[error("secret file {path} of client {client:?}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The client.
        client: String,
        /// Why.
        source: io::Error,
    },
    /// The secret is too short to be one.
    #[error("the secret of client {client:?} is shorter than {MIN_LENGTH} characters")]
    Short {
        /// The client.
        client: String,
    },
}

/// All secrets by client.
pub fn load(config: &Config) -> Result<BTreeMap<String, String>, SecretError> {
    let mut secrets = BTreeMap::new();
    for client in &config.clients {
        let id = client.id.clone();
        let text = match &client.secret_env {
            Some(name) => std::env::var(name)
                .map_err(|_| SecretError::Variable { name: name.clone(), client: id.clone() })?,
            None => {
                let default = || config.state_dir.join(format!("{id}.secret"));
                let path = client.secret_file.clone().unwrap_or_else(default);
                read_or_make(&path).map_err(|source| SecretError::File {
                    path,
                    client: id.clone(),
                    source,
                })?
            }
        };
        let secret = text.trim().to_owned();
        if secret.len() < MIN_LENGTH {
            return Err(SecretError::Short { client: id });
        }
        secrets.insert(id, secret);
    }
    Ok(secrets)
}

fn read_or_make(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => make(path),
        other => other,
    }
}

fn make(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let secret = hex(&rand::rng().random::<[u8; 32]>());
    writeln!(options.open(path)?, "{secret}")?;
    tracing::info!(path = %path.display(), "made a client secret");
    Ok(secret)
}
