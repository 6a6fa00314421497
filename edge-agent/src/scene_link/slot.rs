//! The scene of one camera, as its pipeline reads it: looked at once per frame, swapped between two frames.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use wire::Digest;
use wire::scene::{Scene, SceneRef};

/// A scene in use.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneInUse {
    /// The scene.
    pub scene: Arc<Scene>,
    /// What events and the heartbeat say of it.
    pub reference: SceneRef,
}

impl SceneInUse {
    /// A scene that is used since `since`. Its hash is that of its JSON as this program writes it.
    pub fn new(scene: Scene, since: Timestamp) -> Self {
        // A scene is numbers, texts and lists: writing it cannot fail.
        let sha256 = Digest::of(&serde_json::to_vec(&scene).unwrap_or_default());
        let reference =
            SceneRef { camera: scene.camera.clone(), version: scene.version, sha256, since: Some(since) };
        Self { scene: Arc::new(scene), reference }
    }
}

/// Where a pipeline reads its scene.
#[derive(Debug, Clone)]
pub struct SceneSlot {
    receiver: watch::Receiver<Option<SceneInUse>>,
    fresh: bool,
}

impl SceneSlot {
    /// Follows `receiver`.
    pub(super) fn new(receiver: watch::Receiver<Option<SceneInUse>>) -> Self {
        Self { receiver, fresh: true }
    }

    /// One scene for ever, or none: for files and tests.
    pub fn fixed(scene: Option<SceneInUse>) -> Self {
        Self::new(watch::channel(scene).1)
    }

    /// The scene, if it is another one than at the last call. The first call always tells.
    pub fn change(&mut self) -> Option<Option<SceneInUse>> {
        // A closed channel keeps its last value.
        let changed = self.receiver.has_changed().unwrap_or(false);
        (std::mem::take(&mut self.fresh) || changed).then(|| self.receiver.borrow_and_update().clone())
    }

    /// The scene now.
    pub fn now(&self) -> Option<SceneInUse> {
        self.receiver.borrow().clone()
    }
}
