//! The pack for the assessment of this system's security (hồ sơ đánh giá an toàn thông tin): one folder with the architecture, who
//! may do what, the parts it is made of, its settings, its logs of a period and what is known of tests; every file with its SHA-256 in
//! a manifest that central's key signs. There is nothing secret in it and nobody's plate, name or picture; accounts stand in it by
//! their sign-in names and addresses.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;
use wire::DeviceKey;

use crate::law;
use crate::store::{Store, StoreError};

mod components;
mod logs;
mod pack;
mod settings;
#[cfg(test)]
mod tests;

use pack::Pack;
pub use pack::{Checked, Entry, Manifest, check};

/// Why there is no pack, or why it is not believed.
#[derive(Debug, Error)]
pub enum PackError {
    /// The folder has something in it.
    #[error("{0} is not empty: name a folder that is new or empty")]
    NotEmpty(PathBuf),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The period ends before it begins.
    #[error("the period ends ({until}) before it begins ({from}): --from must not be after --until")]
    Period {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// A day that the calendar's ends are too near to.
    #[error("{0} is no day that can be reported on")]
    Day(Date),
    /// The folder holds no pack.
    #[error("{0} is no manifest of a pack: {1}")]
    NoManifest(PathBuf, String),
    /// The signature is of another key, or the manifest was changed.
    #[error("the manifest was not signed by the key {0}, or was changed since")]
    Forged(String),
    /// Files do not agree with the manifest.
    #[error("the pack was changed since it was made:\n- {}", .0.join("\n- "))]
    Changed(Vec<String>),
    /// Something cannot be written down.
    #[error("cannot write the pack: {0}")]
    Encode(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Days that the logs are taken of, in Vietnam; both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Date,
    until: Date,
}

impl Period {
    /// From a first to a last day.
    ///
    /// # Errors
    /// When the last is before the first.
    pub fn new(from: Date, until: Date) -> Result<Self, PackError> {
        if until < from { Err(PackError::Period { from, until }) } else { Ok(Self { from, until }) }
    }

    /// From the first day's midnight to the midnight after the last day, milliseconds since 1970.
    fn span_ms(self) -> Result<(i64, i64), PackError> {
        let midnight = |day: Date| {
            let start = day.to_zoned(law::time_zone()).map_err(|_| PackError::Day(day))?;
            Ok::<_, PackError>(start.timestamp().as_millisecond())
        };
        let after = self.until.tomorrow().map_err(|_| PackError::Day(self.until))?;
        Ok((midnight(self.from)?, midnight(after)?))
    }
}

/// Writes the pack into `folder`, which is made unless it is there and empty. `config` is the configuration file, which holds no secrets.
///
/// # Errors
/// [`PackError`]; what was written until then stays, without a manifest.
pub async fn write(
    store: &Store,
    key: &DeviceKey,
    config: &Path,
    period: Period,
    now: Timestamp,
    folder: &Path,
) -> Result<Manifest, PackError> {
    let mut pack = Pack::begin(folder)?;
    for (name, text) in TEXTS {
        pack.add(name, text.as_bytes())?;
    }
    pack.add("system/openapi.json", crate::web::api_description().as_bytes())?;
    pack.add("system/components.csv", components::table()?.as_bytes())?;
    settings::write(&mut pack, store, config).await?;
    logs::write(&mut pack, store, period).await?;
    pack.seal(key, period, now)
}

/// What is the same in every pack.
const TEXTS: [(&str, &str); 5] = [
    ("README.md", include_str!("../../data/assessment/README.md")),
    ("pentest/README.md", include_str!("../../data/assessment/pentest.md")),
    ("system/ARCHITECTURE.md", include_str!("../../../ARCHITECTURE.md")),
    ("system/security.md", include_str!("../../../docs/security.md")),
    ("system/violations.md", include_str!("../../../docs/violations.md")),
];
