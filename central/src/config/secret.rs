//! Secrets: they are never in the file, which only says where they are.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A secret that is not where the configuration says.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The variable is not set.
    #[error("environment variable {0} is not set")]
    NoVariable(String),
    /// The file cannot be read.
    #[error("cannot read the secret file {path}: {source}")]
    NoFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Reads a secret from the environment variable or the file, whichever is named; `None` when neither is.
pub fn read_secret(env: Option<&str>, file: Option<&Path>) -> Result<Option<String>, SecretError> {
    match (env, file) {
        (Some(name), _) => read_env(name).map(Some),
        (None, Some(path)) => std::fs::read_to_string(path)
            .map(|text| Some(text.trim_end_matches(['\r', '\n']).to_owned()))
            .map_err(|source| SecretError::NoFile { path: path.to_owned(), source }),
        (None, None) => Ok(None),
    }
}

pub(super) fn read_env(name: &str) -> Result<String, SecretError> {
    std::env::var(name).map_err(|_| SecretError::NoVariable(name.to_owned()))
}
