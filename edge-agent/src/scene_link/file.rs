//! A scene from a file: what a camera is judged by while central has nothing newer.

use std::path::{Path, PathBuf};

use thiserror::Error;
use wire::Name;
use wire::scene::{MAX_SCENE_BYTES, Scene, SceneProblem, check};

/// Why a file is not a scene that can be used.
#[derive(Debug, Error)]
pub enum SceneFileError {
    /// It cannot be read.
    #[error("scene {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is too large.
    #[error("scene {path}: larger than {} kB", MAX_SCENE_BYTES / 1024)]
    TooLarge {
        /// Which file.
        path: PathBuf,
    },
    /// It is no scene.
    #[error("scene {path}: {source}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// It is another camera's.
    #[error("scene {path}: drawn for camera {found}, configured for {wanted}")]
    OtherCamera {
        /// Which file.
        path: PathBuf,
        /// Its camera.
        found: Name,
        /// The camera that names it.
        wanted: Name,
    },
    /// Something in it is wrong.
    #[error("scene {path}: {}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Problems {
        /// Which file.
        path: PathBuf,
        /// Everything that is wrong.
        problems: Vec<SceneProblem>,
    },
}

/// Reads the scene of `camera`.
///
/// # Errors
/// [`SceneFileError`]: says which file and what to mend.
pub fn load(path: &Path, camera: &Name) -> Result<Scene, SceneFileError> {
    let text =
        std::fs::read(path).map_err(|source| SceneFileError::Read { path: path.to_owned(), source })?;
    if text.len() > MAX_SCENE_BYTES {
        return Err(SceneFileError::TooLarge { path: path.to_owned() });
    }
    let scene: Scene = serde_json::from_slice(&text)
        .map_err(|source| SceneFileError::Malformed { path: path.to_owned(), source })?;
    if scene.camera != *camera {
        let (found, wanted) = (scene.camera, camera.clone());
        return Err(SceneFileError::OtherCamera { path: path.to_owned(), found, wanted });
    }
    match check(&scene) {
        problems if problems.is_empty() => Ok(scene),
        problems => Err(SceneFileError::Problems { path: path.to_owned(), problems }),
    }
}
