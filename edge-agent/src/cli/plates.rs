//! `edge-agent plates`: reads the plates in picture files.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::vision::plate::Recogniser;
use crate::vision::{ModelStore, PlateRead, PlateReader, PlateReaderConfig, Rgb, Runtime, SessionSettings};

/// Endings that are looked for in folders. A file named on the command line is tried whatever its name.
const PICTURES: [&str; 5] = ["jpg", "jpeg", "png", "bmp", "webp"];

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
    /// One JSON object per picture: file, plates (text, display, raw, valid, kind, score, box, lines), ms.
    #[arg(long)]
    json: bool,
    /// Use the small, fast recogniser: a quarter of the time, more errors.
    #[arg(long)]
    fast: bool,
    /// Also print plates whose text cannot have been issued.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    invalid: bool,
}

/// One output line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a Path,
    plates: Vec<Plate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    ms: f64,
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
}

/// Runs the command.
///
/// # Errors
/// Models or library missing or wrong, a path that does not exist, or at least one file that is no picture.
pub fn run(args: PlatesArgs) -> anyhow::Result<()> {
    let files = files(&args.paths)?;
    let store = ModelStore::find()?;
    let runtime = Runtime::from_store(&store)?;
    let recogniser = if args.fast { Recogniser::Tiny } else { Recogniser::Small };
    let config = PlateReaderConfig { recogniser, ..PlateReaderConfig::default() };
    let reader = PlateReader::load(&runtime, &store, &SessionSettings::default(), config)?;

    let bar = progress(files.len());
    let mut failed = 0usize;
    for file in &files {
        let start = Instant::now();
        let read = Rgb::open(file).and_then(|picture| reader.read_picture(&picture));
        let ms = (start.elapsed().as_secs_f64() * 1e4).round() / 10.0;
        failed += usize::from(read.is_err());
        let (plates, error) = match read {
            Ok(plates) => (plates, None),
            Err(e) => (Vec::new(), Some(e.to_string())),
        };
        let plates =
            plates.into_iter().filter(|p| args.invalid || p.reading.valid).map(Plate::from).collect();
        let line = Line { file, plates, error, ms };
        if !print(&line, args.json)? {
            return Ok(());
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if failed > 0 {
        bail!("{failed} of {} files could not be read", files.len());
    }
    Ok(())
}

/// Writes one line; `false` when nobody reads any more (`| head`).
fn print(line: &Line<'_>, json: bool) -> anyhow::Result<bool> {
    let text = if json { serde_json::to_string(line)? } else { human(line) };
    match writeln!(std::io::stdout().lock(), "{text}") {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(e.into()),
    }
}

fn human(line: &Line<'_>) -> String {
    let file = line.file.display();
    if let Some(error) = &line.error {
        return format!("{file}: {error}");
    }
    if line.plates.is_empty() {
        return format!("{file}: no plate");
    }
    let plates: Vec<String> = line
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
    format!("{file}: {}", plates.join(", "))
}

impl From<PlateRead> for Plate {
    fn from(read: PlateRead) -> Self {
        Self {
            score: (read.score * 1000.0).round() / 1000.0,
            bbox: read.bbox.rounded(),
            lines: read.lines,
            valid: read.reading.valid,
            kind: read.reading.kind.map(|k| k.as_str()),
            text: read.reading.text,
            display: read.reading.display,
            raw: read.reading.raw,
            edits: read.reading.edits,
            ambiguous: read.reading.ambiguous,
        }
    }
}

/// Files named, and the pictures below folders named, in a stable order.
fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        // What is not there gets its own line with an error, like any other file that cannot be read.
        if path.is_dir() {
            below(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let list =
        std::fs::read_dir(folder).with_context(|| format!("{}: cannot list the folder", folder.display()))?;
    let mut entries: Vec<PathBuf> = list.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    for entry in entries {
        // A link to a folder above would never end.
        if entry.is_dir() && !entry.is_symlink() {
            below(&entry, found)?;
        } else if entry
            .extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| PICTURES.contains(&e.to_lowercase().as_str()))
        {
            found.push(entry);
        }
    }
    Ok(())
}

/// A bar on stderr when both it is a terminal and the lines do not go there too.
fn progress(files: usize) -> ProgressBar {
    if files < 5 || !std::io::stderr().is_terminal() || std::io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} pictures, {eta} left");
    ProgressBar::new(files as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
