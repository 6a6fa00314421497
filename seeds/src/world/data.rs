//! The embedded lists in `seeds/data`, as typed rows.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Seed data could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A table is damaged.
    #[error("seed table {table}: {source}; restore the file in seeds/data and build again")]
    Table {
        /// File name.
        table: &'static str,
        /// Line and column.
        source: csv::Error,
    },
    /// A row says something impossible.
    #[error("seed table {table}, row of {row}: {problem}")]
    Row {
        /// File name.
        table: &'static str,
        /// First field of the row.
        row: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The list of names is damaged.
    #[error("seed list names.toml: {0}")]
    Names(#[from] toml::de::Error),
    /// A file could not be written.
    #[error("cannot write {path}: {source}; choose another --out folder or free some space")]
    Write {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A folder could not be made.
    #[error("cannot make the folder {path}: {source}; choose another --out folder")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Parts of names and addresses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub family: Vec<String>,
    pub middle_male: Vec<String>,
    pub middle_female: Vec<String>,
    pub given_male: Vec<String>,
    pub given_female: Vec<String>,
    pub streets: Vec<String>,
    pub org_forms: Vec<String>,
    pub org_trades: Vec<String>,
    pub org_fancy: Vec<String>,
    pub state_bodies: Vec<String>,
    pub missions: Vec<String>,
}

/// A commune, ward or special zone. Codes are invented.
#[derive(Debug, Clone, Deserialize)]
pub struct Commune {
    pub code: String,
    pub commune: String,
    pub province: String,
}

/// A make and model by type of vehicle.
#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    pub vehicle_type: String,
    pub make: String,
    pub model: String,
}

pub fn names() -> Result<Names, DataError> {
    Ok(toml::from_str(include_str!("../../data/names.toml"))?)
}

pub fn communes() -> Result<Vec<Commune>, DataError> {
    table("communes.csv", include_str!("../../data/communes.csv"))
}

pub fn models() -> Result<Vec<Model>, DataError> {
    table("makes.csv", include_str!("../../data/makes.csv"))
}

pub fn table<T: DeserializeOwned>(name: &'static str, text: &str) -> Result<Vec<T>, DataError> {
    let rows: Result<Vec<T>, _> = csv::Reader::from_reader(text.as_bytes()).deserialize().collect();
    rows.map_err(|source| DataError::Table { table: name, source })
}
