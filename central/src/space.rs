//! Free space where central writes: a full disk has to be known before it is full.

use std::path::Path;

use crate::config::Config;

const MIB: u64 = 1 << 20;

/// Bytes that central may still write into the file system of `folder`.
pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// The least free space of the folders that central writes into.
pub fn least_free_bytes(config: &Config) -> std::io::Result<u64> {
    Ok(free_bytes(&config.data.folder)?.min(free_bytes(&config.evidence_folder())?))
}

/// What is short, and what to do; `None` when there is enough. The text names no folder: it is shown to anybody.
pub fn shortage(config: &Config) -> Option<String> {
    let wanted = u64::from(config.data.min_free_mib);
    match least_free_bytes(config) {
        _ if wanted == 0 => None,
        Ok(free) if free / MIB >= wanted => None,
        Ok(free) => Some(format!(
            "{} MiB free for database and evidence, data.min_free_mib wants {wanted}: make room",
            free / MIB
        )),
        Err(error) => Some(format!("free space for database and evidence cannot be told: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path, min_free_mib: u32) -> Config {
        let mut config = Config::default();
        config.data.folder = folder.to_owned();
        config.data.evidence_folder = Some(folder.to_owned());
        config.data.min_free_mib = min_free_mib;
        config
    }

    #[test]
    fn too_little_space_is_told_with_the_number_and_the_setting() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(shortage(&config(folder.path(), 1)), None);
        let text = shortage(&config(folder.path(), u32::MAX)).unwrap();
        assert!(text.contains("MiB free") && text.contains("data.min_free_mib"), "{text}");
    }

    #[test]
    fn a_folder_that_is_gone_is_no_space_unless_nobody_asks() {
        let gone = Path::new("/no/such/folder");
        assert!(shortage(&config(gone, 1)).unwrap().contains("cannot be told"));
        assert_eq!(shortage(&config(gone, 0)), None);
    }
}
