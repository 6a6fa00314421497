//! Configuration of face search: off unless a site has the approval that the law asks for.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Deserialize;
use wire::Name;
use wire::face::{FaceModel, MAX_DIMENSIONS};

use super::Faces;
use super::key::{FaceKey, FaceKeyError};

/// Face search.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether faces are kept and searched at all.
    pub enabled: bool,
    /// Model whose vectors are kept, as `models/manifest.toml` names it.
    pub model: String,
    /// Values of its vectors.
    pub dimensions: usize,
    /// Environment variable that holds the key of the templates, 64 hex digits.
    pub key_env: Option<String>,
    /// File that holds the key; outside the data folder.
    pub key_file: Option<PathBuf>,
    /// File that holds the key before this one: what it sealed is sealed anew at the next start.
    pub previous_key_file: Option<PathBuf>,
    /// The approval to use face recognition.
    pub approval: Option<Approval>,
}

/// A written approval of the police to use face recognition at named sites.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who gave it.
    pub authority: String,
    /// Number of the document.
    pub number: String,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    pub valid_to: Date,
    /// Sites it was given for.
    pub sites: Vec<Name>,
}

impl Approval {
    /// Whether faces may be searched for at a site on a day.
    pub fn covers(&self, site: &Name, day: Date) -> bool {
        self.holds_on(day) && self.sites.contains(site)
    }

    /// Whether the day is within the approval.
    pub fn holds_on(&self, day: Date) -> bool {
        (self.valid_from..=self.valid_to).contains(&day)
    }
}

impl Settings {
    /// The key of the templates, and the one before it.
    ///
    /// # Errors
    /// [`FaceKeyError`]; a key that is not named at all is an error of the configuration, told by [`problems`](Self::problems).
    pub fn keys(&self) -> Result<(Option<FaceKey>, Option<FaceKey>), FaceKeyError> {
        let key = FaceKey::read(self.key_env.as_deref(), self.key_file.as_deref())?;
        Ok((key, FaceKey::read(None, self.previous_key_file.as_deref())?))
    }

    /// Opens the faces in the data folder; `None` while face search is off.
    ///
    /// # Errors
    /// When there is no key, or the file cannot be used, or `today` is not within the approval.
    pub fn open(&self, data_folder: &Path, today: Date) -> anyhow::Result<Option<Faces>> {
        if !self.enabled {
            return Ok(None);
        }
        let (key, previous) = self.keys()?;
        let key = key.context("faces: set key_env or key_file")?;
        anyhow::ensure!(
            self.approval.as_ref().is_some_and(|approval| approval.holds_on(today)),
            "faces.approval does not hold today: set faces.enabled = false, or enter the renewed approval"
        );
        let (model, file) = (FaceModel::new(&self.model)?, data_folder.join("faces.vgf"));
        let faces = Faces::open(&file, &key, previous.as_ref(), &model, self.dimensions)?;
        tracing::info!(faces = faces.len(), %model, "face search is on");
        Ok(Some(faces))
    }

    /// What cannot work, each with its key and what to do. Nothing matters while face search is off.
    pub fn problems(&self, data_folder: &Path) -> Vec<String> {
        if !self.enabled {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let mut bad = |condition: bool, text: &str| {
            if condition {
                problems.push(text.to_owned());
            }
        };
        bad(
            FaceModel::new(&self.model).is_err(),
            "faces.model: use the id of a face model of models/manifest.toml",
        );
        bad(!(1..=MAX_DIMENSIONS).contains(&self.dimensions), "faces.dimensions: use 1 to 1024");
        bad(
            self.key_env.is_some() == self.key_file.is_some(),
            "faces: set key_env or key_file (one of them); make a key with: (umask 077; openssl rand -hex 32 > FILE)",
        );
        let inside = |file: &Option<PathBuf>| file.as_ref().is_some_and(|file| file.starts_with(data_folder));
        bad(
            inside(&self.key_file) || inside(&self.previous_key_file),
            "faces.key_file: keep it outside data.folder, a copy of that folder must not hold both templates and key",
        );
        match &self.approval {
            None => bad(
                true,
                "faces.approval: face recognition needs the police's written approval: give authority, number, valid_from, valid_to, sites",
            ),
            Some(approval) => {
                bad(
                    approval.authority.trim().is_empty() || approval.number.trim().is_empty(),
                    "faces.approval: authority and number must not be empty",
                );
                bad(approval.valid_to < approval.valid_from, "faces.approval: valid_to is before valid_from");
                bad(approval.sites.is_empty(), "faces.approval.sites: name the sites it was given for");
            }
        }
        problems
    }
}
