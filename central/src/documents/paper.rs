//! The page of administrative documents (Decree 30/2020): A4, its margins, the head in two columns, numbers of pages in the middle
//! of the upper margin from the second on. Blocks become slices of lines; pages are filled with slices from the top.

use super::qr::Code;
use super::template::{Filled, Span};
use super::text::{Glyphs, Line, Place, Setting, Shaper};

/// A4, points.
pub const WIDTH: f32 = 595.276;
/// A4, points.
pub const HEIGHT: f32 = 841.89;
const MM: f32 = 72.0 / 25.4;
const LEFT: f32 = 30.0 * MM;
const RIGHT: f32 = 20.0 * MM;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = 20.0 * MM;
/// Between the margins.
const COLUMN: f32 = WIDTH - LEFT - RIGHT;
/// Letters of the text.
const BODY: f32 = 13.0;
/// Letters of the head.
const HEAD: f32 = 12.0;
/// Between paragraphs.
const GAP: f32 = 4.0;
/// How far a paragraph's first line is set in.
const INDENT: f32 = 10.0 * MM;
/// Room for a signature and a stamp.
const SIGNATURE: f32 = 24.0 * MM;
/// Side of the QR code, margin included: read well by an old phone.
const QR: f32 = 26.0 * MM;
/// Light modules around the code, as its standard asks.
const QUIET: f32 = 4.0;

/// Something on a page, from its upper left corner, in points.
#[derive(Debug, Clone)]
pub enum Mark {
    /// Letters on a baseline.
    Letters {
        /// Distance from the left edge.
        x: f32,
        /// Baseline from the upper edge.
        y: f32,
        /// What is written.
        glyphs: Glyphs,
    },
    /// A black box: a rule, or a run of dark modules.
    Box {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
    },
}

impl Mark {
    fn moved(self, dx: f32, dy: f32) -> Self {
        match self {
            Self::Letters { x, y, glyphs } => Self::Letters { x: x + dx, y: y + dy, glyphs },
            Self::Box { x, y, width, height } => Self::Box { x: x + dx, y: y + dy, width, height },
        }
    }
}

/// What is on one page.
pub type Page = Vec<Mark>;

/// A piece that no page break goes through; places are relative to its upper left corner.
#[derive(Debug, Clone, Default)]
struct Slice {
    height: f32,
    marks: Vec<Mark>,
    /// The next slice stays on the same page.
    keep: bool,
}

/// Lays blocks out on pages.
pub fn pages(shaper: &mut Shaper, blocks: &[Filled], address: &str, code: &Code) -> Vec<Page> {
    let slices: Vec<Slice> = blocks.iter().flat_map(|block| slices(shaper, block, address, code)).collect();
    let mut pages = break_pages(slices);
    for (index, page) in pages.iter_mut().enumerate().skip(1) {
        let span = [Span { text: (index + 1).to_string(), ..Span::default() }];
        let number = paragraph(shaper, &span, Place::Centre, BODY, COLUMN, 0.0);
        page.extend(stack(number).marks.into_iter().map(|mark| mark.moved(LEFT, 10.0 * MM)));
    }
    pages
}

/// Fills pages from the top. Slices that keep the next one wait for it; what is higher than a page goes over its end rather than
/// being lost, which no template comes near.
fn break_pages(slices: Vec<Slice>) -> Vec<Page> {
    let room = HEIGHT - TOP - BOTTOM;
    let (mut pages, mut y): (Vec<Page>, f32) = (vec![Vec::new()], 0.0);
    let mut group: Vec<Slice> = Vec::new();
    let count = slices.len();
    for (index, slice) in slices.into_iter().enumerate() {
        let waits = slice.keep && index + 1 < count;
        group.push(slice);
        let height: f32 = group.iter().map(|slice| slice.height).sum();
        // A group as high as a page is torn rather than pushed on for ever.
        if waits && height < room {
            continue;
        }
        if y > 0.0 && y + height > room {
            pages.push(Vec::new());
            y = 0.0;
        }
        for slice in group.drain(..) {
            if let Some(page) = pages.last_mut() {
                page.extend(slice.marks.into_iter().map(|mark| mark.moved(LEFT, TOP + y)));
            }
            y += slice.height;
        }
    }
    pages
}

fn slices(shaper: &mut Shaper, block: &Filled, address: &str, code: &Code) -> Vec<Slice> {
    match block {
        Filled::Head { parent, unit, number, place_date } => {
            vec![head(shaper, parent.as_deref(), unit, number, place_date)]
        }
        Filled::Title(spans) => {
            let mut slice = stack(paragraph(shaper, &bold(spans), Place::Centre, 14.0, COLUMN, 0.0));
            slice.height += GAP;
            vec![Slice { keep: true, ..shifted(slice, 14.0) }]
        }
        Filled::Subtitle(spans) => {
            let mut slice = stack(paragraph(shaper, &bold(spans), Place::Centre, BODY, COLUMN, 0.0));
            slice.height += 2.0 * GAP;
            vec![Slice { keep: true, ..slice }]
        }
        Filled::Text { spans, indent, keep, centre } => {
            // Items of a list hold long ids, which would tear the words before them apart.
            let item = spans.first().is_some_and(|span| span.text.starts_with("- "));
            let place = match (*centre, item) {
                (true, _) => Place::Centre,
                (false, true) => Place::Left,
                (false, false) => Place::Both,
            };
            let indent = if *indent && !centre { INDENT } else { 0.0 };
            text(paragraph(shaper, spans, place, BODY, COLUMN, indent), *keep)
        }
        Filled::Closing { recipients, signature, note, signer } => {
            // The code stays with the signature: a page of its own would be one without text.
            vec![Slice { keep: true, ..closing(shaper, recipients, signature, note, signer) }]
        }
        Filled::Signatures(columns) => vec![Slice { keep: true, ..signatures(shaper, columns) }],
        Filled::Verify(spans) => vec![verify(shaper, spans, address, code)],
    }
}

/// A paragraph line by line: its first two and last two lines stay together, so that no line stands alone on a page.
fn text(lines: Vec<Line>, keep: bool) -> Vec<Slice> {
    let count = lines.len();
    let one = |(index, line): (usize, Line)| {
        let (first, last) = (index == 0, index + 1 == count);
        let mut slice = stack(vec![line]);
        if last {
            slice.height += GAP;
        }
        Slice { keep: (first || index + 2 == count) && !last || last && keep, ..slice }
    };
    lines.into_iter().enumerate().map(one).collect()
}

fn paragraph(
    shaper: &mut Shaper,
    spans: &[Span],
    place: Place,
    size: f32,
    width: f32,
    indent: f32,
) -> Vec<Line> {
    shaper.lines(spans, Setting { size, width, indent, place })
}

fn bold(spans: &[Span]) -> Vec<Span> {
    spans.iter().map(|span| Span { bold: true, ..span.clone() }).collect()
}

fn italic(spans: &[Span]) -> Vec<Span> {
    spans.iter().map(|span| Span { italic: true, ..span.clone() }).collect()
}

/// Lines under one another as one slice.
fn stack(lines: Vec<Line>) -> Slice {
    let mut slice = Slice::default();
    for line in lines {
        let y = slice.height + line.baseline;
        slice.height += line.height;
        slice.marks.extend(line.glyphs.into_iter().map(|glyphs| Mark::Letters { x: glyphs.x, y, glyphs }));
    }
    slice
}

/// The same lower down.
fn shifted(slice: Slice, dy: f32) -> Slice {
    let marks = slice.marks.into_iter().map(|mark| mark.moved(0.0, dy)).collect();
    Slice { height: slice.height + dy, marks, keep: slice.keep }
}

/// Slices side by side, as high as the highest.
fn beside(columns: Vec<(f32, Slice)>) -> Slice {
    let height = columns.iter().map(|(_, slice)| slice.height).fold(0.0, f32::max);
    let marks = columns
        .into_iter()
        .flat_map(|(x, slice)| slice.marks.into_iter().map(move |mark| mark.moved(x, 0.0)))
        .collect();
    Slice { height, marks, keep: false }
}

/// Slices under one another, as one.
fn under(parts: Vec<Slice>) -> Slice {
    let mut whole = Slice::default();
    for part in parts {
        let y = whole.height;
        whole.height += part.height;
        whole.marks.extend(part.marks.into_iter().map(|mark| mark.moved(0.0, y)));
    }
    whole
}

/// A thin rule in the middle of a column.
fn rule(column: f32, width: f32) -> Slice {
    let mark = Mark::Box { x: (column - width) / 2.0, y: 1.5, width, height: 0.6 };
    Slice { height: 6.0, marks: vec![mark], keep: false }
}

fn span(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), ..Span::default() }]
}

fn head(
    shaper: &mut Shaper,
    parent: Option<&[Span]>,
    unit: &[Span],
    number: &[Span],
    place_date: &[Span],
) -> Slice {
    let (left, right) = (COLUMN * 0.43, COLUMN * 0.55);
    let mut centred = |spans: &[Span], size: f32, width: f32| {
        stack(paragraph(shaper, spans, Place::Centre, size, width, 0.0))
    };
    let mut agency = Vec::new();
    if let Some(parent) = parent {
        agency.push(centred(parent, HEAD, left));
    }
    agency.push(centred(&bold(unit), HEAD, left));
    agency.push(rule(left, left * 0.4));
    agency.push(centred(number, BODY, left));
    let nation = vec![
        centred(&bold(&span("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")), HEAD, right),
        centred(&bold(&span("Độc lập - Tự do - Hạnh phúc")), BODY, right),
        rule(right, right * 0.58),
        centred(&italic(place_date), BODY, right),
    ];
    let columns = beside(vec![(0.0, under(agency)), (COLUMN - right, under(nation))]);
    Slice { keep: true, ..columns }
}

fn closing(
    shaper: &mut Shaper,
    recipients: &[Vec<Span>],
    signature: &[Vec<Span>],
    note: &[Span],
    signer: &[Span],
) -> Slice {
    let (left, right) = (COLUMN * 0.46, COLUMN * 0.48);
    let mut list =
        vec![stack(paragraph(shaper, &bold(&italic(&span("Nơi nhận:"))), Place::Left, HEAD, left, 0.0))];
    for line in recipients {
        list.push(stack(paragraph(shaper, line, Place::Left, 11.0, left, 0.0)));
    }
    let mut sign: Vec<Slice> = signature
        .iter()
        .map(|line| stack(paragraph(shaper, &bold(line), Place::Centre, BODY, right, 0.0)))
        .collect();
    sign.push(stack(paragraph(shaper, &italic(note), Place::Centre, BODY, right, 0.0)));
    sign.push(Slice { height: SIGNATURE, ..Slice::default() });
    sign.push(stack(paragraph(shaper, &bold(signer), Place::Centre, BODY, right, 0.0)));
    shifted(beside(vec![(0.0, under(list)), (COLUMN - right, under(sign))]), 8.0)
}

fn signatures(shaper: &mut Shaper, columns: &[[Vec<Span>; 3]]) -> Slice {
    let width = COLUMN / columns.len().max(1) as f32;
    let inner = width - 6.0;
    let one = |(index, [title, note, name]): (usize, &[Vec<Span>; 3])| {
        let mut centred = |spans: &[Span]| stack(paragraph(shaper, spans, Place::Centre, HEAD, inner, 0.0));
        let parts = vec![
            centred(&bold(title)),
            centred(&italic(note)),
            Slice { height: SIGNATURE, ..Slice::default() },
            centred(&bold(name)),
        ];
        (index as f32 * width + 3.0, under(parts))
    };
    shifted(beside(columns.iter().enumerate().map(one).collect()), 8.0)
}

/// The code at the left, what it is for beside it, and the address for who has no camera.
fn verify(shaper: &mut Shaper, spans: &[Span], address: &str, code: &Code) -> Slice {
    let module = QR / (f32::from(code.size) + 2.0 * QUIET);
    let marks = code
        .runs
        .iter()
        .map(|(x, y, length)| Mark::Box {
            x: (f32::from(*x) + QUIET) * module,
            y: (f32::from(*y) + QUIET) * module,
            width: f32::from(*length) * module,
            // A hair more than a module, so that no light line shows between rows.
            height: module * 1.02,
        })
        .collect();
    let picture = Slice { height: QR, marks, keep: false };
    let width = COLUMN - QR - 4.0 * MM;
    let words = under(vec![
        stack(paragraph(shaper, spans, Place::Left, 11.0, width, 0.0)),
        stack(paragraph(shaper, &italic(&span(address)), Place::Left, 10.0, width, 0.0)),
    ]);
    let dy = ((QR - words.height) / 2.0).max(0.0);
    shifted(beside(vec![(0.0, picture), (QR + 4.0 * MM, shifted(words, dy))]), 10.0)
}
