//! What central asks about scenes, one at a time: the newest frame, and what a drawn scene would have said. Nothing is changed by it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::mpsc;
use uuid::Uuid;
use wire::scene::{Scene, TaskResult, TaskWhat, TaskWord};
use wire::{DeviceKey, Digest, Name};

use super::preview;
use super::recorder::Recorder;
use crate::frame::Frame;
use crate::geometry::BBox;
use crate::vision::{Rgb, VisionError};

/// A camera that shows nothing for so long shows nothing now.
const FRAME_PATIENCE: Duration = Duration::from_secs(3);
/// JPEG quality of a snapshot, and what is tried when that is over the limit.
const QUALITY: [u8; 3] = [90, 75, 50];

/// A task as it was read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub id: Uuid,
    pub site: Name,
    pub agent: Name,
    deadline: Timestamp,
    what: Result<TaskWhat, (TaskWord, String)>,
}

/// An answer to be sent: the picture first, then the sealed result.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Evidence bytes.
    pub picture: Option<(Digest, Vec<u8>)>,
    /// The sealed [`TaskResult`].
    pub result: Vec<u8>,
}

/// Reads the signed body of a task. A task that this program does not know can still be answered.
pub(super) fn read(body: &[u8]) -> Result<Wanted, String> {
    #[derive(Deserialize)]
    struct Head {
        id: Uuid,
        site: Name,
        agent: Name,
        deadline: Timestamp,
        task: String,
    }
    let head: Head = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let what = serde_json::from_slice::<TaskWhat>(body).map_err(|error| {
        let word = if head.task == "preview" { TaskWord::BadScene } else { TaskWord::Unknown };
        (word, error.to_string())
    });
    Ok(Wanted { id: head.id, site: head.site, agent: head.agent, deadline: head.deadline, what })
}

/// Who does tasks.
pub(super) struct Desk {
    recorders: HashMap<Name, Arc<Recorder>>,
    device: DeviceKey,
}

/// Does tasks until nobody asks any more.
pub(super) async fn run(desk: Desk, mut wanted: mpsc::Receiver<Wanted>, answered: mpsc::Sender<Answer>) {
    while let Some(task) = wanted.recv().await {
        let id = task.id;
        let (picture, result) = desk.answer(task).await;
        tracing::info!(task = %id, result = ?result.result, why = result.why, "task done");
        match serde_json::to_vec(&result) {
            Ok(body) => {
                let result = wire::seal(&desk.device, &body);
                if answered.send(Answer { picture, result }).await.is_err() {
                    return;
                }
            }
            Err(error) => tracing::error!(%error, "the result of a task cannot be written"),
        }
    }
}

type Answered = (Option<(Digest, Vec<u8>)>, TaskResult);

impl Desk {
    pub(super) fn new(recorders: HashMap<Name, Arc<Recorder>>, device: DeviceKey) -> Self {
        Self { recorders, device }
    }

    async fn answer(&self, task: Wanted) -> Answered {
        let done = match task.what {
            _ if Timestamp::now() > task.deadline => Err((TaskWord::TooLate, String::new())),
            Err(cannot) => Err(cannot),
            Ok(TaskWhat::Snapshot { camera }) => self.snapshot(&camera).await,
            Ok(TaskWhat::Preview { scene, back_s }) => self.preview(*scene, back_s).await,
        };
        let (picture, mut result) =
            done.unwrap_or_else(|(word, why)| (None, TaskResult { why: Some(why), ..said(word) }));
        result.id = task.id;
        (picture, result)
    }

    fn recorder(&self, camera: &Name) -> Result<&Arc<Recorder>, (TaskWord, String)> {
        let none = || (TaskWord::NoCamera, format!("this agent has no camera {camera}"));
        self.recorders.get(camera).ok_or_else(none)
    }

    async fn snapshot(&self, camera: &Name) -> Result<Answered, (TaskWord, String)> {
        let frame = self.recorder(camera)?.frame(FRAME_PATIENCE).await.ok_or_else(|| {
            let waited = FRAME_PATIENCE.as_secs();
            (TaskWord::NoCamera, format!("camera {camera} showed nothing for {waited} s"))
        })?;
        let captured_at = frame.captured.at;
        let size = [frame.picture.width, frame.picture.height];
        let made = tokio::task::spawn_blocking(move || jpeg(&frame)).await;
        let jpeg = match made {
            Ok(Ok(jpeg)) => jpeg,
            Ok(Err(error)) => return Err((TaskWord::NoCamera, error.to_string())),
            Err(error) => return Err((TaskWord::NoCamera, error.to_string())),
        };
        let sha256 = Digest::of(&jpeg);
        let result = TaskResult {
            picture: Some(sha256),
            size: Some(size),
            captured_at: Some(captured_at),
            ..said(TaskWord::Done)
        };
        Ok((Some((sha256, jpeg)), result))
    }

    async fn preview(&self, scene: Scene, back_s: u32) -> Result<Answered, (TaskWord, String)> {
        let recorder = self.recorder(&scene.camera)?.clone();
        let tried =
            tokio::task::spawn_blocking(move || preview::run(&scene, &recorder.last(f64::from(back_s))))
                .await;
        match tried {
            Ok(Ok(Some(preview))) => {
                Ok((None, TaskResult { preview: Some(preview), ..said(TaskWord::Done) }))
            }
            Ok(Ok(None)) => {
                let why = "nothing is recorded yet: the camera has shown nothing since the start".to_owned();
                Err((TaskWord::NothingRecorded, why))
            }
            Ok(Err(problems)) => Err((TaskWord::BadScene, problems.to_string())),
            // A judge that panics on a draft must not take the agent with it.
            Err(error) => Err((TaskWord::BadScene, format!("the draft could not be tried: {error}"))),
        }
    }
}

fn jpeg(frame: &Frame) -> Result<Vec<u8>, VisionError> {
    let (width, height) = (frame.picture.width, frame.picture.height);
    let all = BBox { x: 0.0, y: 0.0, w: width as f32, h: height as f32 };
    let (rgb, _) = Rgb::from_i420(&frame.picture, &all);
    let mut jpeg = Vec::new();
    for quality in QUALITY {
        jpeg = rgb.to_jpeg(quality)?;
        if jpeg.len() <= wire::MAX_EVIDENCE_BYTES {
            break;
        }
    }
    Ok(jpeg)
}

fn said(result: TaskWord) -> TaskResult {
    TaskResult {
        v: wire::VERSION,
        id: Uuid::nil(),
        result,
        why: None,
        picture: None,
        size: None,
        captured_at: None,
        preview: None,
    }
}
