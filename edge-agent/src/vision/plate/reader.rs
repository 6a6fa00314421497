//! The plate reader: candidates → lines → characters → text, for one vehicle or a whole picture.

use wire::payload::NoReading;
use wire::plate::Hint;

use super::lines::{Candidate, candidates, seam};
use super::locate::{self, TextBox};
use super::recognise::{CharacterReader, Line, Slot, Steps};
use super::rectify::{Tilted, cut};
use super::{PlateOutcome, PlateRead, PlateReaderConfig, ReadPlate, Recogniser, hint_for};
use crate::detection::ObjectClass;
use crate::frame::I420;
use crate::geometry::BBox;
use crate::vision::session::{Runtime, SessionPool, SessionSettings};
use crate::vision::{ModelStore, Rgb, VisionError};

/// Longer side of a vehicle's crop when text is looked for in it.
const VEHICLE_SIDE: u32 = 320;
/// The same for a whole picture.
const PICTURE_SIDE: u32 = 480;
/// Grey border round a crop.
const BORDER: u32 = 32;
/// Candidates that are read per vehicle.
const MAX_CANDIDATES: usize = 4;
/// A valid read at least this sure ends the search.
const SURE: f32 = 0.85;
/// Pictures not larger than this may be nothing but a plate.
const BARE_PLATE_PX: u32 = 640;
/// Height of a cut line.
const LINE_HEIGHT: i32 = 48;

/// Finds and reads plates. One value serves all cameras.
#[derive(Debug)]
pub struct PlateReader {
    texts: SessionPool,
    characters: CharacterReader,
    config: PlateReaderConfig,
}

impl PlateReader {
    /// Loads both models.
    ///
    /// # Errors
    /// Those of [`Runtime::pool`].
    pub fn load(
        runtime: &Runtime,
        store: &ModelStore,
        settings: &SessionSettings,
        config: PlateReaderConfig,
    ) -> Result<Self, VisionError> {
        // Crops are small: OpenCV's own threads would only take the processor away from other cameras.
        opencv::core::set_num_threads(1)?;
        let recogniser = match config.recogniser {
            Recogniser::Small => "ppocr-v6-rec-small",
            Recogniser::Tiny => "ppocr-v6-rec-tiny",
        };
        Ok(Self {
            texts: runtime.pool(store, "ppocr-v6-det-tiny", settings)?,
            characters: CharacterReader::new(runtime.pool(store, recogniser, settings)?)?,
            config,
        })
    }

    /// Every plate in a picture: a photo of a scene, or a crop that shows nothing but a plate.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn read_picture(&self, picture: &Rgb) -> Result<Vec<PlateRead>, VisionError> {
        let texts = locate::find(&self.texts, picture, PICTURE_SIDE, BORDER)?;
        let mut places = candidates(&texts);
        places.extend(bare(picture, &texts));
        let mut reads = Vec::new();
        for place in places.iter().take(3 * MAX_CANDIDATES) {
            reads.extend(self.read_candidate(picture, place, &Hint::default())?);
        }
        reads.retain(|r| r.reading.valid || (r.score >= self.config.min_score && plausible(&r.reading.text)));
        reads.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        Ok(apart(reads))
    }

    fn read_crop(&self, crop: &Rgb, hint: &Hint) -> Result<PlateOutcome, VisionError> {
        let texts = locate::find(&self.texts, crop, VEHICLE_SIDE, BORDER)?;
        let places = candidates(&texts);
        if places.is_empty() {
            return Ok(PlateOutcome::Nothing(NoReading::NoPlateFound));
        }
        let mut best: Option<PlateRead> = None;
        let mut too_small = true;
        for place in places.iter().take(MAX_CANDIDATES) {
            if place.area.h / f32::from(place.lines) < self.config.min_line_px {
                continue;
            }
            too_small = false;
            let Some(read) = self.read_candidate(crop, place, hint)? else { continue };
            let sure = read.reading.valid && read.score >= SURE;
            if best.as_ref().is_none_or(|b| worth(&read) > worth(b)) {
                best = Some(read);
            }
            if sure {
                break;
            }
        }
        Ok(match best {
            Some(read) if read.score >= self.config.min_score && (read.reading.valid || plausible(&read.reading.text)) => {
                PlateOutcome::Read(read)
            }
            _ if too_small => PlateOutcome::Nothing(NoReading::TooSmall),
            _ => PlateOutcome::Nothing(NoReading::Unreadable),
        })
    }

    fn read_candidate(
        &self,
        picture: &Rgb,
        place: &Candidate,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let steps = match place.lines {
            1 => vec![self.line(picture, &place.area)?],
            _ => {
                let split = match place.split {
                    Some(split) => split,
                    None => self.find_seam(picture, &place.area)?,
                };
                // A little of each other's side, so that a seam that is slightly off cuts no character.
                let (top, bottom) = (place.area.band(0.0, split + 0.03), place.area.band(split - 0.03, 1.0));
                vec![self.line(picture, &top)?, self.line(picture, &bottom)?]
            }
        };
        Ok(interpret(&steps, hint).map(|(reading, characters)| PlateRead {
            score: confidence(&characters),
            reading,
            lines: place.lines,
            characters,
            bbox: place.area.bounds().clip(picture.width, picture.height),
        }))
    }

    fn line(&self, picture: &Rgb, area: &Tilted) -> Result<Steps, VisionError> {
        let width = (area.aspect() * LINE_HEIGHT as f32).round().clamp(16.0, 480.0) as i32;
        self.characters.read(&cut(picture, area, width, LINE_HEIGHT)?)
    }

    fn find_seam(&self, picture: &Rgb, area: &Tilted) -> Result<f32, VisionError> {
        let width = (area.aspect() * 2.0 * LINE_HEIGHT as f32).round().clamp(16.0, 480.0) as i32;
        Ok(seam(&cut(picture, area, width, 2 * LINE_HEIGHT)?))
    }
}

impl ReadPlate for PlateReader {
    fn read(&self, picture: &I420, vehicle: &BBox, class: ObjectClass) -> Result<PlateOutcome, VisionError> {
        let (crop, [x, y]) = Rgb::from_i420(picture, vehicle);
        let mut outcome = self.read_crop(&crop, &hint_for(Some(class)))?;
        if let PlateOutcome::Read(read) = &mut outcome {
            read.bbox.x += x as f32;
            read.bbox.y += y as f32;
        }
        Ok(outcome)
    }

    fn models(&self) -> Vec<(String, String)> {
        [&self.texts, self.characters.pool()].map(|p| (p.id().to_owned(), p.sha256().to_owned())).into()
    }
}

/// The whole picture as a plate, for crops without surroundings.
fn bare(picture: &Rgb, texts: &[TextBox]) -> Vec<Candidate> {
    if picture.width.max(picture.height) > BARE_PLATE_PX {
        return Vec::new();
    }
    let (w, h) = (picture.width as f32, picture.height as f32);
    let area = Tilted::upright(&BBox { x: 0.0, y: 0.0, w, h });
    // Surroundings would have shown the plate as text that covers a small part of the picture.
    let covered = texts.iter().map(|t| t.area.w * t.area.h).fold(0.0, f32::max) / (w * h);
    let lines = match area.aspect() {
        a if (2.6..7.0).contains(&a) => 1,
        a if (0.9..2.6).contains(&a) && (covered > 0.2 || texts.is_empty()) => 2,
        _ => return Vec::new(),
    };
    vec![Candidate { area, split: None, lines, score: 0.5 }]
}

/// Text of a read, and the confidence of each of its characters.
fn interpret(steps: &[Steps], hint: &Hint) -> Option<(wire::plate::Reading, Vec<f32>)> {
    let free: Vec<Line> = steps.iter().map(Steps::free).collect();
    let raw: Vec<&str> = free.iter().map(|l| l.raw.as_str()).collect();
    let hint = Hint { lines: Some(steps.len() as u8), ..*hint };
    let reading = wire::plate::read(&raw, &hint);
    if reading.text.is_empty() {
        return None;
    }
    let characters: Vec<f32> = free.iter().flat_map(|l| l.characters.iter().copied()).collect();
    Some((reading, characters))
}

/// One number for a whole text: its weakest characters decide.
fn confidence(characters: &[f32]) -> f32 {
    let (low, sum) = characters.iter().fold((1.0f32, 0.0), |(low, sum), c| (low.min(*c), sum + c));
    let mean = sum / characters.len().max(1) as f32;
    (low * mean).sqrt()
}

/// What is reported although it is no plate that can be issued: it must at least look like one.
fn plausible(text: &str) -> bool {
    (6..=10).contains(&text.len()) && text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// For choosing between reads of one place: a valid text is worth more than any that is not.
fn worth(read: &PlateRead) -> f32 {
    let valid = if read.reading.valid { 1.0 } else { 0.0 };
    valid + read.score - 0.1 * read.reading.edits.len() as f32
}

/// Of reads that overlap, the first.
fn apart(reads: Vec<PlateRead>) -> Vec<PlateRead> {
    let mut kept: Vec<PlateRead> = Vec::new();
    for read in reads {
        let overlaps = kept.iter().any(|k| {
            let common = k.bbox.intersect(&read.bbox).area();
            common > 0.3 * k.bbox.area().min(read.bbox.area())
        });
        if !overlaps {
            kept.push(read);
        }
    }
    kept
}

/// Shapes for later use by [`interpret`].
#[allow(dead_code)]
const DIGITS: [Slot; 1] = [Slot::Digit];
