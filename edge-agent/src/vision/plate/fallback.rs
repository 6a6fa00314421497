//! Plates by text detection, for pictures in which our own network finds none that can be read: text that has the shape
//! of a plate is cut into its lines and read.

use wire::plate::Hint;

use super::PlateRead;
use super::lines::{Candidate, Seam, candidates, completed, seam};
use super::quad::Quad;
use super::reader::{Look, PlateReader, SURE, worth};
use super::rectify::{Tilted, cut};
use super::texts::{self, TextBox};
use crate::geometry::BBox;
use crate::vision::session::SessionPool;
use crate::vision::{Rgb, VisionError};

/// Longer side of a vehicle's crop when text is looked for in it.
const VEHICLE_SIDE: u32 = 320;
/// The same for a whole picture.
const PICTURE_SIDE: u32 = 480;
/// Grey border round a picture.
const BORDER: u32 = 32;
/// Candidates that are read per vehicle, and per picture.
const MAX_OF_VEHICLE: usize = 4;
const MAX_OF_PICTURE: usize = 12;
/// Pictures not larger than this may be nothing but a plate.
const BARE_PLATE_PX: u32 = 640;
/// Ink at the seam, relative to the mean row, from which a box is taken for one line of a plate.
const INK_OF_ONE_LINE: f32 = 0.62;
/// Margins round a plate's text at the first and at a second look, of the plate's height.
const MARGINS: [f32; 2] = [0.0, 0.05];
/// Height of a cut.
const LINE_HEIGHT: i32 = 48;

impl PlateReader {
    /// Reads every candidate of a whole picture.
    pub(super) fn read_texts(
        &self,
        texts: &SessionPool,
        picture: &Rgb,
    ) -> Result<Vec<PlateRead>, VisionError> {
        let found = texts::find(texts, picture, PICTURE_SIDE, BORDER)?;
        let mut places = candidates(&found);
        places.extend(bare(picture, &found));
        let mut reads = Vec::new();
        for place in places.iter().take(MAX_OF_PICTURE) {
            reads.extend(self.read_place(picture, place, &Hint::default())?);
        }
        Ok(reads)
    }

    /// The best read of a vehicle.
    pub(super) fn read_vehicle_texts(
        &self,
        texts: &SessionPool,
        crop: &Rgb,
        hint: &Hint,
        min_line_px: f32,
    ) -> Result<Option<PlateRead>, VisionError> {
        let mut best: Option<PlateRead> = None;
        let places = candidates(&texts::find(texts, crop, VEHICLE_SIDE, BORDER)?);
        let large = |p: &&Candidate| p.area.h / f32::from(p.lines) >= min_line_px;
        for place in places.iter().take(MAX_OF_VEHICLE).filter(large) {
            let Some(read) = self.read_place(crop, place, hint)? else { continue };
            let sure = is_sure(&read);
            best = better(best, Some(read));
            if sure {
                break;
            }
        }
        Ok(best)
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
            let seam = find_seam(picture, &place.area)?;
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
            best = better(best, self.read_candidate(picture, &larger, hint)?);
        }
        Ok(best)
    }

    fn read_candidate(
        &self,
        picture: &Rgb,
        place: &Candidate,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let mut best = None;
        for margin in MARGINS {
            let quad = Quad::from(place.area);
            let look = Look { quad, lines: place.lines, split: place.split.unwrap_or(0.5), margin };
            best = better(best, self.read_once(picture, &look, hint)?);
            if best.as_ref().is_some_and(is_sure) {
                break;
            }
        }
        Ok(best)
    }
}

fn find_seam(picture: &Rgb, area: &Tilted) -> Result<Seam, VisionError> {
    let width = (area.aspect() * 2.0 * LINE_HEIGHT as f32).round().clamp(16.0, 480.0) as i32;
    Ok(seam(&cut(picture, &Quad::from(*area), width, 2 * LINE_HEIGHT)?))
}

fn is_sure(read: &PlateRead) -> bool {
    read.reading.valid && read.score >= SURE
}

fn better(a: Option<PlateRead>, b: Option<PlateRead>) -> Option<PlateRead> {
    [a, b].into_iter().flatten().reduce(|a, b| if worth(&b) > worth(&a) { b } else { a })
}

/// The whole picture as a plate, for crops without surroundings.
fn bare(picture: &Rgb, texts: &[TextBox]) -> Option<Candidate> {
    if picture.width.max(picture.height) > BARE_PLATE_PX {
        return None;
    }
    let (w, h) = (picture.width as f32, picture.height as f32);
    let area = Tilted::upright(&BBox { x: 0.0, y: 0.0, w, h });
    // Surroundings would have shown the plate as text that covers a small part of the picture.
    let covered = texts.iter().map(|t| t.area.w * t.area.h).fold(0.0, f32::max) / (w * h);
    let lines = match area.aspect() {
        a if (2.6..7.0).contains(&a) => 1,
        a if (0.9..2.6).contains(&a) && (covered > 0.2 || texts.is_empty()) => 2,
        _ => return None,
    };
    Some(Candidate { area, split: None, lines, score: 0.5 })
}
