//! Cameras ⇄ central, as far as scenes go: made once, when the agent starts.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;
use wire::topic::Leaf;
use wire::{Name, PublicKey, Sealed};

use super::keep::Scenes;
use super::recorder::Recorder;
use super::tasks::{self, Answer, Desk, Wanted};
use crate::config::CameraConfig;
use crate::identity::Identity;

/// Tasks that wait to be done; central is told nothing of one that finds no room, and notices by its own deadline.
const WAITING: usize = 8;

/// What the publisher needs of scenes.
pub struct SceneLink {
    scenes: Arc<Scenes>,
    own: (Name, Name),
    tasks: mpsc::Sender<Wanted>,
    answers: mpsc::Receiver<Answer>,
}

/// The scenes of `cameras` (each with what its file says), ready to be used and asked about.
pub fn connect(
    cameras: &[CameraConfig],
    folder: &Path,
    own: (Name, Name),
    identity: &Identity,
) -> (SceneLink, Arc<Scenes>, HashMap<Name, Arc<Recorder>>) {
    let from_files = cameras.iter().map(|camera| (camera.id.clone(), camera.scene_of_file()));
    let scenes = Arc::new(Scenes::open(folder, own.clone(), from_files, identity.central));
    let recorders: HashMap<Name, Arc<Recorder>> =
        cameras.iter().map(|camera| (camera.id.clone(), Arc::default())).collect();
    let (tasks, wanted) = mpsc::channel(WAITING);
    let (answered, answers) = mpsc::channel(WAITING);
    let desk = Desk::new(recorders.clone(), identity.device.clone());
    tokio::spawn(tasks::run(desk, wanted, answered));
    (SceneLink { scenes: scenes.clone(), own, tasks, answers }, scenes, recorders)
}

impl SceneLink {
    /// Topics to listen to.
    pub(crate) fn topics(&self) -> impl Iterator<Item = Leaf> {
        self.scenes.cameras().cloned().map(Leaf::Scene).chain([Leaf::Task])
    }

    /// Takes a message of one of these topics. What is refused is logged there.
    pub(crate) fn take(&self, leaf: &Leaf, message: &[u8], central: &PublicKey) {
        match leaf {
            Leaf::Scene(camera) => _ = self.scenes.take(camera, message, central),
            Leaf::Task => self.take_task(message, central),
            _ => {}
        }
    }

    /// The next answer to a task, to be sent; never, when nobody answers any more.
    pub(crate) async fn answer(&mut self) -> Answer {
        match self.answers.recv().await {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }

    fn take_task(&self, message: &[u8], central: &PublicKey) {
        let task = Sealed::parse(message, wire::scene::MAX_SCENE_BYTES)
            .and_then(|sealed| sealed.verify(central))
            .map_err(|error| error.to_string())
            .and_then(tasks::read);
        match task {
            Ok(task) if (&task.site, &task.agent) == (&self.own.0, &self.own.1) => {
                if self.tasks.try_send(task).is_err() {
                    tracing::warn!("too many tasks at once: one is not answered");
                }
            }
            Ok(_) => tracing::warn!("a task for another agent came to this one: ignored"),
            Err(error) => tracing::warn!(error, "a task that cannot be believed or read: ignored"),
        }
    }
}
