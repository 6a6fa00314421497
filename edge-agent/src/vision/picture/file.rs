//! Reading a picture file without being held up by what is no file.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::entry::MAX_BYTES;
use super::error::PictureError;
use crate::vision::VisionError;

/// The bytes of a regular file, links followed.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, VisionError> {
    let io = |e: std::io::Error| VisionError::Io { path: path.to_owned(), reason: e.to_string() };
    // Looked at before it is opened, because opening a device can have effects already; and again afterwards, because
    // the name may lead elsewhere by then.
    regular(&std::fs::metadata(path).map_err(io)?)?;
    let file = open(path).map_err(io)?;
    regular(&file.metadata().map_err(io)?)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PictureError::TooManyBytes.into());
    }
    Ok(bytes)
}

fn open(path: &Path) -> std::io::Result<File> {
    // Opening a pipe that nobody writes to would wait for ever otherwise.
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

fn regular(meta: &std::fs::Metadata) -> Result<(), PictureError> {
    let kind = meta.file_type();
    let what = match () {
        () if kind.is_file() && meta.len() > MAX_BYTES => return Err(PictureError::TooManyBytes),
        () if kind.is_file() => return Ok(()),
        () if kind.is_dir() => "folder",
        () if kind.is_fifo() => "pipe",
        () if kind.is_socket() => "socket",
        () => "device",
    };
    Err(PictureError::NotAFile(what))
}
