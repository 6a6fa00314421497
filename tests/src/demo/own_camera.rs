//! `make demo CAMERA=rtsp://…`: one agent more, for a camera of the user's own.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use super::logins::write_secret;

/// The site it is shown under.
pub(super) const SITE: &str = "kcn-khanh-phu";
/// Its agent.
pub(super) const AGENT: &str = "edge-own";

/// Writes the agent's configuration: people and vehicles over a line across the middle of the picture.
pub(super) fn configure(folder: &Path, url: &str, mqtt: &u16) -> anyhow::Result<PathBuf> {
    let (address, credentials) = split(url)?;
    let credentials = match credentials {
        Some(secret) => {
            let path = folder.join("own-camera.credentials");
            write_secret(&path, &secret)?;
            format!("credentials = {{ file = {:?} }}\n", path.display().to_string())
        }
        None => String::new(),
    };
    let text = format!(
        "site = {SITE:?}\nagent = {AGENT:?}\nstate_dir = {state:?}\n\n\
         [central]\nurl = \"mqtt://127.0.0.1:{mqtt}\"\nenrolment_code_file = {code:?}\n\n\
         [tracker]\nhigh_score = 0.45\nbirth_score = 0.5\n\n\
         [[camera]]\nid = \"own\"\n\n[camera.stream]\nurl = {address:?}\ntransport = \"auto\"\n{credentials}\n\
         [[camera.line]]\nid = \"middle\"\nfrom = [0.02, 0.6]\nto = [0.98, 0.6]\n",
        state = folder.join(AGENT).display().to_string(),
        code = folder.join(format!("{AGENT}.code")).display().to_string(),
    );
    let path = folder.join("own.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// The address without user name and password, and those as `user:password`.
fn split(url: &str) -> anyhow::Result<(String, Option<String>)> {
    let (scheme, rest) =
        url.split_once("://").context("CAMERA is an address such as rtsp://192.0.2.10:554/stream1")?;
    ensure!(matches!(scheme, "rtsp" | "rtsps"), "CAMERA starts with rtsp:// or rtsps://, not {scheme}://");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    Ok(match host.rsplit_once('@') {
        Some((secret, host)) => (format!("{scheme}://{host}/{path}"), Some(secret.to_owned())),
        None => (url.to_owned(), None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_stays_in_the_address() {
        let (address, secret) = split("rtsp://me:p@ss@cam.example:554/a/b?c=d").unwrap();
        assert_eq!(
            (address.as_str(), secret.as_deref()),
            ("rtsp://cam.example:554/a/b?c=d", Some("me:p@ss"))
        );
        assert_eq!(split("rtsp://cam/a").unwrap(), ("rtsp://cam/a".to_owned(), None));
        assert!(split("http://cam/a").is_err());
    }
}
