//! Known cases: made from decided ones, to measure reviewers. Nobody may tell one from another case, so it gets its own number, its own
//! times, and files that show the same and have other digests: whoever saw the first case does not know its pictures again by name.

use wire::{Digest, EvidenceRef};

use super::state::{Decision, State};
use crate::evidence::{EvidenceError, EvidenceStore, Kind};
use crate::store::cases::CaseRow;
use crate::store::{Store, StoreError};

/// Why a known case was not made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There is no such case, or nothing of it is left.
    #[error(
        "there is no case {0} with its evidence: use the number of a case that is not erased, such as VP-2026-000123"
    )]
    NoCase(String),
    /// People have not decided about it.
    #[error(
        "case {0} is neither confirmed nor rejected: say with --expected what the right answer is, or take a decided one"
    )]
    NotDecided(String),
    /// It was never reviewed, or is a known case itself.
    #[error("case {0} cannot be one: it is inadmissible, not screened yet, or made from another")]
    Unfit(String),
    /// A file is not there.
    #[error("case {number}: {error}")]
    File {
        /// The case.
        number: String,
        /// What is wrong.
        error: EvidenceError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file of a known case, and which one of the first case it stands for.
#[derive(Debug, Clone)]
pub struct Copied {
    /// The first case's.
    pub of: Digest,
    /// Its own.
    pub evidence: EvidenceRef,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Number of the known case.
    pub number: String,
    /// The right answer.
    pub expected: Decision,
    /// Whether the register has answered about its owner: where not, reviewers read that there is no answer.
    pub owner_known: bool,
}

/// Makes a known case from the one of this number. `expected`: the right answer, when people have not given it; `by`: for the audit log.
///
/// # Errors
/// [`SeedError`].
pub async fn make(
    (store, evidence): (&Store, &EvidenceStore),
    number: &str,
    expected: Option<Decision>,
    by: &str,
    now: jiff::Timestamp,
) -> Result<Made, SeedError> {
    let missing = || SeedError::NoCase(number.to_owned());
    let case = store.cases().by_number(number).await?.ok_or_else(missing)?;
    if case.erased_at_ms.is_some() || case.violation.is_none() {
        return Err(missing());
    }
    let state = case.state()?;
    if case.seeded == 1 || !case.gate()?.is_some_and(|gate| gate.admissible) || state == State::Duplicate {
        return Err(SeedError::Unfit(number.to_owned()));
    }
    let expected = match (expected, state) {
        (Some(expected), _) => expected,
        (None, State::Confirmed) => Decision::Approve,
        (None, State::Rejected) => Decision::Reject,
        (None, _) => return Err(SeedError::NotDecided(number.to_owned())),
    };
    let copies = copies(evidence, &case)
        .await
        .map_err(|error| SeedError::File { number: number.to_owned(), error })?;
    let made = store.cases().seed(&case, expected, &copies, by, now).await?;
    Ok(Made { number: made.number, expected, owner_known: made.owner_known })
}

async fn copies(store: &EvidenceStore, case: &CaseRow) -> Result<Vec<Copied>, EvidenceError> {
    let files = case.evidence().map_err(|error| EvidenceError::Io(error.to_string()))?;
    let mut copies = Vec::with_capacity(files.len());
    for one in files {
        let (kind, bytes) = store.get_kind(one.sha256).await?;
        let bytes = retold(kind, &bytes, &rand::random());
        let sha256 = Digest::of(&bytes);
        let evidence =
            EvidenceRef { sha256, bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX), ..one.clone() };
        store.put(sha256, bytes.into()).await?;
        copies.push(Copied { of: one.sha256, evidence });
    }
    Ok(copies)
}

/// A file that shows exactly the same under another digest: a comment in a picture, a free box behind a clip, white space behind an overlay.
fn retold(kind: Kind, bytes: &[u8], salt: &[u8; 16]) -> Vec<u8> {
    match kind {
        Kind::Jpeg => {
            // Behind the first segment, which readers expect where it is.
            let first = match bytes.get(2..6) {
                Some([0xff, 0xe0..=0xef, high, low]) => 2 + usize::from(u16::from_be_bytes([*high, *low])),
                _ => 0,
            };
            let at = (2 + first).min(bytes.len());
            [&bytes[..at], &[0xff, 0xfe, 0, 18], salt, &bytes[at..]].concat()
        }
        Kind::Mp4 => [bytes, &[0, 0, 0, 24], b"free", salt].concat(),
        Kind::Overlay => {
            let blank = |bit: usize| if salt[bit / 8] >> (bit % 8) & 1 == 0 { b' ' } else { b'\n' };
            bytes.iter().copied().chain((0..128).map(blank)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::testing::{jpeg, mp4, overlay};

    #[test]
    fn a_file_retold_is_still_what_it_was_under_another_name() {
        let mut real = Vec::new();
        let picture = image::RgbImage::from_fn(32, 16, |x, y| image::Rgb([x as u8 * 8, y as u8 * 16, 90]));
        picture.write_to(&mut std::io::Cursor::new(&mut real), image::ImageFormat::Jpeg).unwrap();
        let with_jfif = [&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2][..], &real[2..]].concat();
        for (kind, bytes) in [
            (Kind::Jpeg, with_jfif),
            (Kind::Jpeg, real.clone()),
            (Kind::Jpeg, jpeg("a")),
            (Kind::Mp4, mp4("a")),
            (Kind::Overlay, overlay("a")),
        ] {
            let (one, other) = (retold(kind, &bytes, &[1; 16]), retold(kind, &bytes, &[2; 16]));
            assert!(one != bytes && one != other);
            assert_eq!(EvidenceStore::check(Digest::of(&one), &one).unwrap(), kind);
        }
        let again = image::load_from_memory(&retold(Kind::Jpeg, &real, &[7; 16])).unwrap();
        assert_eq!(again.to_rgb8(), image::load_from_memory(&real).unwrap().to_rgb8(), "pixel for pixel");
    }
}
