//! One message of the live picture: what is drawn over it, and the picture itself.
//!
//! `u32` length of the header (little endian), the header as JSON, the JPEG. Boxes and trails are in pixels of the JPEG.

use std::collections::{BTreeMap, HashMap, VecDeque};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;
use wire::Name;
use wire::gate::Verdict;

use super::tap::Look;
use crate::access::view::DeskView;
use crate::pipeline::class_word;
use crate::vision::VisionError;
use crate::vision::shown::Packer;

/// Widest picture that is sent, pixels.
pub const MOST_WIDTH: u32 = 960;
/// JPEG quality.
pub const QUALITY: u8 = 70;
/// Points of a trail.
const TRAIL: usize = 24;
/// A decision that is over colours its track for so long, seconds.
const AFTERGLOW_S: i64 = 10;

/// A message, made once for all who watch.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Number of the look it was made of.
    pub number: u64,
    /// The whole message.
    pub message: Bytes,
}

#[derive(Debug, Serialize)]
struct Header {
    at: Timestamp,
    width: u32,
    height: u32,
    stream_s: f64,
    tracks: Vec<Track>,
    trail: BTreeMap<u64, Vec<[i32; 2]>>,
}

#[derive(Debug, Serialize)]
struct Track {
    id: u64,
    #[serde(rename = "box")]
    bbox: [i32; 4],
    class: &'static str,
    confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
}

/// Makes the messages of one camera.
#[derive(Debug)]
pub struct Shooter {
    camera: Name,
    packer: Packer,
    /// Where each track touched the ground, in parts of the picture, oldest first.
    trails: HashMap<u64, VecDeque<[f32; 2]>>,
    last: u64,
}

impl Shooter {
    /// For a camera.
    pub fn new(camera: Name) -> Self {
        Self { camera, packer: Packer::new(MOST_WIDTH, QUALITY), trails: HashMap::new(), last: 0 }
    }

    /// Goes on with the trails. Cheap, for every look; the same look twice counts once.
    pub fn follow(&mut self, look: &Look) {
        if look.number == self.last {
            return;
        }
        self.last = look.number;
        let (width, height) = (look.frame.picture.width as f32, look.frame.picture.height as f32);
        self.trails.retain(|id, _| look.tracks.iter().any(|track| track.id == *id));
        for track in &look.tracks {
            let trail = self.trails.entry(track.id).or_default();
            if trail.len() == TRAIL {
                trail.pop_front();
            }
            let foot = (track.bbox.x + track.bbox.w / 2.0, track.bbox.bottom());
            trail.push_back([foot.0 / width, foot.1 / height]);
        }
    }

    /// Makes the message of a look, with the decisions that `view` shows. Takes some milliseconds of a processor core.
    ///
    /// # Errors
    /// When the picture cannot be packed.
    pub fn shoot(&mut self, look: &Look, view: &DeskView) -> Result<Shot, VisionError> {
        self.follow(look);
        let packed = self.packer.pack(&look.frame.picture)?;
        let header = self.header(look, view, (packed.width, packed.height));
        let header = serde_json::to_vec(&header).map_err(|error| VisionError::Picture(error.to_string()))?;
        let mut message = Vec::with_capacity(4 + header.len() + packed.jpeg.len());
        message.extend_from_slice(&u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes());
        message.extend_from_slice(&header);
        message.extend_from_slice(&packed.jpeg);
        Ok(Shot { number: look.number, message: message.into() })
    }

    fn header(&self, look: &Look, view: &DeskView, (width, height): (u32, u32)) -> Header {
        let captured = look.frame.captured;
        let cases = cases(&self.camera, view, Timestamp::now());
        let scale = (
            width as f32 / look.frame.picture.width as f32,
            height as f32 / look.frame.picture.height as f32,
        );
        let tracks = look.tracks.iter().map(|track| {
            let case = cases.get(&track.id);
            // Whole pixels inside the picture, so that a box at its edge is drawn too.
            let x0 = edge(track.bbox.x * scale.0, width);
            let y0 = edge(track.bbox.y * scale.1, height);
            let x1 = edge(track.bbox.right() * scale.0, width);
            let y1 = edge(track.bbox.bottom() * scale.1, height);
            Track {
                id: track.id,
                bbox: [x0, y0, x1 - x0, y1 - y0],
                class: class_word(track.class),
                confirmed: track.confirmed,
                access: case.map(|(access, _)| *access),
                verdict: case.map(|(_, verdict)| *verdict),
            }
        });
        let trail = self.trails.iter().filter(|(_, trail)| trail.len() > 1).map(|(id, trail)| {
            let point = |[x, y]: &[f32; 2]| [edge(x * width as f32, width), edge(y * height as f32, height)];
            (*id, trail.iter().map(point).collect())
        });
        Header {
            at: captured.at,
            width,
            height,
            stream_s: captured.stream_s,
            tracks: tracks.collect(),
            trail: trail.collect(),
        }
    }
}

fn edge(at: f32, most: u32) -> i32 {
    (at.round() as i32).clamp(0, most as i32)
}

/// Decisions at the lanes of a camera by their track: those that stand there, and those that passed a moment ago.
fn cases(camera: &Name, view: &DeskView, now: Timestamp) -> HashMap<u64, (Uuid, Verdict)> {
    let lanes: Vec<_> = view
        .gates
        .iter()
        .flat_map(|gate| &gate.lanes)
        .filter(|lane| lane.camera.as_ref() == Some(camera))
        .collect();
    let fresh = |ended: Option<Timestamp>| {
        ended.is_none_or(|ended| now.duration_since(ended).as_secs() <= AFTERGLOW_S)
    };
    let recent = view
        .recent
        .iter()
        .filter(|case| lanes.iter().any(|lane| lane.id == case.lane) && fresh(case.ended_at));
    let waiting = lanes.iter().flat_map(|lane| lane.queue.iter().chain(&lane.current));
    // Oldest first: of two decisions about one track the last one counts.
    let all = recent.collect::<Vec<_>>().into_iter().rev().chain(waiting);
    all.filter_map(|case| Some((case.track?, (case.access, case.verdict)))).collect()
}
