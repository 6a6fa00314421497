//! Lines of text: shaped and broken by parley, with the fonts of the program and none of the machine.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::layout::Alignment;
use parley::style::{
    FontFamily, FontFamilyName, FontStyle, FontWeight, LineHeight, OverflowWrap, StyleProperty,
};
use parley::{FontContext, FontData, LayoutContext};

use super::DocumentError;
use super::template::Span;

/// Its letters have every Vietnamese mark, also stacked ones.
const FAMILY: &str = "Libertinus Serif";
/// How many of the bundled faces are of that family in the styles that are used: regular, bold, and their italics.
const FACES: usize = 4;

/// Where a line stands between its margins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// Both margins, except the last line.
    Both,
}

/// How a paragraph is set, in points.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Size of letters.
    pub size: f32,
    /// Width between the margins.
    pub width: f32,
    /// How far the first line is set in.
    pub indent: f32,
    /// Where lines stand.
    pub place: Place,
}

/// Glyphs of one font side by side.
#[derive(Debug, Clone)]
pub struct Glyphs {
    /// Where they begin, from the left margin.
    pub x: f32,
    /// Font.
    pub font: Font,
    /// Size.
    pub size: f32,
    /// Glyphs with the bytes of `text` that they stand for.
    pub glyphs: Vec<KrillaGlyph>,
    /// The whole paragraph: what copying and searching give.
    pub text: Arc<str>,
}

/// A line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its height.
    pub height: f32,
    /// From its top to the baseline.
    pub baseline: f32,
    /// What stands on it.
    pub glyphs: Vec<Glyphs>,
}

/// Makes lines, and remembers what it could not print.
pub struct Shaper {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    known: HashMap<u64, Font>,
    unprintable: BTreeSet<char>,
}

impl Shaper {
    /// With the program's fonts.
    pub fn new() -> Self {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut collection = Collection::new(options);
        for face in typst_assets::fonts().take(FACES) {
            collection.register_fonts(Blob::new(Arc::new(face)), None);
        }
        Self {
            fonts: FontContext { collection, source_cache: SourceCache::default() },
            layouts: LayoutContext::new(),
            known: HashMap::new(),
            unprintable: BTreeSet::new(),
        }
    }

    /// Whether everything so far had its letters in the fonts.
    ///
    /// # Errors
    /// With each character that had none.
    pub fn all_printable(&self, template: &str) -> Result<(), DocumentError> {
        if self.unprintable.is_empty() {
            return Ok(());
        }
        let characters = self.unprintable.iter().map(|c| format!("{c} (U+{:04X})", u32::from(*c)));
        Err(DocumentError::Unprintable {
            template: template.to_owned(),
            characters: characters.collect::<Vec<_>>().join(", "),
        })
    }

    /// A paragraph as lines.
    pub fn lines(&mut self, spans: &[Span], setting: Setting) -> Vec<Line> {
        let text: Arc<str> = spans.iter().map(|span| span.text.as_str()).collect::<String>().into();
        if text.is_empty() {
            return Vec::new();
        }
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::Single(FontFamilyName::Named(
            FAMILY.into(),
        ))));
        builder.push_default(StyleProperty::FontSize(setting.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.3)));
        // Addresses and ids have no spaces; they break anywhere rather than leave the page.
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut at = 0;
        for span in spans {
            let range: Range<usize> = at..at + span.text.len();
            at = range.end;
            if span.bold {
                builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range.clone());
            }
            if span.italic {
                builder.push(StyleProperty::FontStyle(FontStyle::Italic), range);
            }
        }
        let mut layout = builder.build(&*text);
        layout.set_text_indent(setting.indent, Default::default());
        layout.break_all_lines(Some(setting.width));
        let alignment = match setting.place {
            Place::Left => Alignment::Left,
            Place::Centre => Alignment::Center,
            Place::Both => Alignment::Justify,
        };
        layout.align(alignment, Default::default());
        layout.lines().map(|line| self.line(&line, &text)).collect()
    }

    fn line(&mut self, line: &parley::layout::Line<'_, ()>, text: &Arc<str>) -> Line {
        let metrics = line.metrics();
        // After alignment the offset holds indent and centring; spaces of justified lines are in the advances.
        let mut x = metrics.offset;
        let mut glyphs = Vec::new();
        for run in line.runs() {
            let start = x;
            let (mut shaped, size) = (Vec::new(), run.font_size());
            for cluster in run.visual_clusters() {
                if cluster.is_ligature_continuation() {
                    if let Some(last) = shaped.last_mut() {
                        let last: &mut KrillaGlyph = last;
                        last.text_range.end = cluster.text_range().end;
                    }
                    continue;
                }
                for glyph in cluster.glyphs() {
                    self.note(glyph.id, &text[cluster.text_range()]);
                    let (id, range) = (GlyphId::new(glyph.id), cluster.text_range());
                    let (advance, dx, dy) = (glyph.advance / size, glyph.x / size, glyph.y / size);
                    shaped.push(KrillaGlyph::new(id, advance, dx, dy, 0.0, range, None));
                    x += glyph.advance;
                }
            }
            if let Some(font) = self.font(run.font()).filter(|_| !shaped.is_empty()) {
                glyphs.push(Glyphs { x: start, font, size, glyphs: shaped, text: text.clone() });
            }
        }
        Line { height: metrics.line_height, baseline: metrics.baseline - metrics.block_min_coord, glyphs }
    }

    /// Glyph 0 is the empty box of a font that does not have the letter.
    fn note(&mut self, glyph: u32, letters: &str) {
        if glyph == 0 {
            self.unprintable.extend(letters.chars().filter(|c| !c.is_whitespace()));
        }
    }

    fn font(&mut self, face: &FontData) -> Option<Font> {
        let (data, id) = face.data.clone().into_raw_parts();
        if let Some(font) = self.known.get(&id) {
            return Some(font.clone());
        }
        let font = Font::new(data.into(), face.index)?;
        self.known.insert(id, font.clone());
        Some(font)
    }
}
