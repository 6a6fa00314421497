//! One camera that is watched: its encoder runs while it has viewers, and works while one of them waits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::Name;

use super::shot::{Shooter, Shot};
use super::tap::{Look, Said, Tap};
use crate::desk::DeskGates;

/// Least time between two pictures: 15 a second.
const PACE: Duration = Duration::from_millis(66);

/// A camera and its newest message.
#[derive(Debug)]
pub(super) struct Camera {
    id: Name,
    tap: Arc<Tap>,
    shots: watch::Sender<Option<Arc<Shot>>>,
    /// Viewers that wait for a picture.
    waiting: AtomicUsize,
    /// One of them began to wait.
    wanted: Notify,
    /// Viewers, and what stops the encoder when the last one goes.
    viewers: Mutex<(usize, CancellationToken)>,
}

impl Camera {
    pub(super) fn new(id: Name, tap: Arc<Tap>) -> Self {
        Self {
            id,
            tap,
            shots: watch::channel(None).0,
            waiting: AtomicUsize::new(0),
            wanted: Notify::new(),
            viewers: Mutex::new((0, CancellationToken::new())),
        }
    }

    /// Somebody watches from now on, until the viewer is dropped.
    pub(super) fn watch(self: &Arc<Self>, gates: &Arc<dyn DeskGates>) -> Viewer {
        let mut viewers = self.viewers.lock().unwrap_or_else(PoisonError::into_inner);
        viewers.0 += 1;
        if viewers.0 == 1 {
            viewers.1 = CancellationToken::new();
            tokio::spawn(self.clone().encode(self.tap.looks(), gates.clone(), viewers.1.clone()));
        }
        Viewer { camera: self.clone(), shots: self.shots.subscribe(), seen: 0 }
    }

    /// Makes messages until the last viewer goes.
    async fn encode(
        self: Arc<Self>,
        mut looks: watch::Receiver<Option<Arc<Look>>>,
        gates: Arc<dyn DeskGates>,
        stop: CancellationToken,
    ) {
        let mut shooter = Shooter::new(self.id.clone());
        let (mut done, mut last) = (0, Instant::now() - PACE);
        loop {
            tokio::select! {
                changed = looks.changed() => if changed.is_err() { break },
                () = self.wanted.notified() => {}
                () = stop.cancelled() => break,
            }
            if let Some(look) = &*looks.borrow_and_update() {
                shooter.follow(look);
            }
            if self.waiting.load(Ordering::Acquire) == 0 {
                continue;
            }
            tokio::time::sleep_until(last + PACE).await;
            let newest = looks.borrow_and_update().clone().filter(|look| look.number != done);
            let Some(look) = newest else { continue };
            (done, last) = (look.number, Instant::now());
            let view = gates.view();
            let work = move || {
                let shot = shooter.shoot(&look, &view);
                (shooter, shot)
            };
            match tokio::task::spawn_blocking(work).await {
                Ok((back, Ok(shot))) => {
                    shooter = back;
                    self.shots.send_replace(Some(Arc::new(shot)));
                }
                Ok((back, Err(error))) => {
                    shooter = back;
                    tracing::error!(camera = %self.id, %error, "a live picture cannot be made");
                }
                Err(error) => {
                    tracing::error!(camera = %self.id, %error, "a live picture cannot be made");
                    shooter = Shooter::new(self.id.clone());
                }
            }
        }
        drop(looks);
        self.tap.forget();
    }
}

/// Somebody who watches a camera.
pub(super) struct Viewer {
    camera: Arc<Camera>,
    shots: watch::Receiver<Option<Arc<Shot>>>,
    seen: u64,
}

impl Viewer {
    /// The camera's state now and every later one.
    pub(super) fn said(&self) -> watch::Receiver<Said> {
        self.camera.tap.said()
    }

    /// The newest picture that this viewer has not seen: the one that is newest when it asks, or a later one. Can be dropped
    /// while it waits, and asked again.
    pub(super) async fn next(&mut self) -> Arc<Shot> {
        let _waiting = Waiting::begin(&self.camera);
        // What another viewer was sent long ago is not news.
        let newest = self.camera.tap.looks().borrow().as_ref().map_or(0, |look| look.number);
        let least = newest.max(self.seen + 1);
        let fresh = |shot: &Option<Arc<Shot>>| shot.as_ref().is_some_and(|shot| shot.number >= least);
        let shot = self.shots.wait_for(fresh).await.ok().and_then(|shot| shot.clone());
        match shot {
            Some(shot) => {
                self.seen = shot.number;
                shot
            }
            // The camera outlives its viewers.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let mut viewers = self.camera.viewers.lock().unwrap_or_else(PoisonError::into_inner);
        viewers.0 -= 1;
        if viewers.0 == 0 {
            viewers.1.cancel();
            self.camera.shots.send_replace(None);
        }
    }
}

/// Counts as waiting until dropped.
struct Waiting<'a>(&'a Camera);

impl<'a> Waiting<'a> {
    fn begin(camera: &'a Camera) -> Self {
        camera.waiting.fetch_add(1, Ordering::AcqRel);
        camera.wanted.notify_one();
        Self(camera)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}
