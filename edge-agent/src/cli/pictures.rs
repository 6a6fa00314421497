//! What the commands over picture files share: finding the files, one line per picture, the exit code.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Endings that are looked for in folders. A file named on the command line is tried whatever its name.
const PICTURES: [&str; 5] = ["jpg", "jpeg", "png", "bmp", "webp"];

/// What one command finds in one picture. Its fields stand between `file` and `ms` of the JSON line; the default (found
/// nothing) stands beside `error`.
pub trait Findings: Serialize + Default {
    /// The same in a few words for a person, without the file's name.
    fn human(&self) -> String;
}

/// One output line.
#[derive(Debug, Serialize)]
struct Line<'a, F> {
    /// Not a path: names that are no UTF-8 get their line too.
    file: Cow<'a, str>,
    #[serde(flatten)]
    found: F,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Opening the file included.
    ms: f64,
}

/// Calls `read` with every file named by `paths` and every picture below the folders among them, and prints a line for
/// each. Ends early, without an error, when nobody reads the lines any more.
///
/// # Errors
/// A folder that cannot be listed; after all lines are printed, at least one file for which `read` failed.
pub fn each<F: Findings, E: Display>(
    paths: &[PathBuf],
    json: bool,
    mut read: impl FnMut(&Path) -> Result<F, E>,
) -> anyhow::Result<()> {
    let files = files(paths)?;
    let bar = progress(files.len());
    let mut failed = 0usize;
    for file in &files {
        let start = Instant::now();
        let (found, error) = match read(file) {
            Ok(found) => (found, None),
            Err(e) => (F::default(), Some(e.to_string())),
        };
        let ms = (start.elapsed().as_secs_f64() * 1e4).round() / 10.0;
        failed += usize::from(error.is_some());
        if !print(&Line { file: file.to_string_lossy(), found, error, ms }, json)? {
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

/// Three decimals: what a score in a JSON line is given with.
pub fn thousandths(score: f32) -> f32 {
    (score * 1000.0).round() / 1000.0
}

/// Writes one line; `false` when nobody reads any more (`| head`).
fn print<F: Findings>(line: &Line<'_, F>, json: bool) -> anyhow::Result<bool> {
    let text = if json { serde_json::to_string(line)? } else { human(line) };
    match writeln!(std::io::stdout().lock(), "{text}") {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(e.into()),
    }
}

fn human<F: Findings>(line: &Line<'_, F>) -> String {
    match &line.error {
        Some(error) => format!("{}: {error}", line.file),
        None => format!("{}: {}", line.file, line.found.human()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Serialize)]
    struct Dots {
        dots: Vec<u8>,
    }

    impl Findings for Dots {
        fn human(&self) -> String {
            format!("{} dots", self.dots.len())
        }
    }

    #[test]
    fn a_line_has_file_findings_and_time_in_this_order() {
        let line = Line { file: "a.jpg".into(), found: Dots { dots: vec![1, 2] }, error: None, ms: 1.5 };
        assert_eq!(serde_json::to_string(&line).unwrap(), r#"{"file":"a.jpg","dots":[1,2],"ms":1.5}"#);
        assert_eq!(human(&line), "a.jpg: 2 dots");
    }

    #[test]
    fn a_file_that_fails_keeps_its_line_and_fails_the_command_after_the_others() {
        let mut seen = Vec::new();
        let paths = [PathBuf::from("no-such-file"), PathBuf::from("another")];
        let result = each(&paths, true, |path| {
            seen.push(path.to_owned());
            if path.ends_with("another") { Ok(Dots::default()) } else { Err("is not there") }
        });
        assert_eq!(seen, paths);
        assert_eq!(result.unwrap_err().to_string(), "1 of 2 files could not be read");
        let line = Line { file: "a".into(), found: Dots::default(), error: Some("bad".into()), ms: 0.0 };
        assert_eq!(serde_json::to_string(&line).unwrap(), r#"{"file":"a","dots":[],"error":"bad","ms":0.0}"#);
    }

    #[test]
    fn folders_give_their_pictures_in_order_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deeper")).unwrap();
        for name in ["b.PNG", "a.jpg", "notes.txt", "deeper/c.webp"] {
            std::fs::write(folder.path().join(name), []).unwrap();
        }
        let found = files(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().map(|f| f.strip_prefix(folder.path()).unwrap().to_owned()).collect();
        assert_eq!(names, ["a.jpg", "b.PNG", "deeper/c.webp"].map(PathBuf::from));
    }
}
