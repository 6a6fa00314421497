//! Why a file or buffer is not taken as a picture. Each message says what to do.

use super::entry::{MAX_BYTES, MAX_PIXELS, MAX_SIDE};

/// Why bytes or a file are no picture that is read. The file's name is added by who has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No bytes at all.
    #[error("the file is empty; copy it again")]
    Empty,
    /// The file itself is larger than any camera's picture.
    #[error("the file has more than {} MB; make it smaller", MAX_BYTES >> 20)]
    TooManyBytes,
    /// Its header announces more pixels than are read. Nothing was allocated for them.
    #[error(
        "it says to be {width} × {height} pixels; at most {MAX_SIDE} a side and {} million in all are read: make it smaller",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Pixels per row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Few pixels that unpack to much more, or a colour profile that does.
    #[error("it unpacks to more memory than a picture may take; make it smaller or save it without extras")]
    TooMuchMemory,
    /// Width or height is 0.
    #[error("it has no pixels; save it again")]
    NoPixels,
    /// The end of the picture is missing. A part is never taken for the whole.
    #[error("the {0} is cut short; copy it again")]
    CutShort(&'static str),
    /// Several pictures in one file: taking the first would lose the others unseen.
    #[error("it is an animated {0}; save its frames as single pictures")]
    Animated(&'static str),
    /// A known kind of file that is not decoded.
    #[error("it is {0}; save it as JPEG or PNG")]
    OtherKind(&'static str),
    /// Neither.
    #[error("it is no JPEG, PNG, BMP or WebP, whatever its name says")]
    Unknown,
    /// Not a regular file: reading could wait for ever or have effects.
    #[error("it is a {0}, not a file; name a picture file")]
    NotAFile(&'static str),
    /// The decoder gave up.
    #[error("it is damaged ({0}); copy it again")]
    Damaged(String),
}
