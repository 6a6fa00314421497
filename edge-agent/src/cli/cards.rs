//! `edge-agent cards`: identity cards in pictures, or from a reader.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use wire::identity::{IdentityError, Mismatch, TrustLevel, Warning};

use super::pictures::{self, Findings};
use crate::cards::chip::simulator::{self, Scenario};
use crate::cards::{CardReaderConfig, PictureCard, ReaderError, Scan, SeenCard, of_picture, open, today};
use crate::config::Config;
use crate::vision::qr::Grey;
use crate::vision::{Rgb, VisionError};

/// Reads identity cards: their QR codes in pictures, or live from a configured reader.
///
/// One line is printed per picture or scan. A number is masked and a name left out unless --show-personal is given. A QR
/// code is not signed: what it says is a claim (trust `qr_only`). A QR code that is no card is reported with the reason,
/// never with its content. A file that is no readable picture gives a line with `error` and, after all others are done,
/// exit code 1.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  edge-agent cards --json ./photos\n  edge-agent cards --reader doc-the-1 --config edge-agent.toml\n  \
    edge-agent cards --simulate good --listen 127.0.0.1:4077"
)]
pub struct CardsArgs {
    /// Picture files, or folders whose pictures are read (JPEG, PNG, BMP, WebP; subfolders too).
    #[arg(required_unless_present_any = ["reader", "simulate"], conflicts_with_all = ["reader", "simulate"], value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// One JSON object per picture (file, cards, ms) or per scan.
    #[arg(long)]
    json: bool,
    /// Print numbers, names and dates of birth in full. Whoever sees the output must be allowed to.
    #[arg(long)]
    show_personal: bool,
    /// Read from this [[card_reader]] of the configuration until stopped.
    #[arg(long, value_name = "ID", requires = "config", conflicts_with = "simulate")]
    reader: Option<String>,
    /// Configuration file; see configs/edge-agent.toml.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Stop after so many scans.
    #[arg(long, value_name = "N", requires = "reader")]
    count: Option<u64>,
    /// Stop after so many seconds.
    #[arg(long, value_name = "S", requires = "reader")]
    seconds: Option<u64>,
    /// Be a chip reader, for trying without one.
    #[arg(long, value_enum, value_name = "SCENARIO")]
    simulate: Option<Scenario>,
    /// Where the simulated reader listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4077")]
    listen: String,
}

/// What was found in one picture.
#[derive(Debug, Default, Serialize)]
struct Cards {
    cards: Vec<Card>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_a_card: Vec<NotACard>,
}

/// One card. Fields that may be hidden are `null` then.
#[derive(Debug, Serialize)]
struct Card {
    number: String,
    masked: bool,
    name: Option<String>,
    born: Option<String>,
    birth_year: i16,
    gender: wire::identity::Gender,
    trust: TrustLevel,
    /// Contradictions that an operator must look at.
    check_id: Vec<Mismatch>,
    warnings: Vec<Warning>,
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    bounds: Option<[i32; 4]>,
}

/// A QR code that is no card, without its content.
#[derive(Debug, Serialize)]
struct NotACard {
    reason: &'static str,
    message: String,
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    bounds: Option<[i32; 4]>,
}

/// One scan of a reader.
#[derive(Debug, Serialize)]
struct Scanned<'a> {
    reader: &'a str,
    #[serde(flatten)]
    found: Cards,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<crate::cards::chip::ChipFault>,
}

/// Runs the command.
///
/// # Errors
/// At least one file that is no picture; a reader that cannot be used; a configuration with faults.
pub fn run(args: CardsArgs) -> anyhow::Result<()> {
    if let Some(scenario) = args.simulate {
        let listener =
            TcpListener::bind(&args.listen).with_context(|| format!("cannot listen at {}", args.listen))?;
        println!("simulated chip reader at {}", listener.local_addr()?);
        return Ok(simulator::serve(&listener, scenario)?);
    }
    if let (Some(reader), Some(config)) = (&args.reader, &args.config) {
        return live(reader, config, &args);
    }
    let today = today();
    pictures::each(&args.paths, args.json, |file| {
        let picture = Grey::from(&Rgb::open(file)?);
        Ok::<_, VisionError>(Cards::from_picture(of_picture(&picture, today), args.show_personal))
    })
}

fn live(id: &str, config: &Path, args: &CardsArgs) -> anyhow::Result<()> {
    let config = Config::load(config)?;
    let ids = || config.card_readers.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
    let reader: &CardReaderConfig = config
        .card_readers
        .iter()
        .find(|reader| reader.id.as_str() == id)
        .with_context(|| format!("no card_reader is named {id:?}; there are: {}", ids()))?;
    let mut source = open(reader)?;
    let until = args.seconds.map(|s| Instant::now() + Duration::from_secs(s));
    let mut left = args.count.unwrap_or(u64::MAX);
    while left > 0 && until.is_none_or(|until| Instant::now() < until) {
        let wait =
            until.map_or(Duration::from_secs(1), |until| until.saturating_duration_since(Instant::now()));
        let scan = match source.next(wait.min(Duration::from_secs(1))) {
            Ok(Some(scan)) => scan,
            Ok(None) => continue,
            // The end of a pipe or file is no fault.
            Err(ReaderError::Gone)
                if std::io::IsTerminal::is_terminal(&std::io::stdin()) || !is_wedge(reader) =>
            {
                return Err(ReaderError::Gone.into());
            }
            Err(ReaderError::Gone) => return Ok(()),
            Err(e) => return Err(e.into()),
        };
        left -= 1;
        if !print(&Scanned::new(id, scan, args.show_personal), args.json)? {
            return Ok(());
        }
    }
    Ok(())
}

fn is_wedge(reader: &CardReaderConfig) -> bool {
    matches!(reader.source, crate::cards::SourceConfig::Wedge(_))
}

/// Writes one line; `false` when nobody reads any more.
fn print(scanned: &Scanned<'_>, json: bool) -> anyhow::Result<bool> {
    let text = if json {
        serde_json::to_string(scanned)?
    } else {
        let found = scanned.fault.map_or_else(|| scanned.found.human(), |fault| fault.to_string());
        format!("{}: {found}", scanned.reader)
    };
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(e.into()),
    }
}

impl<'a> Scanned<'a> {
    fn new(reader: &'a str, scan: Scan, show: bool) -> Self {
        let (mut found, mut fault) = (Cards::default(), None);
        match scan {
            Scan::Card(card) => found.cards.push(Card::new(&card, None, show)),
            Scan::NotACard(reason) => found.not_a_card.push(NotACard::new(reason, None)),
            // Only readers at gates hand such texts on.
            Scan::Other(_) => {}
            Scan::Fault(why) => fault = Some(why),
        }
        Self { reader, found, fault }
    }
}

impl Cards {
    fn from_picture(seen: Vec<PictureCard>, show: bool) -> Self {
        let mut found = Self::default();
        for PictureCard { card, bounds } in seen {
            match card {
                Ok(card) => found.cards.push(Card::new(&card, Some(bounds), show)),
                Err(reason) => found.not_a_card.push(NotACard::new(reason, Some(bounds))),
            }
        }
        found
    }
}

impl Card {
    fn new(card: &SeenCard, bounds: Option<[i32; 4]>, show: bool) -> Self {
        let number = if show { card.number.as_str().to_owned() } else { card.number.masked() };
        Self {
            number,
            masked: !show,
            name: show.then(|| card.name.to_string()),
            born: show.then(|| card.born.to_string()),
            birth_year: card.born.year(),
            gender: card.gender,
            trust: card.proven.level(),
            check_id: card.check_id.clone(),
            warnings: card.warnings.clone(),
            bounds,
        }
    }
}

impl NotACard {
    fn new(reason: IdentityError, bounds: Option<[i32; 4]>) -> Self {
        Self { reason: reason.code(), message: reason.to_string(), bounds }
    }
}

impl Findings for Cards {
    fn human(&self) -> String {
        let card = |card: &Card| {
            let check = if card.check_id.is_empty() {
                ""
            } else {
                ", CHECK_ID: number and card contradict each other"
            };
            format!("card {} born {}, {:?}{check}", card.number, card.birth_year, card.trust)
        };
        let other = |code: &NotACard| format!("a QR code that is no card: {}", code.message);
        let all: Vec<String> = self.cards.iter().map(card).chain(self.not_a_card.iter().map(other)).collect();
        if all.is_empty() { "no QR code".to_owned() } else { all.join("; ") }
    }
}
