//! The scenes that this agent's cameras are judged by: taken from central, kept on disk, checked again at every start.
//!
//! `state_dir/scenes/{camera}.sealed` holds the message exactly as central sealed it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::watch;
use wire::scene::{MAX_SCENE_BYTES, Scene, SceneMessage, SceneProblem, SceneRef};
use wire::{Name, PublicKey, SealError, Sealed};

use super::slot::{SceneInUse, SceneSlot};
use crate::durable;
use crate::scene::{CalibratedScene, SceneProblems};

/// Folder of the kept scenes, in the state folder.
const FOLDER: &str = "scenes";

/// Why a scene was not taken. The one in use stays.
#[derive(Debug, Error)]
pub enum SceneRefused {
    /// Too large, no sealed message, or not signed by central.
    #[error("scene refused: {0}")]
    Seal(#[from] SealError),
    /// Signed, and no scene.
    #[error("scene refused: line {}, column {}: {}", .0.line(), .0.column(), .0)]
    Malformed(serde_json::Error),
    /// It speaks a newer protocol.
    #[error("scene refused: protocol {0} is newer than this program; update the agent")]
    Newer(u32),
    /// It is another agent's or another camera's.
    #[error("scene refused: it is for {0}")]
    NotOurs(String),
    /// Older than the one in use.
    #[error("scene version {version} is older than version {in_use}, which is in use")]
    Older {
        /// Its version.
        version: u64,
        /// Version in use.
        in_use: u64,
    },
    /// Something in it is wrong.
    #[error("scene version {version} refused: {}", .problems.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Problems {
        /// Its version.
        version: u64,
        /// Everything that is wrong.
        problems: Vec<SceneProblem>,
    },
}

/// What became of a scene that was good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is in use now.
    InUse,
    /// It was in use already: the broker repeats what it keeps.
    Unchanged,
}

/// What the heartbeat says of one camera's scene.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SceneWord {
    /// The one in use.
    pub in_use: Option<SceneRef>,
    /// Why the newest refused one was refused; cleared by the next good one.
    pub refused: Option<String>,
}

/// Keeper of the scenes of all cameras. Shared by the publisher, which feeds it, the pipelines and the heartbeat.
#[derive(Debug)]
pub struct Scenes {
    folder: PathBuf,
    site: Name,
    agent: Name,
    cameras: BTreeMap<Name, Slot>,
}

#[derive(Debug)]
struct Slot {
    in_use: watch::Sender<Option<SceneInUse>>,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    /// Central that sealed the scene in use; none for a file.
    sealed_by: Option<PublicKey>,
    refused: Option<String>,
}

impl Scenes {
    /// Opens what is kept in `folder` for `cameras`, each with the scene of its file. Never fails: a kept scene that cannot be used is
    /// set aside, and the camera goes on with its file, or without rules, until central sends one.
    pub fn open(
        folder: &Path,
        (site, agent): (Name, Name),
        cameras: impl IntoIterator<Item = (Name, Option<Scene>)>,
        central: Option<PublicKey>,
    ) -> Self {
        let slot = |(camera, scene): (Name, Option<Scene>)| {
            let from_file = scene.map(|scene| SceneInUse::new(scene, Timestamp::now()));
            (camera, Slot { in_use: watch::channel(from_file).0, told: Mutex::default() })
        };
        let cameras = cameras.into_iter().map(slot).collect();
        let scenes = Self { folder: folder.join(FOLDER), site, agent, cameras };
        if let Some(central) = central {
            scenes.cameras.keys().for_each(|camera| scenes.load(camera, &central));
        }
        scenes
    }

    /// The cameras.
    pub fn cameras(&self) -> impl Iterator<Item = &Name> {
        self.cameras.keys()
    }

    /// Where the pipeline of `camera` reads its scene.
    pub fn slot(&self, camera: &Name) -> SceneSlot {
        match self.cameras.get(camera) {
            Some(slot) => SceneSlot::new(slot.in_use.subscribe()),
            None => SceneSlot::fixed(None),
        }
    }

    /// What the heartbeat says of a camera.
    pub fn word(&self, camera: &Name) -> SceneWord {
        let Some(slot) = self.cameras.get(camera) else { return SceneWord::default() };
        let in_use = slot.in_use.borrow().as_ref().map(|in_use| in_use.reference.clone());
        SceneWord { in_use, refused: lock(&slot.told).refused.clone() }
    }

    /// Takes a message of the scene topic of `camera`.
    ///
    /// # Errors
    /// [`SceneRefused`], noted for the heartbeat and logged already.
    pub fn take(&self, camera: &Name, message: &[u8], central: &PublicKey) -> Result<Taken, SceneRefused> {
        let Some(slot) = self.cameras.get(camera) else {
            return Err(SceneRefused::NotOurs(format!("camera {camera}")));
        };
        let taken = self.check(camera, message, central).and_then(|scene| {
            let taken = slot.compare(&scene, central)?;
            if taken == Taken::InUse {
                self.keep(camera, message, scene.version);
                slot.put_in_use(scene, central, Timestamp::now());
            }
            lock(&slot.told).refused = None;
            Ok(taken)
        });
        taken.inspect_err(|error| slot.refuse(camera, error))
    }

    fn load(&self, camera: &Name, central: &PublicKey) {
        let Some(slot) = self.cameras.get(camera) else { return };
        let path = self.path(camera);
        let message = match std::fs::read(&path) {
            Ok(message) => message,
            Err(error) if error.kind() == ErrorKind::NotFound => return,
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the kept scene cannot be read: the camera waits for central's");
                return;
            }
        };
        let since = std::fs::metadata(&path)
            .and_then(|file| file.modified())
            .ok()
            .and_then(|modified| Timestamp::try_from(modified).ok());
        match self.check(camera, &message, central) {
            Ok(scene) if slot.version().is_some_and(|file| file > scene.version) => {
                tracing::info!(%camera, kept = scene.version, "the configured scene file is newer than the kept scene");
            }
            Ok(scene) => slot.put_in_use(scene, central, since.unwrap_or_else(Timestamp::now)),
            Err(error) => {
                slot.refuse(camera, &error);
                set_aside(&path);
            }
        }
    }

    /// The scene, if central signed it for this camera and nothing in it is wrong.
    fn check(&self, camera: &Name, message: &[u8], central: &PublicKey) -> Result<Scene, SceneRefused> {
        let body = Sealed::parse(message, MAX_SCENE_BYTES)?.verify(central)?;
        let message: SceneMessage = serde_json::from_slice(body).map_err(SceneRefused::Malformed)?;
        if message.v > wire::VERSION {
            return Err(SceneRefused::Newer(message.v));
        }
        if message.site != self.site || message.agent != self.agent || message.scene.camera != *camera {
            let (site, agent, camera) = (message.site, message.agent, message.scene.camera);
            return Err(SceneRefused::NotOurs(format!("{site}/{agent}/{camera}")));
        }
        let [width, height] = message.scene.picture;
        // What geometry alone can tell shows at any size; the pipeline makes it ready for the size that comes.
        match CalibratedScene::new(&message.scene, width, height) {
            Ok(_) => Ok(message.scene),
            Err(SceneProblems(problems)) => {
                Err(SceneRefused::Problems { version: message.scene.version, problems })
            }
        }
    }

    /// A disk that refuses costs the scene at the next start only; central sends it again then.
    fn keep(&self, camera: &Name, message: &[u8], version: u64) {
        let path = self.path(camera);
        let kept = std::fs::create_dir_all(&self.folder).and_then(|()| durable::write(&path, message, 0o600));
        if let Err(error) = kept {
            tracing::error!(path = %path.display(), version, %error, "the scene cannot be kept on disk: it is used, and lost at a restart");
        }
    }

    fn path(&self, camera: &Name) -> PathBuf {
        self.folder.join(format!("{camera}.sealed"))
    }
}

impl Slot {
    fn version(&self) -> Option<u64> {
        self.in_use.borrow().as_ref().map(|in_use| in_use.scene.version)
    }

    fn compare(&self, scene: &Scene, central: &PublicKey) -> Result<Taken, SceneRefused> {
        let sealed_by = lock(&self.told).sealed_by;
        let in_use = self.in_use.borrow();
        let Some(current) = in_use.as_ref().map(|in_use| &in_use.scene) else { return Ok(Taken::InUse) };
        // A scene of another central counts anew; the file counts as it says.
        if sealed_by.is_some_and(|key| key != *central) || scene.version > current.version {
            return Ok(Taken::InUse);
        }
        if scene.version < current.version {
            return Err(SceneRefused::Older { version: scene.version, in_use: current.version });
        }
        // A version means one scene. Central that says otherwise has lost its memory: what is newest there is newest.
        let same = sealed_by.is_some() && **current == *scene;
        Ok(if same { Taken::Unchanged } else { Taken::InUse })
    }

    fn put_in_use(&self, scene: Scene, central: &PublicKey, since: Timestamp) {
        tracing::info!(camera = %scene.camera, version = scene.version, rules = scene.rules.len(), "scene in use");
        lock(&self.told).sealed_by = Some(*central);
        self.in_use.send_replace(Some(SceneInUse::new(scene, since)));
    }

    fn refuse(&self, camera: &Name, error: &SceneRefused) {
        tracing::warn!(%camera, %error, "a scene was refused; the one in use stays");
        lock(&self.told).refused = Some(error.to_string());
    }
}

fn set_aside(path: &Path) {
    let aside = path.with_extension("damaged");
    let moved = std::fs::rename(path, &aside).and_then(|()| durable::sync_folder_of(path));
    match moved {
        Ok(()) => {
            tracing::error!(aside = %aside.display(), "the kept scene is unusable and was set aside: the camera waits for central's")
        }
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "the kept scene is unusable and cannot be set aside")
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every value is whole after every statement under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
