//! From a picture to faces with quality and vector.

use serde::{Deserialize, Serialize};
use wire::FaceVector;

use super::align;
use super::decode::Face;
use super::liveness::{Liveness, LivenessModel};
use super::quality::{self, Quality, QualityConfig, Refusal};
use super::sface::SFace;
use super::yunet::YuNet;
use crate::frame::I420;
use crate::geometry::BBox;
use crate::vision::{ModelStore, Rgb, Runtime, SessionSettings, VisionError};

/// How faces are found and judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaceReaderConfig {
    /// Faces below this score are not reported at all. Those between it and `quality.score` are reported and refused.
    pub min_score: f32,
    /// Longest side at which a whole picture is searched, pixels. More finds smaller faces and costs more.
    pub picture_side_px: u32,
    /// The same for the crop of one person.
    pub person_side_px: u32,
    /// A face is clearly the nearest when it is this many times as large as the next.
    pub nearest_ratio: f32,
    /// Whether the liveness hint is given. It is unproven and decides nothing.
    pub liveness: bool,
    /// The quality gate.
    pub quality: QualityConfig,
}

impl Default for FaceReaderConfig {
    fn default() -> Self {
        Self {
            min_score: 0.6,
            picture_side_px: 640,
            person_side_px: 320,
            nearest_ratio: 1.4,
            liveness: true,
            quality: QualityConfig::default(),
        }
    }
}

impl FaceReaderConfig {
    /// What cannot be.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.quality.problems();
        if !(self.min_score > 0.0 && self.min_score < 1.0) {
            problems.push("min_score must be between 0 and 1".to_owned());
        }
        if [self.picture_side_px, self.person_side_px].iter().any(|side| !(96..=4096).contains(side)) {
            problems.push("picture_side_px and person_side_px must be 96 to 4096".to_owned());
        }
        if self.nearest_ratio.is_nan() || self.nearest_ratio < 1.0 {
            problems.push("nearest_ratio must be at least 1".to_owned());
        }
        problems
    }
}

/// One face in one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceReading {
    /// Where it is, pixels of the picture.
    pub face: Face,
    /// How good it is.
    pub quality: Quality,
    /// Its vector; `None` exactly when the quality gate refused: a vector of a bad picture invites a comparison that means
    /// nothing.
    pub vector: Option<FaceVector>,
    /// Advisory and unproven; `None` when refused or switched off.
    pub liveness: Option<Liveness>,
}

/// Why a picture gives no subject for a check of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSubject {
    /// There is no face.
    #[error("no face in the picture")]
    NoFace,
    /// Several, and none is clearly the nearest: whose papers are being checked cannot be known.
    #[error("several faces, and none is clearly the nearest: let one person step forward")]
    Ambiguous,
    /// The nearest face is not good enough.
    #[error("the nearest face is refused: {}", .0.as_str())]
    Refused(Refusal),
}

/// The outside of a face reader; tests give the pipeline a fake one.
pub trait ReadFaces: Send + Sync {
    /// The face of the person inside `person` (pixels of `picture`), if one is seen.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    fn read_person(&self, picture: &I420, person: &BBox) -> Result<Option<FaceReading>, VisionError>;
}

/// YuNet, the quality gate and SFace. One value serves all cameras.
#[derive(Debug)]
pub struct FaceReader {
    detector: YuNet,
    vectors: SFace,
    liveness: Option<LivenessModel>,
    config: FaceReaderConfig,
}

impl FaceReader {
    /// Loads the models.
    ///
    /// # Errors
    /// Those of [`Runtime::pool`]; [`VisionError::Missing`] says how the models of faces are fetched.
    pub fn load(
        runtime: &Runtime,
        store: &ModelStore,
        settings: &SessionSettings,
        config: FaceReaderConfig,
    ) -> Result<Self, VisionError> {
        let detector = YuNet::load(runtime, store, settings)?;
        let vectors = SFace::load(runtime, store, settings)?;
        let liveness = config.liveness.then(|| LivenessModel::load(runtime, store, settings)).transpose()?;
        Ok(Self { detector, vectors, liveness, config })
    }

    /// Id and SHA-256 of the models behind it.
    pub fn models(&self) -> [(&str, &str); 2] {
        [self.detector.model(), self.vectors.model()]
    }

    /// Every face of a picture, largest first.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn read_picture(&self, picture: &Rgb) -> Result<Vec<FaceReading>, VisionError> {
        self.read(picture, self.config.picture_side_px)
    }

    /// The face that a check of one person is about.
    ///
    /// # Errors
    /// [`NoSubject`]: the reason is for the person at the gate.
    pub fn subject<'a>(&self, faces: &'a [FaceReading]) -> Result<&'a FaceReading, NoSubject> {
        subject(faces, self.config.nearest_ratio)
    }

    fn read(&self, picture: &Rgb, side_px: u32) -> Result<Vec<FaceReading>, VisionError> {
        let mut faces = self.detector.detect(picture, side_px, self.config.min_score)?;
        faces.sort_by(|a, b| b.bbox.area().total_cmp(&a.bbox.area()));
        faces.into_iter().map(|face| self.look(picture, face)).collect()
    }

    fn look(&self, picture: &Rgb, face: Face) -> Result<FaceReading, VisionError> {
        let aligned = align::aligned(picture, &face.landmarks)?;
        let size = (picture.width, picture.height);
        let quality = quality::judge(&face, aligned.as_ref(), size, &self.config.quality);
        let Some(aligned) = aligned.filter(|_| quality.refusals.is_empty()) else {
            return Ok(FaceReading { face, quality, vector: None, liveness: None });
        };
        let vector = Some(self.vectors.vector(&aligned)?);
        let look = |model: &LivenessModel| model.look(picture, &face.bbox);
        let liveness = self.liveness.as_ref().map(look).transpose()?;
        Ok(FaceReading { face, quality, vector, liveness })
    }
}

impl ReadFaces for FaceReader {
    fn read_person(&self, picture: &I420, person: &BBox) -> Result<Option<FaceReading>, VisionError> {
        let area = head_area(person, picture.width, picture.height);
        if area.area() < 1.0 {
            return Ok(None);
        }
        let (crop, corner) = Rgb::from_i420(picture, &area);
        let faces = self.read(&crop, self.config.person_side_px)?;
        let [dx, dy] = corner.map(|c| c as f32);
        let mapped = faces.into_iter().map(|mut reading| {
            reading.face = reading.face.mapped(1.0, dx, dy);
            reading
        });
        // Others may stand in the box too: the person's own face is the largest one near the middle of it.
        let centre = person.centre().x;
        let own = |reading: &FaceReading| {
            let off = (reading.face.bbox.centre().x - centre).abs() / person.w.max(1.0);
            reading.face.bbox.area() * (1.0 - off).max(0.0)
        };
        Ok(mapped.max_by(|a, b| own(a).total_cmp(&own(b))))
    }
}

/// The upper half of a person, a little wider than the box: hats and raised chins reach beyond it.
fn head_area(person: &BBox, width: u32, height: u32) -> BBox {
    let margin = 0.1 * person.w;
    BBox {
        x: person.x - margin,
        y: person.y - margin,
        w: person.w + 2.0 * margin,
        h: (0.5 * person.h).max(person.w) + margin,
    }
    .clip(width, height)
}

/// The largest face, if it is `ratio` times as large (by the side of its box) as the next and good enough.
///
/// # Errors
/// [`NoSubject`].
pub fn subject(faces: &[FaceReading], ratio: f32) -> Result<&FaceReading, NoSubject> {
    let side = |reading: &FaceReading| reading.face.bbox.area().sqrt();
    let mut order: Vec<&FaceReading> = faces.iter().collect();
    order.sort_by(|a, b| side(b).total_cmp(&side(a)));
    let nearest = match order.as_slice() {
        [] => return Err(NoSubject::NoFace),
        [only] => *only,
        [first, second, ..] if side(first) >= ratio * side(second) => *first,
        _ => return Err(NoSubject::Ambiguous),
    };
    nearest.quality.refused().map_or(Ok(nearest), |why| Err(NoSubject::Refused(why)))
}
