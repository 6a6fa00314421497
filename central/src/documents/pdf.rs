//! Writing pages as a PDF. No date and no random id goes into it: equal pages give equal bytes.

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use super::DocumentError;
use super::paper::{HEIGHT, Mark, Page, WIDTH};

/// The pages as a PDF with this title; packed, or with everything in it readable as it is, for tests.
///
/// # Errors
/// When the PDF cannot be written.
pub fn write(title: &str, pages: &[Page], packed: bool) -> Result<Vec<u8>, DocumentError> {
    let broken = |what: &str| DocumentError::Pdf(what.to_owned());
    let settings = SerializeSettings { compress_content_streams: packed, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(Metadata::new().title(title.to_owned()).language("vi".to_owned()));
    for page in pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("the page has no size"))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        surface.set_fill(Some(Fill {
            paint: luma::Color::black().into(),
            opacity: NormalizedF32::ONE,
            rule: Default::default(),
        }));
        draw(&mut surface, page);
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| DocumentError::Pdf(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, page: &Page) {
    // All boxes are one path: a QR code has hundreds.
    let mut boxes = PathBuilder::new();
    for mark in page {
        match mark {
            Mark::Letters { x, y, glyphs } => {
                let start = Point::from_xy(*x, *y);
                surface.draw_glyphs(
                    start,
                    &glyphs.glyphs,
                    glyphs.font.clone(),
                    &glyphs.text,
                    glyphs.size,
                    false,
                );
            }
            Mark::Box { x, y, width, height } => {
                if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                    boxes.push_rect(rect);
                }
            }
        }
    }
    if let Some(path) = boxes.finish() {
        surface.draw_path(&path);
    }
}
