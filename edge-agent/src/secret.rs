//! Secrets come from a file or from the environment, never from the configuration itself, and are never logged.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a secret could not be read. Never holds the secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file could not be read.
    #[error("secret file {path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The variable is not set.
    #[error("environment variable {0} is not set")]
    Unset(String),
}

/// The first line of `file`, or else the variable `env`; `None` when neither is configured.
pub fn read(file: Option<&Path>, env: Option<&str>) -> Result<Option<String>, SecretError> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SecretError::File { path: path.to_owned(), source })?;
        return Ok(Some(text.lines().next().unwrap_or_default().trim().to_owned()));
    }
    match env {
        Some(name) => std::env::var(name).map(Some).map_err(|_| SecretError::Unset(name.to_owned())),
        None => Ok(None),
    }
}
