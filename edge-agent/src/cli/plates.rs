//! `edge-agent plates`: reads the plates in picture files.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::pictures::{self, Findings};
use crate::vision::plate::Recogniser;
use crate::vision::{
    ModelStore, PlateRead, PlateReader, PlateReaderConfig, Rgb, Runtime, SessionSettings, VisionError,
};

/// Reads licence plates in pictures.
///
/// Photos of streets and gates and crops of single plates both work. One line is printed per picture; boxes are left,
/// top, width and height in pixels of the picture. A file that is no readable picture gives a line with `error` and,
/// after all others are done, exit code 1.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  edge-agent plates gate.jpg\n  edge-agent plates --json ./photos > plates.jsonl\n\n\
    The models are looked for in VG_MODELS_DIR, .cache/models and models; `edge-agent models --fetch` installs them."
)]
pub struct PlatesArgs {
    /// Picture files, or folders whose pictures are read (JPEG, PNG, BMP, WebP; subfolders too).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// One JSON object per picture: file, plates (text, display, raw, valid, kind, score, box, lines, edits,
    /// ambiguous, colour, candidates, country), ms.
    #[arg(long)]
    json: bool,
    /// Use the small, fast recogniser: a quarter of the time, more errors.
    #[arg(long)]
    fast: bool,
    /// Also print plates whose text cannot have been issued.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    invalid: bool,
}

/// What one picture shows.
#[derive(Debug, Default, Serialize)]
struct Plates {
    plates: Vec<Plate>,
}

#[derive(Debug, Serialize)]
struct Plate {
    text: String,
    display: String,
    raw: String,
    valid: bool,
    kind: Option<&'static str>,
    score: f32,
    #[serde(rename = "box")]
    bbox: [i32; 4],
    lines: u8,
    edits: Vec<String>,
    ambiguous: Vec<String>,
    colour: Option<Colour>,
    candidates: Vec<Candidate>,
    country: Option<&'static str>,
}

/// Background of a plate, and how sure.
#[derive(Debug, Serialize)]
struct Colour {
    value: &'static str,
    score: f32,
}

/// One way to understand the characters.
#[derive(Debug, Serialize)]
struct Candidate {
    text: String,
    display: String,
    kind: &'static str,
    class: Option<&'static str>,
}

/// Runs the command.
///
/// # Errors
/// Models or library missing or wrong, a path that does not exist, or at least one file that is no picture.
pub fn run(args: PlatesArgs) -> anyhow::Result<()> {
    let store = ModelStore::find()?;
    let runtime = Runtime::from_store(&store)?;
    let recogniser = if args.fast { Recogniser::Tiny } else { Recogniser::Small };
    let config = PlateReaderConfig { recogniser, ..PlateReaderConfig::default() };
    let reader = PlateReader::load(&runtime, &store, &SessionSettings::default(), config)?;
    pictures::each(&args.paths, args.json, |file| {
        let plates = reader.read_picture(&Rgb::open(file)?)?;
        let shown = plates.into_iter().filter(|p| args.invalid || p.reading.valid);
        Ok::<_, VisionError>(Plates { plates: shown.map(Plate::from).collect() })
    })
}

impl Findings for Plates {
    fn human(&self) -> String {
        if self.plates.is_empty() {
            return "no plate".to_owned();
        }
        let plates: Vec<String> = self
            .plates
            .iter()
            .map(|p| {
                format!(
                    "{}{} {:.2}",
                    p.display,
                    if p.valid { "" } else { " (not a plate that can be issued)" },
                    p.score
                )
            })
            .collect();
        plates.join(", ")
    }
}

impl From<&wire::plate::Plate> for Candidate {
    fn from(plate: &wire::plate::Plate) -> Self {
        Self {
            text: plate.canonical.clone(),
            display: plate.display(),
            kind: plate.kind.as_str(),
            class: plate.class().map(|class| class.as_str()),
        }
    }
}

impl From<PlateRead> for Plate {
    fn from(read: PlateRead) -> Self {
        Self {
            score: pictures::thousandths(read.score),
            bbox: read.bbox.rounded(),
            lines: read.lines,
            valid: read.reading.valid,
            kind: read.reading.kind.map(|k| k.as_str()),
            text: read.reading.text,
            display: read.reading.display,
            raw: read.reading.raw,
            edits: read.reading.edits.iter().map(ToString::to_string).collect(),
            colour: read
                .colour
                .map(|c| Colour { value: c.value.as_str(), score: pictures::thousandths(c.score) }),
            country: read.reading.country.map(|country| country.as_str()),
            candidates: read.reading.candidates.iter().map(Candidate::from).collect(),
            ambiguous: read.reading.ambiguous,
        }
    }
}
