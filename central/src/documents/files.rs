//! Where PDFs are kept: by the SHA-256 of their bytes, written once, checked whenever they are read.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use wire::Digest;

/// Writes a file durably; one that is there already is left alone. Blocking.
///
/// # Errors
/// When the disk fails: then nothing half-written stays.
pub fn put(folder: &Path, bytes: &[u8]) -> std::io::Result<Digest> {
    let name = Digest::of(bytes);
    let target = location(folder, name);
    if target.exists() {
        return Ok(name);
    }
    let parent = target.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent)?;
    let temporary = parent.join(format!(".{}.part", uuid::Uuid::new_v4().simple()));
    let written = (|| {
        let mut file = std::fs::File::create_new(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &target)?;
        std::fs::File::open(parent)?.sync_all()
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written.map(|()| name)
}

/// Reads a file; one that was altered on the disk is not given out. Blocking.
///
/// # Errors
/// When it is not there, cannot be read, or was altered.
pub fn get(folder: &Path, name: Digest) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::read(location(folder, name))?;
    if Digest::of(&bytes) != name {
        let problem = format!("document {name} was altered on the disk: put the saved copy back");
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, problem));
    }
    Ok(bytes)
}

fn location(folder: &Path, name: Digest) -> PathBuf {
    let hex = name.to_string();
    folder.join(&hex[..2]).join(format!("{hex}.pdf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_and_an_altered_one_is_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        let name = put(folder.path(), b"%PDF-1").unwrap();
        assert_eq!(put(folder.path(), b"%PDF-1").unwrap(), name);
        assert_eq!(get(folder.path(), name).unwrap(), b"%PDF-1");
        std::fs::write(location(folder.path(), name), b"%PDF-2").unwrap();
        assert_eq!(get(folder.path(), name).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
        assert_eq!(get(folder.path(), Digest::of(b"x")).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    }
}
