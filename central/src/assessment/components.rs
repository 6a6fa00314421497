//! What the programs and the console are made of, from the two lock files that they are built with.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PackError;
use super::logs::csv;

#[derive(Deserialize)]
struct CargoLock {
    package: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    /// SHA-256; none for a part of this product.
    checksum: Option<String>,
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    version: String,
    integrity: Option<String>,
    license: Option<String>,
    /// Only for building and testing: not in what browsers get.
    #[serde(default)]
    dev: bool,
}

/// Every part with its version and the digest that the build insists on.
pub(super) fn table() -> Result<String, PackError> {
    let encode = |error: String| PackError::Encode(error);
    let cargo: CargoLock =
        toml::from_str(include_str!("../../../Cargo.lock")).map_err(|e| encode(e.to_string()))?;
    let npm: NpmLock = serde_json::from_str(include_str!("../../ui/package-lock.json"))
        .map_err(|error| encode(error.to_string()))?;
    let mut rows = Vec::with_capacity(cargo.package.len() + npm.packages.len());
    for part in cargo.package {
        let (digest, used) = match part.checksum {
            Some(checksum) => (format!("sha256-{checksum}"), "program"),
            None => (String::new(), "own"),
        };
        rows.push(["rust".into(), part.name, part.version, digest, String::new(), used.into()]);
    }
    for (path, part) in npm.packages {
        let Some((_, name)) = path.rsplit_once("node_modules/") else { continue };
        let used = if part.dev { "build" } else { "console" };
        rows.push([
            "npm".into(),
            name.to_owned(),
            part.version,
            part.integrity.unwrap_or_default(),
            part.license.unwrap_or_default(),
            used.into(),
        ]);
    }
    Ok(csv(["kind", "name", "version", "digest", "licence", "use"], rows))
}
