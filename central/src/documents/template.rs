//! Templates: what documents say, as data. A block is a piece of the page; `{name}` is the place of a field, `**bold**` and
//! `__italic__` are styles. A block with `when` is left out while that field is not given; one with `each` comes once per row.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::{DocumentError, Fields};
use crate::law::Confidence;

/// A document's template, for the days on which it is used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// `notice`, `points`, `transfer`, `commune`, `minutes`, `decision`, `receipt`.
    pub key: String,
    /// Title of the PDF.
    pub title: String,
    /// Number of the official form; empty where none is known.
    #[serde(default)]
    pub form: String,
    /// First day of use.
    pub valid_from: Date,
    /// Last day of use; open when none.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// The text of law that asks for it.
    pub legal_basis: String,
    /// How surely the content is what that text asks for.
    pub confidence: Confidence,
    /// The page, from top to bottom.
    #[serde(rename = "block")]
    pub blocks: Vec<Block>,
}

/// A piece of the page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Agency and number at the left, the nation's name, its motto, place and date at the right.
    Head {
        /// Agency above; left out when its field is not given.
        parent: String,
        /// Issuing unit.
        unit: String,
        /// Number line.
        number: String,
        /// Place and date.
        place_date: String,
    },
    /// Title, in capitals as written.
    Title {
        /// Text.
        text: String,
    },
    /// Line under the title, bold, in the middle.
    Subtitle {
        /// Text.
        text: String,
        /// Field without which it is left out.
        when: Option<String>,
    },
    /// A paragraph.
    Text {
        /// Text.
        text: String,
        /// Field without which it is left out.
        when: Option<String>,
        /// List whose rows it comes for.
        each: Option<String>,
        /// Whether its first line is set in.
        #[serde(default = "yes")]
        indent: bool,
        /// Whether it is never apart from the block after it.
        #[serde(default)]
        keep: bool,
        /// Whether it stands in the middle of the page.
        #[serde(default)]
        centre: bool,
    },
    /// Recipients at the left, signature at the right; never torn apart.
    Closing {
        /// Lines under "Nơi nhận:".
        recipients: Vec<String>,
        /// Who signs, capitals.
        signature: Vec<String>,
        /// Under it, in italics.
        #[serde(default)]
        note: String,
        /// Name of who signs.
        signer: String,
    },
    /// Signatures side by side; never torn apart.
    Signatures {
        /// From left to right, two or three.
        columns: Vec<SignatureColumn>,
    },
    /// QR code and address of the verification page.
    Verify {
        /// Text beside the code; `{verify_url}` is the address.
        text: String,
    },
}

/// One of several signatures.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureColumn {
    /// Who signs.
    pub title: String,
    /// Under it, in italics.
    #[serde(default)]
    pub note: String,
    /// Name; empty for a place to write it.
    #[serde(default)]
    pub name: String,
}

fn yes() -> bool {
    true
}

/// A stretch of text in one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// Text.
    pub text: String,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
}

/// A block with its fields filled in, named as in [`Block`]. Blocks that are left out are not there.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "its fields are those of Block, filled in")]
pub enum Filled {
    /// See [`Block::Head`].
    Head { parent: Option<Vec<Span>>, unit: Vec<Span>, number: Vec<Span>, place_date: Vec<Span> },
    /// See [`Block::Title`].
    Title(Vec<Span>),
    /// See [`Block::Subtitle`].
    Subtitle(Vec<Span>),
    /// See [`Block::Text`].
    Text { spans: Vec<Span>, indent: bool, keep: bool, centre: bool },
    /// See [`Block::Closing`].
    Closing { recipients: Vec<Vec<Span>>, signature: Vec<Vec<Span>>, note: Vec<Span>, signer: Vec<Span> },
    /// See [`Block::Signatures`]: title, note and name of each.
    Signatures(Vec<[Vec<Span>; 3]>),
    /// See [`Block::Verify`].
    Verify(Vec<Span>),
}

/// All templates of the program.
#[derive(Debug)]
pub struct Templates(Vec<Template>);

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| {
    let files = [
        include_str!("../../data/documents/notice.toml"),
        include_str!("../../data/documents/points.toml"),
        include_str!("../../data/documents/transfer.toml"),
        include_str!("../../data/documents/commune.toml"),
        include_str!("../../data/documents/minutes.toml"),
        include_str!("../../data/documents/decision.toml"),
        include_str!("../../data/documents/receipt.toml"),
    ];
    // A test reads every one, so that what panics here never leaves a build.
    Templates(
        files
            .iter()
            .map(|text| toml::from_str(text).unwrap_or_else(|error| panic!("data/documents: {error}")))
            .collect(),
    )
});

impl Templates {
    /// Those of the program.
    pub fn all() -> &'static [Template] {
        &TEMPLATES.0
    }

    /// The template of this key on a day.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(key: &str, on: Date) -> Result<&'static Template, DocumentError> {
        let fits = |one: &&Template| {
            one.key == key && one.valid_from <= on && one.valid_to.is_none_or(|last| on <= last)
        };
        let none = || DocumentError::NoTemplate { kind: key.to_owned(), on };
        Self::all().iter().find(fits).ok_or_else(none)
    }
}

impl Template {
    /// Fields that must be given, by name. Those of blocks with `when` or `each` are only needed with them.
    pub fn needs(&self) -> Vec<String> {
        match self.fill(&Fields::new()) {
            Err(DocumentError::Missing { missing, .. }) => missing,
            _ => Vec::new(),
        }
    }

    /// The blocks with their fields.
    ///
    /// # Errors
    /// [`DocumentError::Missing`] with every field that is needed and not given.
    pub(super) fn fill(&self, fields: &Fields) -> Result<Vec<Filled>, DocumentError> {
        let mut filler = Filler { missing: BTreeSet::new() };
        let filled: Vec<Filled> = self.blocks.iter().flat_map(|block| filler.block(block, fields)).collect();
        if filler.missing.is_empty() {
            return Ok(filled);
        }
        Err(DocumentError::Missing {
            template: self.key.clone(),
            missing: filler.missing.into_iter().collect(),
        })
    }
}

struct Filler {
    missing: BTreeSet<String>,
}

impl Filler {
    fn block(&mut self, block: &Block, fields: &Fields) -> Vec<Filled> {
        let given = |when: &Option<String>| {
            when.as_ref().is_none_or(|name| {
                fields.get(name).is_some() || fields.list(name).is_some_and(|rows| !rows.is_empty())
            })
        };
        let one = match block {
            Block::Head { parent, unit, number, place_date } => Filled::Head {
                // A ministry's own units have nobody above them on paper.
                parent: fields.get("parent_unit").map(|_| self.spans(parent, fields)),
                unit: self.spans(unit, fields),
                number: self.spans(number, fields),
                place_date: self.spans(place_date, fields),
            },
            Block::Title { text } => Filled::Title(self.spans(text, fields)),
            Block::Subtitle { when, .. } | Block::Text { when, .. } if !given(when) => return Vec::new(),
            Block::Subtitle { text, .. } => Filled::Subtitle(self.spans(text, fields)),
            Block::Text { text, each: Some(list), indent, keep, centre, .. } => {
                let Some(rows) = fields.list(list).filter(|rows| !rows.is_empty()) else {
                    self.missing.insert(list.clone());
                    return Vec::new();
                };
                let row = |row: &Fields| Filled::Text {
                    spans: self.spans(text, &row.over(fields)),
                    indent: *indent,
                    keep: *keep,
                    centre: *centre,
                };
                return rows.iter().map(row).collect();
            }
            Block::Text { text, indent, keep, centre, .. } => Filled::Text {
                spans: self.spans(text, fields),
                indent: *indent,
                keep: *keep,
                centre: *centre,
            },
            Block::Closing { recipients, signature, note, signer } => Filled::Closing {
                recipients: recipients.iter().map(|line| self.spans(line, fields)).collect(),
                signature: signature.iter().map(|line| self.spans(line, fields)).collect(),
                note: self.spans(note, fields),
                signer: self.spans(signer, fields),
            },
            Block::Signatures { columns } => Filled::Signatures(
                columns
                    .iter()
                    .map(|column| {
                        [&column.title, &column.note, &column.name].map(|text| self.spans(text, fields))
                    })
                    .collect(),
            ),
            Block::Verify { text } => Filled::Verify(self.spans(text, fields)),
        };
        vec![one]
    }

    /// Styles are read from the template alone: a star in a name is a star.
    fn spans(&mut self, text: &str, fields: &Fields) -> Vec<Span> {
        let mut spans = vec![Span::default()];
        let mut rest = text;
        while let Some(at) = rest.find(['*', '_', '{']) {
            push(&mut spans, &rest[..at]);
            let (bold, italic) = spans.last().map_or((false, false), |span| (span.bold, span.italic));
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("**") {
                spans.push(Span { bold: !bold, italic, ..Span::default() });
                rest = after;
            } else if let Some(after) = rest.strip_prefix("__") {
                spans.push(Span { bold, italic: !italic, ..Span::default() });
                rest = after;
            } else if let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                match fields.get(name) {
                    Some(value) => push(&mut spans, value),
                    None => {
                        self.missing.insert(name.to_owned());
                    }
                }
                rest = after;
            } else {
                push(&mut spans, &rest[..1]);
                rest = &rest[1..];
            }
        }
        push(&mut spans, rest);
        spans.retain(|span| !span.text.is_empty());
        spans
    }
}

fn push(spans: &mut [Span], text: &str) {
    if let Some(last) = spans.last_mut() {
        last.text.push_str(text);
    }
}
