//! User name and password of a camera. They are read each time a connection is tried, so that a corrected
//! password works without a restart, and never shown.

use std::path::PathBuf;

use super::config::CredentialSource;

/// A user name and a password. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}

/// Why credentials could not be had. Says what to do, never what was read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The file cannot be read.
    #[error("cannot read the credentials file {path}: {source}; give its path and let the agent read it", path = .path.display())]
    File {
        /// Path as configured.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The environment variable is not there or not text.
    #[error("the environment variable {0} is not set; set it to user:password")]
    Env(String),
    /// The text is not `user:password`.
    #[error("the credentials in {0} are not of the form user:password on one line")]
    Form(String),
}

impl Credentials {
    /// Splits `user:password` at the first colon; a trailing end of line is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let line = text.strip_suffix('\n').unwrap_or(text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (user, password) = line.split_once(':')?;
        if user.is_empty() || line.contains(['\n', '\r', '\0']) {
            return None;
        }
        Some(Self { user: user.to_owned(), password: password.to_owned() })
    }

    /// Reads the credentials from where the configuration says they are.
    ///
    /// # Errors
    /// When the file or variable is missing, unreadable, or not `user:password`.
    pub fn load(source: &CredentialSource) -> Result<Self, CredentialError> {
        let (text, place) = match source {
            CredentialSource::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| CredentialError::File { path: path.clone(), source })?;
                (text, path.display().to_string())
            }
            CredentialSource::Env(name) => {
                (std::env::var(name).map_err(|_| CredentialError::Env(name.clone()))?, name.clone())
            }
        };
        Self::parse(&text).ok_or(CredentialError::Form(place))
    }

    /// The user name, for the RTSP client alone.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// The password, for the RTSP client alone.
    pub(super) fn password(&self) -> &str {
        &self.password
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_contain_colons_and_spaces() {
        let got = Credentials::parse("gate:a:b c\n");
        assert_eq!(got, Some(Credentials { user: "gate".into(), password: "a:b c".into() }));
        assert_eq!(Credentials::parse("no colon"), None);
        assert_eq!(Credentials::parse(":x"), None);
        assert_eq!(Credentials::parse("a:b\nc"), None);
    }

    #[test]
    fn debug_and_errors_show_no_secret() -> std::io::Result<()> {
        let secret = Credentials::parse("operator:hunter2");
        let text = format!("{secret:?}");
        assert!(!text.contains("operator") && !text.contains("hunter2"), "{text}");

        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), "hunter2 without a colon")?;
        let error = Credentials::load(&CredentialSource::File(file.path().into()));
        let text = format!("{error:?} {}", error.as_ref().err().map(ToString::to_string).unwrap_or_default());
        assert!(error.is_err() && !text.contains("hunter2"), "{text}");
        Ok(())
    }

    #[test]
    fn a_missing_file_or_variable_says_what_to_do() {
        let missing = Credentials::load(&CredentialSource::File("/nonexistent/gate".into()));
        assert!(missing.is_err_and(|e| e.to_string().contains("/nonexistent/gate")));
        let unset = Credentials::load(&CredentialSource::Env("VONG_GAC_NO_SUCH_VARIABLE".into()));
        assert!(unset.is_err_and(|e| e.to_string().contains("user:password")));
    }
}
