//! The grammar: which canonical texts are plates, and how they are printed.
//!
//! `P` is an issued province code, `L` a first series letter, `B` a second one, `n` a digit, `N` the order number.
//! ```text
//! e_motorcycle     P M D 1-9 nnnnn            special        P (LD|DA|RM|MK|HC|KT|CD|TD|R) nnnn[n]
//! diplomatic       P nnn (NG|QT) nn[n]        foreign        P nnn (NN|CV) nn[n]
//! economic_zone    P (LB|CT) nnnn[n]          temporary      T P nnnn[nn], P T nnnn[n]
//! state_car        P A-M nnnn[n]     blue     car            P L nnnn[n]
//! state_motorcycle P A-M 1-9 nnnn[n] blue     motorcycle_new P L B nnnn[n]
//! military         two letters, nnnn          motorcycle_old P L 1-9 nnnn[n]
//! ```
//! An order number of zeros is never issued. Blue plates use the letters and numbers of civil ones, so their kinds are
//! only found when the colour is known. Missions are also printed with the letters before the country (`29 NN` over
//! `001-01`): as that is a motorcycle's text too, it needs a car with that line break, or red characters.

use serde::Serialize;

use super::kind::{Hint, Ink, PlateClass, PlateColour, PlateKind, VehicleGroup};
use super::province;

/// First series letter: never I J O Q W; R is for trailers.
const FIRST: &[u8] = b"ABCDEFGHKLMNPSTUVXYZ";
/// Second series letter of motorcycles: has R, has no G.
const SECOND: &[u8] = b"ABCDEFHKLMNPRSTUVXYZ";
/// Series letters of blue plates.
const STATE: &[u8] = b"ABCDEFGHKLM";
/// Series of foreign missions, organisations and persons.
const DIPLOMATIC: [(&str, PlateKind); 4] = [
    ("NG", PlateKind::Diplomatic),
    ("QT", PlateKind::Diplomatic),
    ("CV", PlateKind::Foreign),
    ("NN", PlateKind::Foreign),
];
/// Special series; `R` comes last so that `RM` is tried first.
const SPECIAL: [&str; 9] = ["LD", "DA", "RM", "MK", "HC", "KT", "CD", "TD", "R"];
/// Special economic zones.
const ZONES: [&str; 2] = ["LB", "CT"];
/// Prefixes of military plates seen on the road.
const MILITARY: &str = "AA AB AC AD AN AP AT AV BB BC BH BK BL BP BS BT BV CA CB CC CH CM CP CT CV DB HA HB HC HD HE \
    HH HL HN HQ HT KA KB KC KD KK KN KP KT KV ND PA PC PK PM PP PQ PT PX PY QA QB QH TC TH TK TM TN TT VB VK VT";

/// One way to understand a canonical text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plate {
    /// Canonical text.
    pub canonical: String,
    /// Kind of plate.
    pub kind: PlateKind,
    /// Province code; `None` on military plates. See [`province::by_code`].
    pub province: Option<u8>,
    /// Series without the province, canonical: `A`, `B1`, `MD1`, `LD`; `011NG` on diplomatic plates, the two letters on
    /// military ones, `T` on temporary ones.
    pub series: String,
    /// Order number, digits only.
    pub number: String,
    /// Numbers of lines this kind is printed in.
    pub lines_possible: &'static [u8],
    /// Background: as it was seen where this kind has that colour, else the only one the kind has, else unknown.
    pub colour: Option<PlateColour>,
}

/// Every way a text can be understood, the most plausible first. Empty: the text is no plate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Parse {
    /// The ways that the hint leaves open.
    pub candidates: Vec<Plate>,
}

impl Parse {
    /// Whether the text is a plate.
    pub fn is_valid(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// The most plausible way.
    pub fn best(&self) -> Option<&Plate> {
        self.candidates.first()
    }

    /// Whether the hint did not decide between several ways.
    pub fn is_ambiguous(&self) -> bool {
        self.candidates.len() > 1
    }
}

impl Plate {
    /// As printed on one line: `30A-123.45`, `59-P1 664.80`, `29-MĐ1 123.45`, `80-011-NG-01`.
    pub fn display(&self) -> String {
        let c = &self.canonical;
        match self.kind {
            PlateKind::Diplomatic | PlateKind::Foreign if self.letters_first() => {
                format!("{}-{}-{}-{}", &c[..2], &c[2..4], &c[4..7], &c[7..])
            }
            PlateKind::Diplomatic | PlateKind::Foreign => {
                format!("{}-{}-{}-{}", &c[..2], &c[2..5], &c[5..7], &c[7..])
            }
            PlateKind::Military => format!("{}-{}-{}", &c[..2], &c[2..4], &c[4..]),
            _ => {
                let gap = if self.is_motorcycle() { ' ' } else { '-' };
                format!("{}{gap}{}", self.head(), dotted(&self.number))
            }
        }
    }

    /// The text of each printed line, for `lines` of 1 or 2; `None` when this kind is not printed so.
    pub fn printed_lines(&self, lines: u8) -> Option<Vec<String>> {
        if !self.lines_possible.contains(&lines) {
            return None;
        }
        if lines == 1 {
            return Some(vec![self.display()]);
        }
        let c = &self.canonical;
        Some(match self.kind {
            PlateKind::Diplomatic | PlateKind::Foreign if self.letters_first() => {
                vec![format!("{}-{}", &c[..2], &c[2..4]), format!("{}-{}", &c[4..7], &c[7..])]
            }
            PlateKind::Diplomatic | PlateKind::Foreign => {
                vec![format!("{}-{}", &c[..2], &c[2..5]), format!("{}-{}", &c[5..7], &c[7..])]
            }
            PlateKind::Military => vec![c[..2].to_owned(), format!("{}-{}", &c[2..4], &c[4..])],
            _ => vec![self.head(), dotted(&self.number)],
        })
    }

    /// The class of its bearer; `None` where only an unknown colour would tell.
    pub fn class(&self) -> Option<PlateClass> {
        self.kind.class(self.colour)
    }

    /// Always true: a `Plate` exists only for a text that can be issued.
    pub fn is_valid(&self) -> bool {
        true
    }

    /// Canonical characters on the first of two lines.
    pub fn break_at(&self) -> usize {
        match self.kind {
            PlateKind::Diplomatic | PlateKind::Foreign => 5 - usize::from(self.letters_first()),
            _ => self.canonical.len() - self.number.len(),
        }
    }

    /// Whether a mission's letters stand before the country's number.
    fn letters_first(&self) -> bool {
        self.canonical.as_bytes()[2].is_ascii_uppercase()
    }

    fn is_motorcycle(&self) -> bool {
        self.kind.group() == Some(VehicleGroup::Motorcycle)
    }

    /// Province and series as printed.
    fn head(&self) -> String {
        let code = self.province.unwrap_or_default();
        match self.kind {
            PlateKind::EMotorcycle => format!("{code}-MĐ{}", &self.series[2..]),
            PlateKind::Special if self.series == "TD" => format!("{code}TĐ"),
            PlateKind::Temporary if self.canonical.starts_with('T') => format!("T{code}"),
            _ if self.is_motorcycle() => format!("{code}-{}", self.series),
            _ => format!("{code}{}", self.series),
        }
    }
}

/// Every way to understand a canonical text (see [`super::normalise`]) that the hint leaves open.
///
/// Vehicle group, line count, line break, background and colour of the characters are applied in that order, each only if
/// something remains.
pub fn parse(canonical: &str, hint: &Hint) -> Parse {
    let text = canonical.as_bytes();
    if !(6..=10).contains(&text.len()) || !text.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
        return Parse::default();
    }
    let mut found: Vec<Plate> = [e_motorcycle, diplomatic, zone, special, temporary]
        .into_iter()
        .filter_map(|rule| rule(canonical))
        .collect();
    found.extend(diplomatic_letters_first(canonical, hint));
    found.extend(civil(canonical, hint.colour == Some(PlateColour::Blue)));
    found.extend(temporary_after_province(canonical));
    found.extend(military(canonical, hint.colour == Some(PlateColour::Red)));

    if let Some(group) = hint.vehicle {
        narrow(&mut found, |p| p.kind.group().is_none_or(|g| g == group));
    }
    if let Some(lines) = hint.lines {
        narrow(&mut found, |p| p.lines_possible.contains(&lines));
    }
    if let Some(at) = hint.break_at.filter(|_| hint.lines != Some(1)) {
        narrow(&mut found, |p| p.lines_possible.contains(&2) && p.break_at() == at);
    }
    if let Some(colour) = hint.colour {
        narrow(&mut found, |p| p.kind.colours().contains(&colour));
    }
    if let Some(ink) = hint.ink {
        narrow(&mut found, |p| p.kind.has_red_ink() == (ink == Ink::Red));
    }
    for plate in &mut found {
        let of_kind = plate.kind.colours();
        plate.colour = match (hint.colour, of_kind) {
            (Some(seen), _) if of_kind.contains(&seen) => Some(seen),
            (_, [only]) => Some(*only),
            _ => None,
        };
    }
    Parse { candidates: found }
}

/// Whether the text begins like a military plate. Such a read is never repaired into a civil plate.
pub fn looks_military(canonical: &str) -> bool {
    canonical.get(..2).is_some_and(|prefix| MILITARY.split_ascii_whitespace().any(|m| m == prefix))
}

/// Keeps what passes, unless nothing would be left.
fn narrow(found: &mut Vec<Plate>, keep: impl Fn(&Plate) -> bool) {
    if found.iter().any(&keep) {
        found.retain(keep);
    }
}

fn e_motorcycle(text: &str) -> Option<Plate> {
    let (province, rest) = leading_province(text)?;
    let rest = rest.strip_prefix("MD")?;
    let digit = rest.bytes().next().filter(|d| (b'1'..=b'9').contains(d))?;
    let number = order_number(&rest[1..], 5..=5)?;
    Some(plate(text, PlateKind::EMotorcycle, province, format!("MD{}", digit as char), number))
}

fn diplomatic(text: &str) -> Option<Plate> {
    let (province, rest) = leading_province(text)?;
    let country = rest.get(..3).and_then(|c| order_number(c, 3..=3))?;
    let (series, kind) = mission(rest.get(3..5)?)?;
    let number = order_number(&rest[5..], 2..=3)?;
    Some(plate(text, kind, province, format!("{country}{series}"), number))
}

/// The same with the letters before the country.
fn diplomatic_letters_first(text: &str, hint: &Hint) -> Option<Plate> {
    let on_a_car = hint.vehicle == Some(VehicleGroup::Car) && hint.break_at == Some(4);
    if !on_a_car && hint.ink != Some(Ink::Red) {
        return None;
    }
    let (province, rest) = leading_province(text)?;
    let (series, kind) = mission(rest.get(..2)?)?;
    let country = rest.get(2..5).and_then(|c| order_number(c, 3..=3))?;
    let number = order_number(&rest[5..], 2..=3)?;
    Some(plate(text, kind, province, format!("{country}{series}"), number))
}

fn mission(letters: &str) -> Option<(&'static str, PlateKind)> {
    DIPLOMATIC.into_iter().find(|(series, _)| *series == letters)
}

fn special(text: &str) -> Option<Plate> {
    in_series(text, &SPECIAL, PlateKind::Special)
}

fn zone(text: &str) -> Option<Plate> {
    in_series(text, &ZONES, PlateKind::EconomicZone)
}

fn in_series(text: &str, of: &[&str], kind: PlateKind) -> Option<Plate> {
    let (province, rest) = leading_province(text)?;
    of.iter().find_map(|series| {
        let number = order_number(rest.strip_prefix(series)?, 4..=5)?;
        Some(plate(text, kind, province, (*series).to_owned(), number))
    })
}

fn temporary(text: &str) -> Option<Plate> {
    let (province, rest) = leading_province(text.strip_prefix('T')?)?;
    let number = order_number(rest, 4..=6)?;
    Some(plate(text, PlateKind::Temporary, province, "T".to_owned(), number))
}

/// The rarer form, `29T-123.45`: a car of series T shares it, and is likelier.
fn temporary_after_province(text: &str) -> Option<Plate> {
    let (province, rest) = leading_province(text)?;
    let number = order_number(rest.strip_prefix('T')?, 4..=5)?;
    Some(plate(text, PlateKind::Temporary, province, "T".to_owned(), number))
}

/// Cars, then motorcycles with one and with two letters. A five-digit car is likelier than a four-digit old motorcycle,
/// which was issued before 2010.
fn civil(text: &str, blue: bool) -> Vec<Plate> {
    let Some((province, rest)) = leading_province(text) else { return Vec::new() };
    let series = |at: usize, of: &[u8]| rest.as_bytes().get(at).is_some_and(|c| of.contains(c));
    if !series(0, FIRST) {
        return Vec::new();
    }
    let state = blue && series(0, STATE);
    let mut found = Vec::new();
    let mut add = |kind, len: usize| {
        if let Some(number) = rest.get(len..).and_then(|n| order_number(n, 4..=5)) {
            found.push(plate(text, kind, province, rest[..len].to_owned(), number));
        }
    };
    add(if state { PlateKind::StateCar } else { PlateKind::Car }, 1);
    if series(1, SECOND) {
        add(PlateKind::MotorcycleNew, 2);
    }
    if series(1, b"123456789") {
        add(if state { PlateKind::StateMotorcycle } else { PlateKind::MotorcycleOld }, 2);
    }
    found
}

/// On a red plate any two letters count, elsewhere only known prefixes: no civil plate has this shape, so a wrongly
/// seen colour must not hide a military vehicle.
fn military(text: &str, red: bool) -> Option<Plate> {
    let prefix = text.get(..2).filter(|p| p.bytes().all(|c| c.is_ascii_uppercase()))?;
    let number = order_number(&text[2..], 4..=4).filter(|_| red || looks_military(text))?;
    Some(Plate {
        canonical: text.to_owned(),
        kind: PlateKind::Military,
        province: None,
        series: prefix.to_owned(),
        number: number.to_owned(),
        lines_possible: &[1, 2],
        colour: None,
    })
}

fn plate(text: &str, kind: PlateKind, province: u8, series: String, number: &str) -> Plate {
    let lines_possible: &[u8] = if kind.group() == Some(VehicleGroup::Motorcycle) { &[2] } else { &[1, 2] };
    Plate {
        canonical: text.to_owned(),
        kind,
        province: Some(province),
        series,
        number: number.to_owned(),
        lines_possible,
        colour: None,
    }
}

/// Splits an issued province code off the front.
fn leading_province(text: &str) -> Option<(u8, &str)> {
    let code = text.get(..2).filter(|c| c.bytes().all(|d| d.is_ascii_digit()))?.parse().ok()?;
    province::by_code(code)?;
    Some((code, &text[2..]))
}

/// The text itself if it is a number of that length other than zero.
fn order_number(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let fits = length.contains(&text.len())
        && text.bytes().all(|c| c.is_ascii_digit())
        && text.bytes().any(|c| c != b'0');
    fits.then_some(text)
}

/// Five digits and more are printed with a dot: `123.45`.
fn dotted(number: &str) -> String {
    if number.len() < 5 { number.to_owned() } else { format!("{}.{}", &number[..3], &number[3..]) }
}
