//! The plate reader: plates → lines → characters → text, for one vehicle or a whole picture.

use wire::payload::NoReading;
use wire::plate::Hint;

use super::colour;
use super::locate::{self, Plate};
use super::opinion::Recognisers;
use super::quad::Quad;
use super::recognise::CharacterReader;
use super::rectify::cut;
use super::{PlateOutcome, PlateRead, PlateReaderConfig, PlateSeen, ReadPlate, hint_for};
use crate::detection::ObjectClass;
use crate::frame::I420;
use crate::geometry::BBox;
use crate::vision::session::{Runtime, SessionPool, SessionSettings};
use crate::vision::{ModelStore, Rgb, VisionError};

/// Longer side of a vehicle's crop when plates are looked for in it.
const VEHICLE_SIDE: u32 = 320;
/// Longest side of a whole picture at the first look.
const PICTURE_SIDE: u32 = 640;
/// The same at the second look, for pictures larger than [`LARGE_PX`]: far plates.
const LARGE_SIDE: u32 = 1280;
/// Longer side from which a picture gets the second look.
const LARGE_PX: u32 = 960;
/// Longer side for a crop that may be nothing but a plate, and the grey round it.
const BARE_SIDE: u32 = 112;
const BARE_BORDER: u32 = 12;
/// Pictures not larger than this may be nothing but a plate.
const BARE_PLATE_PX: u32 = 960;
/// Pictures narrower than this may be nothing but a plate of two lines.
const SMALL_PX: u32 = 200;
/// Plates of a vehicle that are read.
const MAX_PLATES_OF_VEHICLE: usize = 3;
/// Plates of a picture that are read.
const MAX_PLATES_OF_PICTURE: usize = 24;
/// A valid read at least this sure ends the search.
pub(super) const SURE: f32 = 0.85;
/// Characters of a plate in force; older ones have one fewer.
const FULL_LENGTH: usize = 8;
/// A longer text stands for a shorter one from this score.
const PART_SCORE: f32 = 0.5;
/// Where the seam between two lines is, of the plate's height.
const SPLIT: f32 = 0.5;
/// Margins round the plate at the first and at further looks, of its width and height.
const MARGINS: [f32; 3] = [0.0, 0.035, 0.08];
/// Between these probabilities of two lines both ways are tried when the likelier one gives no plate.
const EITHER: std::ops::Range<f32> = 0.05..0.95;
/// A character counts as legible from this confidence.
const LEGIBLE: f32 = 0.8;
/// Height of a cut line.
const LINE_HEIGHT: i32 = 48;

/// One way to read one plate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Where it is.
    pub quad: Quad,
    /// 1 or 2.
    pub lines: u8,
    /// Where the seam between two lines is, of the plate's height.
    pub split: f32,
    /// How much more than the plate is cut out, of its width and height, on each side.
    pub margin: f32,
}

/// Finds and reads plates. One value serves all cameras.
#[derive(Debug)]
pub struct PlateReader {
    plates: SessionPool,
    characters: Recognisers,
    texts: Option<SessionPool>,
    config: PlateReaderConfig,
}

impl PlateReader {
    /// Loads the models.
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
        let characters = Recognisers::load(runtime, store, settings, &config)?;
        let texts = config.text_fallback.then(|| runtime.pool(store, "ppocr-v6-det-tiny", settings));
        Ok(Self {
            plates: runtime.pool(store, "vg-plate-localiser", settings)?,
            characters,
            texts: texts.transpose()?,
            config,
        })
    }

    /// Every plate in a picture: a photo of a scene, or a crop that shows nothing but a plate.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn read_picture(&self, picture: &Rgb) -> Result<Vec<PlateRead>, VisionError> {
        if picture.width == 0 || picture.height == 0 {
            return Ok(Vec::new());
        }
        let hint = Hint::default();
        let mut reads = Vec::new();
        for plate in self.find(picture)?.iter().take(MAX_PLATES_OF_PICTURE) {
            reads.extend(self.read_plate(picture, plate, &hint)?);
        }
        reads.retain(|r| self.is_worth_telling(r));
        if let Some(texts) = self.texts.as_ref().filter(|_| reads.iter().all(|r| !r.reading.valid)) {
            reads.extend(self.read_texts(texts, picture)?);
            reads.retain(|r| self.is_worth_telling(r));
        }
        reads.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        let whole = reads.clone();
        reads.retain(|r| !whole.iter().any(|w| is_part_of(r, w)));
        Ok(apart(reads))
    }

    /// The plates of a whole picture, the surest first. A picture of 1920 × 1080 pixels takes two looks.
    fn find(&self, picture: &Rgb) -> Result<Vec<Plate>, VisionError> {
        let longer = picture.width.max(picture.height);
        let mut found = locate::find(&self.plates, picture, longer.clamp(VEHICLE_SIDE, PICTURE_SIDE), 0)?;
        if longer > LARGE_PX {
            found.extend(locate::find(&self.plates, picture, longer.min(LARGE_SIDE), 0)?);
        }
        if longer <= BARE_PLATE_PX && found.iter().all(|p| p.score < SURE) {
            // A plate that fills its picture is larger than those the network was made for.
            found.extend(locate::find(&self.plates, picture, BARE_SIDE, BARE_BORDER)?);
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut found = locate::apart(found);
        found.extend(bare(picture, found.is_empty()));
        Ok(found)
    }

    fn read_crop(&self, crop: &Rgb, hint: &Hint) -> Result<PlateOutcome, VisionError> {
        let found = locate::find(&self.plates, crop, VEHICLE_SIDE, 0)?;
        let outcome = self.best_of(crop, &found, hint)?;
        let (Some(texts), false) =
            (&self.texts, matches!(&outcome, PlateOutcome::Read(r) if r.reading.valid))
        else {
            return Ok(outcome);
        };
        let read = self.read_vehicle_texts(texts, crop, hint, self.config.min_line_px)?;
        Ok(match (outcome, read.filter(|r| self.is_clear(r))) {
            (PlateOutcome::Read(own), Some(read)) if worth(&own) >= worth(&read) => PlateOutcome::Read(own),
            (_, Some(read)) => PlateOutcome::Read(read),
            (outcome, None) => outcome,
        })
    }

    /// The best read of a vehicle's plates, or why there is none.
    fn best_of(&self, crop: &Rgb, plates: &[Plate], hint: &Hint) -> Result<PlateOutcome, VisionError> {
        let mut best: Option<PlateRead> = None;
        let mut seen: Option<PlateSeen> = None;
        for plate in plates.iter().take(MAX_PLATES_OF_VEHICLE) {
            let lines = if plate.two_lines >= 0.5 { 2.0 } else { 1.0 };
            if plate.quad.size().1 / lines < self.config.min_line_px {
                seen.get_or_insert_with(|| unread(crop, plate, NoReading::TooSmall, 0));
                continue;
            }
            let read = self.read_plate(crop, plate, hint)?;
            let Some(read) = read.clone().filter(|r| self.is_clear(r)) else {
                let legible = read.map_or(0, |r| r.characters.iter().filter(|c| c.prob >= LEGIBLE).count());
                seen.get_or_insert_with(|| unread(crop, plate, NoReading::Unreadable, legible as u8));
                continue;
            };
            let sure = read.reading.valid && read.score >= SURE;
            if best.as_ref().is_none_or(|b| worth(&read) > worth(b)) {
                best = Some(read);
            }
            if sure {
                break;
            }
        }
        Ok(match (best, seen) {
            (Some(read), _) => PlateOutcome::Read(read),
            (None, Some(seen)) => PlateOutcome::Seen(seen),
            (None, None) => PlateOutcome::Nothing(NoReading::NoPlateFound),
        })
    }

    /// Reads a plate; once more with other margins, and with the other number of lines, when that gives no clear text.
    fn read_plate(
        &self,
        picture: &Rgb,
        plate: &Plate,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let mut best: Option<PlateRead> = None;
        let two = plate.two_lines >= 0.5;
        let ways = MARGINS.map(|margin| (two, margin)).into_iter().chain([(!two, MARGINS[0])]);
        for (two, margin) in ways {
            let doubtful = best.as_ref().is_none_or(|b| !b.reading.valid);
            if two != (plate.two_lines >= 0.5) && !(doubtful && EITHER.contains(&plate.two_lines)) {
                continue;
            }
            let lines = if two { 2 } else { 1 };
            let look = Look { quad: plate.quad, lines, split: SPLIT, margin };
            let Some(read) = self.read_once(picture, &look, hint)? else { continue };
            // A long plate that was cut short can be a valid older one: look again.
            let short = !two && margin == 0.0 && read.reading.text.len() < FULL_LENGTH;
            let sure = read.reading.valid && read.score >= SURE && !short;
            if best.as_ref().is_none_or(|b| is_better(&read, b)) {
                best = Some(read);
            }
            if sure {
                break;
            }
        }
        Ok(best)
    }

    /// Reads the lines of `look`, cut flat.
    pub(super) fn read_once(
        &self,
        picture: &Rgb,
        look: &Look,
        hint: &Hint,
    ) -> Result<Option<PlateRead>, VisionError> {
        let colours = colour::of(picture, &look.quad, look.lines)?;
        let hint = &colour::with(hint, colours.as_ref());
        let read = self.characters.read(|network| cuts(network, picture, look), hint)?;
        Ok(read.map(|read| PlateRead {
            score: read.score,
            characters: read.characters,
            reading: read.reading,
            lines: look.lines,
            colour: colours.as_ref().map(|c| c.ground),
            bbox: look.quad.bounds().clip(picture.width, picture.height),
            corners: Some(look.quad.0),
        }))
    }

    /// What a vehicle's look tells: clear enough, and a plate or at least like one.
    fn is_clear(&self, read: &PlateRead) -> bool {
        read.score >= self.config.min_score && (read.reading.valid || plausible(&read.reading.text))
    }

    /// What a picture's list tells. A valid plate always; another text only when it is clear and at least looks like a plate.
    fn is_worth_telling(&self, read: &PlateRead) -> bool {
        read.reading.valid || (read.score >= self.config.min_score && plausible(&read.reading.text))
    }
}

/// The lines of a plate as `network` wants them, top to bottom.
fn cuts(network: &CharacterReader, picture: &Rgb, look: &Look) -> Result<Vec<Rgb>, VisionError> {
    let bands = network.bands(look.lines, look.split);
    let last = bands.len() - 1;
    let cut_band = |(i, (top, bottom)): (usize, (f32, f32))| {
        let above = if i == 0 { look.margin } else { 0.0 };
        let below = if i == last { look.margin } else { 0.0 };
        let band = look.quad.band(top - above, bottom + below, look.margin);
        let (width, height) = network.cut_size(look.lines).unwrap_or_else(|| {
            ((band.aspect() * LINE_HEIGHT as f32).round().clamp(16.0, 480.0) as i32, LINE_HEIGHT)
        });
        cut(picture, &band, width, height)
    };
    bands.into_iter().enumerate().map(cut_band).collect()
}

impl ReadPlate for PlateReader {
    fn read(&self, picture: &I420, vehicle: &BBox, class: ObjectClass) -> Result<PlateOutcome, VisionError> {
        let (crop, [x, y]) = Rgb::from_i420(picture, vehicle);
        let mut outcome = self.read_crop(&crop, &hint_for(Some(class)))?;
        outcome.shift(x as f32, y as f32);
        Ok(outcome)
    }

    fn models(&self) -> Vec<(String, String)> {
        let own = std::iter::once(&self.plates).chain(self.characters.pools()).chain(self.texts.as_ref());
        own.map(|p| (p.id().to_owned(), p.sha256().to_owned())).collect()
    }
}

/// A plate without a text.
fn unread(crop: &Rgb, plate: &Plate, reason: NoReading, legible: u8) -> PlateSeen {
    PlateSeen {
        reason,
        bbox: plate.quad.bounds().clip(crop.width, crop.height),
        corners: Some(plate.quad.0),
        score: plate.score,
        legible,
        colour: None,
    }
}

/// The whole picture as a plate: a long one always when it has the shape, one of two lines when no other was found.
fn bare(picture: &Rgb, alone: bool) -> Option<Plate> {
    if picture.width.max(picture.height) > BARE_PLATE_PX {
        return None;
    }
    let (w, h) = (picture.width as f32, picture.height as f32);
    let quad = Quad::upright(&BBox { x: 0.0, y: 0.0, w, h });
    let two_lines = match quad.aspect() {
        a if (2.6..7.0).contains(&a) => 0.0,
        a if (0.9..2.6).contains(&a) && alone && picture.width < SMALL_PX => 1.0,
        _ => return None,
    };
    Some(Plate { quad, score: 0.0, two_lines, hidden: 0.0 })
}

/// What is reported although it is no plate that can be issued: it must at least look like one.
fn plausible(text: &str) -> bool {
    (6..=10).contains(&text.len()) && text.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// For choosing between reads of one place: a valid text is worth more than any that is not.
pub(super) fn worth(read: &PlateRead) -> f32 {
    let valid = if read.reading.valid { 1.0 } else { 0.0 };
    valid + read.score - 0.1 * read.reading.edits.len() as f32
}

/// Whether `a` is what is left of `b` when its ends are cut off.
fn is_part_of(a: &PlateRead, b: &PlateRead) -> bool {
    let (part, whole) = (&a.reading.text, &b.reading.text);
    let together = a.bbox.intersect(&b.bbox).area() > 0.5 * a.bbox.area();
    b.reading.valid
        && together
        && b.score >= PART_SCORE
        && part.len() < whole.len()
        && whole.contains(part.as_str())
}

/// Whether the read `a` of a place is to be preferred to `b`.
fn is_better(a: &PlateRead, b: &PlateRead) -> bool {
    is_part_of(b, a) || (!is_part_of(a, b) && worth(a) > worth(b))
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
