//! The plate reader: candidates → lines → characters → text, for one vehicle or a whole picture.

use wire::payload::NoReading;
use wire::plate::Hint;

use super::colour;
use super::lines::{Candidate, Seam, candidates, completed, seam};
use super::locate::{self, TextBox};
use super::recognise::CharacterReader;
use super::rectify::{Tilted, cut};
use super::shape::interpret;
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
/// Ink at the seam, relative to the mean row, from which a box is taken for one line of a plate.
const INK_OF_ONE_LINE: f32 = 0.62;
/// Margin round a plate's text at the first and at a second look, of the plate's height.
const MARGIN: f32 = 0.0;
const OTHER_MARGIN: f32 = 0.05;
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
        let characters = match config.recogniser {
            Recogniser::Plates => {
                CharacterReader::for_plates(runtime.pool(store, "plate-reader", settings)?)?
            }
            Recogniser::Small => {
                CharacterReader::registry(runtime.pool(store, "ppocr-v6-rec-small", settings)?)?
            }
            Recogniser::Tiny => {
                CharacterReader::registry(runtime.pool(store, "ppocr-v6-rec-tiny", settings)?)?
            }
        };
        Ok(Self { texts: runtime.pool(store, "ppocr-v6-det-tiny", settings)?, characters, config })
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
            reads.extend(self.read_place(picture, place, &Hint::default())?);
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
            let Some(read) = self.read_place(crop, place, hint)? else { continue };
            let sure = read.reading.valid && read.score >= SURE;
            if best.as_ref().is_none_or(|b| worth(&read) > worth(b)) {
                best = Some(read);
            }
            if sure {
                break;
            }
        }
        Ok(match best {
            Some(read)
                if read.score >= self.config.min_score
                    && (read.reading.valid || plausible(&read.reading.text)) =>
            {
                PlateOutcome::Read(read)
            }
            Some(read) => PlateOutcome::Seen(read.into()),
            None if too_small => PlateOutcome::Nothing(NoReading::TooSmall),
            None => PlateOutcome::Nothing(NoReading::Unreadable),
        })
    }

    /// Reads a candidate and, when that gives no clear plate, the plates of which it may be only one line.
    fn read_place(
        &self,
        picture: &Rgb,
        place: &Candidate,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let mut place = *place;
        let mut best = None;
        let mut one_line = false;
        if place.lines == 2 && place.split.is_none() {
            let seam = self.find_seam(picture, &place.area)?;
            place.split = Some(seam.at);
            one_line = seam.ink > INK_OF_ONE_LINE;
        }
        if !one_line {
            best = self.read_candidate(picture, &place, hint)?;
            if best.as_ref().is_some_and(|r| r.reading.valid && r.reading.edits.is_empty()) {
                return Ok(best);
            }
        }
        for larger in completed(&place.area, place.score) {
            let read = self.read_candidate(picture, &larger, hint)?;
            let better = |r: &PlateRead| best.as_ref().is_none_or(|b| worth(r) > worth(b));
            if read.as_ref().is_some_and(better) {
                best = read;
            }
        }
        Ok(best)
    }

    fn read_candidate(
        &self,
        picture: &Rgb,
        place: &Candidate,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let colours = colour::of(picture, &place.area, place.lines)?;
        let hint = &colour::with(hint, colours.as_ref());
        let coloured = |read: PlateRead| PlateRead { colour: colours.map(|c| c.ground), ..read };
        let first = self.read_once(picture, place, MARGIN, hint)?.map(coloured);
        if first.as_ref().is_some_and(|r| r.reading.valid && r.score >= SURE) {
            return Ok(first);
        }
        // A second look with other margins: what is doubtful often depends on where the cut falls.
        let second = self.read_once(picture, place, OTHER_MARGIN, hint)?.map(coloured);
        Ok([first, second].into_iter().flatten().max_by(|a, b| worth(a).total_cmp(&worth(b))))
    }

    fn read_once(
        &self,
        picture: &Rgb,
        place: &Candidate,
        margin: f32,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let area = place.area.grown(margin * place.area.h, 0.0);
        let split = place.split.unwrap_or(0.5);
        let bands = self.characters.bands(place.lines, split);
        let last = bands.len() - 1;
        let cuts = bands
            .into_iter()
            .enumerate()
            .map(|(i, (top, bottom))| {
                let above = if i == 0 { margin } else { 0.0 };
                let below = if i == last { margin } else { 0.0 };
                self.cut_line(picture, &area.band(top - above, bottom + below), place.lines)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let steps = self.characters.read(&cuts)?;
        Ok(interpret(&steps, hint, self.characters.calibration()).map(|read| PlateRead {
            score: read.score,
            characters: read.characters,
            reading: read.reading,
            lines: steps.len() as u8,
            colour: None,
            bbox: place.area.bounds().clip(picture.width, picture.height),
            corners: Some(place.area.corners()),
        }))
    }

    fn cut_line(&self, picture: &Rgb, area: &Tilted, lines: u8) -> Result<Rgb, VisionError> {
        let (width, height) = self.characters.cut_size(lines).unwrap_or_else(|| {
            ((area.aspect() * LINE_HEIGHT as f32).round().clamp(16.0, 480.0) as i32, LINE_HEIGHT)
        });
        cut(picture, area, width, height)
    }

    fn find_seam(&self, picture: &Rgb, area: &Tilted) -> Result<Seam, VisionError> {
        let width = (area.aspect() * 2.0 * LINE_HEIGHT as f32).round().clamp(16.0, 480.0) as i32;
        Ok(seam(&cut(picture, area, width, 2 * LINE_HEIGHT)?))
    }
}

impl ReadPlate for PlateReader {
    fn read(&self, picture: &I420, vehicle: &BBox, class: ObjectClass) -> Result<PlateOutcome, VisionError> {
        let (crop, [x, y]) = Rgb::from_i420(picture, vehicle);
        let mut outcome = self.read_crop(&crop, &hint_for(Some(class)))?;
        outcome.shift(x as f32, y as f32);
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
