//! What can go wrong between a model file and a reading. Each message says what to do.

use std::path::PathBuf;

/// Failure of a model, its file, its runtime, or of a picture given to it.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// A file that the manifest names is nowhere.
    #[error("{what} is missing: looked in {searched}; run `edge-agent models --fetch`")]
    Missing {
        /// Model id or library name.
        what: String,
        /// Folders that were tried.
        searched: String,
    },
    /// A file is not the one that the manifest names. It is not loaded.
    #[error(
        "{path}: sha256 is {found}, the manifest wants {wanted}; delete the file and run `edge-agent models --fetch`"
    )]
    WrongHash {
        /// The file.
        path: PathBuf,
        /// Hash of the bytes on disk.
        found: String,
        /// Hash in the manifest.
        wanted: String,
    },
    /// A file of the site's own is not the one that the configuration names. It is not loaded.
    #[error(
        "{path}: sha256 is {found}, the configuration says {wanted}; put the right file there, or its hash into the configuration"
    )]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// Hash of the bytes on disk.
        found: String,
        /// Hash in the configuration.
        wanted: String,
    },
    /// A model whose tensors are not those that the manifest (or, for a site's own, the configuration) names.
    #[error(
        "model {model}: tensor `{tensor}` is {found}, not {wanted}; use the model of this release, or describe your own as it is"
    )]
    WrongShape {
        /// Model id.
        model: String,
        /// Tensor name.
        tensor: String,
        /// What the model file has.
        found: String,
        /// What the manifest wants.
        wanted: String,
    },
    /// No such id in the manifest.
    #[error("model {0} is not in the manifest; `edge-agent models` lists those that are")]
    UnknownModel(String),
    /// The manifest itself cannot be used.
    #[error("models/manifest.toml: {0}")]
    Manifest(String),
    /// ONNX Runtime could not be loaded.
    #[error(
        "{path}: cannot load ONNX Runtime: {reason}; set ORT_DYLIB_PATH or run `edge-agent models --fetch`"
    )]
    Library {
        /// The library that was tried.
        path: PathBuf,
        /// The loader's words.
        reason: String,
    },
    /// The loaded library cannot use the configured hardware.
    #[error(
        "execution provider {wanted} is not in this build of ONNX Runtime; configure `cpu`, or point ORT_DYLIB_PATH at a build that has it"
    )]
    Provider {
        /// The provider's name.
        wanted: &'static str,
    },
    /// ONNX Runtime refused a model or an input.
    #[error("ONNX Runtime, model {model}: {reason}")]
    Inference {
        /// Model id.
        model: String,
        /// The runtime's words.
        reason: String,
    },
    /// The bytes are no picture that can be decoded.
    #[error("not a readable picture: {0}")]
    Picture(String),
    /// The weights of the lamp reader cannot be used.
    #[error("lamp reader: {0}")]
    Signal(String),
    /// OpenCV refused an operation.
    #[error("OpenCV: {0}")]
    OpenCv(String),
    /// A file could not be read.
    #[error("{path}: {reason}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

impl From<super::picture::PictureError> for VisionError {
    fn from(error: super::picture::PictureError) -> Self {
        Self::Picture(error.to_string())
    }
}

impl From<opencv::Error> for VisionError {
    fn from(error: opencv::Error) -> Self {
        Self::OpenCv(error.message)
    }
}
