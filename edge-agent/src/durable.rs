//! Small files that survive a power cut whole: the old content or the new one, never half of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Writes `content` to `path` with permissions `mode` (as 0o600).
///
/// # Errors
/// What the system said; the old content is still there then.
pub fn write(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let partial = path.with_extension("partial");
    // A partial file left by a power cut may have other permissions.
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&partial)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    sync_folder_of(path)
}

/// Makes a rename or removal in the folder of `path` last.
///
/// # Errors
/// What the system said.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
