//! `edge-agent detect`: finds people and vehicles in picture files.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::pictures::{self, Findings};
use crate::detection::{Detection, ObjectClass};
use crate::vision::{
    Detect, Detections, Detector, DetectorConfig, ModelStore, ObjectModel, Rgb, Runtime, SessionSettings,
    VisionError,
};

/// Finds people and vehicles in pictures.
///
/// One line is printed per picture; boxes are left, top, width and height in pixels of the picture, the surest first. A
/// person with `rides` sits on the object of that number, counted from 0. A file that is no readable picture gives a line
/// with `error` and, after all others are done, exit code 1.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  edge-agent detect street.jpg\n  edge-agent detect --json ./photos > objects.jsonl\n\n\
    The models are looked for in VG_MODELS_DIR, .cache/models and models; `edge-agent models --fetch` installs them."
)]
pub struct DetectArgs {
    /// Picture files, or folders whose pictures are read (JPEG, PNG, BMP, WebP; subfolders too).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// One JSON object per picture: file, objects (class, score, box, rides), ms.
    #[arg(long)]
    json: bool,
    /// Boxes below this score are left out, 0 to 1.
    #[arg(long, default_value_t = 0.25, value_parser = score, value_name = "SCORE")]
    min_score: f32,
    /// The network: street-s-544 for streets, picodet-s-416 for gates, where vehicles fill much of the picture.
    #[arg(long, value_enum, default_value_t = ObjectModel::StreetS544)]
    model: ObjectModel,
}

/// What one picture shows.
#[derive(Debug, Default, Serialize)]
struct Objects {
    objects: Vec<Object>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Object {
    class: ObjectClass,
    score: f32,
    #[serde(rename = "box")]
    bbox: [i32; 4],
    /// The object that this person sits on.
    #[serde(skip_serializing_if = "Option::is_none")]
    rides: Option<usize>,
}

/// Runs the command.
///
/// # Errors
/// Models or library missing or wrong, a folder that cannot be listed, or at least one file that is no picture.
pub fn run(args: DetectArgs) -> anyhow::Result<()> {
    let store = ModelStore::find()?;
    let runtime = Runtime::from_store(&store)?;
    let config = DetectorConfig { model: args.model, min_score: args.min_score, ..DetectorConfig::default() };
    let detector = Detector::load(&runtime, &store, &SessionSettings::default(), config)?;
    pictures::each(&args.paths, args.json, |file| {
        let found = detector.detect(&Rgb::open(file)?.to_i420())?;
        Ok::<_, VisionError>(Objects { objects: objects(&found) })
    })
}

fn score(text: &str) -> Result<f32, String> {
    let score: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&score) { Ok(score) } else { Err("expected 0 to 1".to_owned()) }
}

/// Everything found, riders too, the surest first.
fn objects(found: &Detections) -> Vec<Object> {
    let alone = found.objects.iter().map(|d| (d, None));
    let riders = found.riders.iter().map(|r| (&r.person, Some(r.vehicle)));
    let mut all: Vec<(usize, (&Detection, Option<usize>))> = alone.chain(riders).enumerate().collect();
    all.sort_by(|a, b| b.1.0.score.total_cmp(&a.1.0.score));
    let place = |vehicle| all.iter().position(|(index, _)| *index == vehicle);
    all.iter()
        .map(|(_, (d, rides))| Object {
            class: d.class,
            score: pictures::thousandths(d.score),
            bbox: d.bbox.rounded(),
            rides: rides.and_then(place),
        })
        .collect()
}

impl Findings for Objects {
    fn human(&self) -> String {
        if self.objects.is_empty() {
            return "nobody and no vehicle".to_owned();
        }
        let one = |o: &Object| {
            let rider = if o.rides.is_some() { " (rides)" } else { "" };
            format!("{}{rider} {:.2}", crate::pipeline::class_word(o.class), o.score)
        };
        self.objects.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::BBox;
    use crate::vision::Rider;

    fn det(class: ObjectClass, score: f32) -> Detection {
        Detection { bbox: BBox { x: 1.0, y: 2.0, w: 3.0, h: 4.4 }, score, class }
    }

    #[test]
    fn riders_stand_among_the_objects_and_name_what_they_sit_on() {
        let found = Detections {
            objects: vec![det(ObjectClass::Car, 0.3), det(ObjectClass::Motorcycle, 0.52)],
            riders: vec![Rider { person: det(ObjectClass::Person, 0.9), vehicle: 1 }],
            ..Detections::default()
        };
        let shown = Objects { objects: objects(&found) };
        assert_eq!(
            serde_json::to_string(&shown).unwrap(),
            r#"{"objects":[{"class":"person","score":0.9,"box":[1,2,3,4],"rides":1},{"class":"motorcycle","score":0.52,"box":[1,2,3,4]},{"class":"car","score":0.3,"box":[1,2,3,4]}]}"#
        );
        assert_eq!(shown.human(), "person (rides) 0.90, motorcycle 0.52, car 0.30");
    }

    #[test]
    fn a_score_is_a_number_from_0_to_1() {
        assert_eq!(score("0.25"), Ok(0.25));
        for wrong in ["1.2", "-0.1", "NaN", "half"] {
            assert!(score(wrong).is_err(), "{wrong}");
        }
    }
}
