//! `edge-agent faces`: the faces in picture files, their quality and their vectors.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::pictures::{self, Findings, thousandths};
use crate::vision::face::quality::Measures;
use crate::vision::face::{FaceReader, FaceReaderConfig, FaceReading, Refusal};
use crate::vision::{ModelStore, Rgb, Runtime, SessionSettings, VisionError};

/// Finds faces in pictures, says how good each is, and prints its vector.
///
/// For trying out cameras and measuring error rates. It works whether or not a site has faces switched on, keeps nothing, and its
/// output is biometric data: handle it as such. A face that the quality gate refuses has no vector. A file that is no readable
/// picture gives a line with `error` and, after all others are done, exit code 1.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  edge-agent faces visitor.jpg\n  edge-agent faces --json ./photos > faces.jsonl\n\n\
    Needs the models of faces: `edge-agent models --fetch --with faces` installs them."
)]
pub struct FacesArgs {
    /// Picture files, or folders whose pictures are read (JPEG, PNG, BMP, WebP; subfolders too).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// One JSON object per picture: file, faces (box, landmarks, score, quality, refused, reasons, measures, model, vector, liveness), ms.
    #[arg(long)]
    json: bool,
}

/// What is in one picture, largest face first.
#[derive(Debug, Default, Serialize)]
struct Faces {
    faces: Vec<Face>,
}

#[derive(Debug, Serialize)]
struct Face {
    /// Left, top, width, height in pixels.
    #[serde(rename = "box")]
    bbox: [i32; 4],
    /// Left eye, right eye, nose, left and right corner of the mouth, as seen in the picture.
    landmarks: [[f32; 2]; 5],
    score: f32,
    /// 0 to 1; 0 when refused.
    quality: f32,
    /// The weightiest reason against, or null.
    refused: Option<Refusal>,
    /// All reasons.
    reasons: Vec<Refusal>,
    /// What the gate measured.
    measures: Option<Measures>,
    /// Model of the vector; vectors of two models cannot be compared.
    model: Option<String>,
    /// Unit length; null exactly when refused.
    vector: Option<Vec<f32>>,
    /// A hint that decides nothing; null when refused.
    liveness: Option<Liveness>,
}

/// Never without the word that it is unproven.
#[derive(Debug, Serialize)]
struct Liveness {
    /// Towards 1: a present person, says the model.
    live: f32,
    note: &'static str,
}

impl From<FaceReading> for Face {
    fn from(reading: FaceReading) -> Self {
        let (face, quality) = (reading.face, reading.quality);
        Self {
            bbox: face.bbox.rounded(),
            landmarks: face.landmarks.map(|p| [tenth(p.x), tenth(p.y)]),
            score: thousandths(face.score),
            quality: thousandths(quality.number),
            refused: quality.refused(),
            measures: quality.measures.map(|m| m.rounded()),
            reasons: quality.refusals,
            model: reading.vector.as_ref().map(|v| v.model().to_string()),
            vector: reading.vector.map(|v| v.values().to_vec()),
            liveness: reading
                .liveness
                .map(|l| Liveness { live: thousandths(l.live), note: "advisory, unproven" }),
        }
    }
}

impl Findings for Faces {
    fn human(&self) -> String {
        if self.faces.is_empty() {
            return "no face".to_owned();
        }
        let one = |face: &Face| {
            let [x, y, w, h] = face.bbox;
            let verdict = match face.refused {
                Some(why) => format!("refused: {}", why.as_str()),
                None => format!("quality {:.2}", face.quality),
            };
            format!("face {w}x{h} at {x},{y} ({verdict})")
        };
        self.faces.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

fn tenth(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

/// Runs the command.
///
/// # Errors
/// Models or library missing or wrong, or at least one file that is no picture.
pub fn run(args: FacesArgs) -> anyhow::Result<()> {
    let store = ModelStore::find()?;
    let runtime = Runtime::from_store(&store)?;
    let reader =
        FaceReader::load(&runtime, &store, &SessionSettings::default(), FaceReaderConfig::default())?;
    pictures::each(&args.paths, args.json, |file| -> Result<Faces, VisionError> {
        let faces = reader.read_picture(&Rgb::open(file)?)?;
        Ok(Faces { faces: faces.into_iter().map(Face::from).collect() })
    })
}
