//! Changes of the law as one account proposes them and another approves them: applied to an edition they give the next one, or
//! everything that is wrong with them; between two editions they can be shown as differences.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::check;
use super::edition::{Edition, each_table};
use super::rows::*;
use crate::gates::document::Trouble;

/// One change of one row. A row is named by table, key and first day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Adds a row, or takes the place of the one with its key and first day.
    Put {
        /// Table: `behaviours`, `holidays`, ….
        table: String,
        /// The whole row, with the fields that `GET /law` shows.
        row: Value,
    },
    /// Ends a row.
    End {
        /// Table.
        table: String,
        /// Key.
        key: String,
        /// First day of the row.
        #[schema(value_type = String, format = Date)]
        valid_from: Date,
        /// Its last day.
        #[schema(value_type = String, format = Date)]
        valid_to: Date,
    },
    /// Takes out a row that never should have been there.
    Remove {
        /// Table.
        table: String,
        /// Key.
        key: String,
        /// First day of the row.
        #[schema(value_type = String, format = Date)]
        valid_from: Date,
    },
}

impl Change {
    fn table(&self) -> &str {
        match self {
            Self::Put { table, .. } | Self::End { table, .. } | Self::Remove { table, .. } => table,
        }
    }
}

/// A row that two editions do not have alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Table.
    pub table: String,
    /// Key of the row.
    pub key: String,
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    pub valid_from: Date,
    /// `added`, `removed` or `changed`.
    pub kind: String,
    /// The fields that differ; of an added or removed row all that are not empty.
    pub fields: Vec<FieldDifference>,
}

/// A field that two editions do not have alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldDifference {
    /// Name.
    pub field: String,
    /// Value before.
    pub from: Value,
    /// Value after.
    pub to: Value,
}

/// The edition that follows from changes.
///
/// # Errors
/// Everything that is wrong: changes that cannot be read, rows that are not there, and what is wrong with the result.
pub fn apply(edition: &Edition, changes: &[Change]) -> Result<Edition, Vec<Trouble>> {
    let (mut next, mut wrongs) = (edition.clone(), Vec::new());
    if changes.is_empty() {
        wrongs.push(check::trouble("changes", "nothing", "chưa có thay đổi nào", "say at least one change"));
    }
    for (index, change) in changes.iter().enumerate() {
        let path = format!("changes[{index}]");
        macro_rules! dispatch {
            ($($field:ident: $row:ident),*) => {
                match change.table() {
                    $(<$row as Row>::TABLE => apply_one(&mut next.$field, change, &path, &mut wrongs),)*
                    other => wrongs.push(check::trouble(
                        &format!("{path}.table"),
                        "unknown_table",
                        &format!("không có bảng {other}"),
                        &format!("there is no table {other}: {}", Edition::tables().join(", ")),
                    )),
                }
            };
        }
        each_table!(dispatch);
    }
    wrongs.extend(check::problems(&next));
    if wrongs.is_empty() { Ok(next) } else { Err(wrongs) }
}

fn apply_one<T: Row>(rows: &mut Vec<T>, change: &Change, path: &str, wrongs: &mut Vec<Trouble>) {
    let at = |rows: &[T], key: &str, from: Date| {
        rows.iter().position(|row| row.key() == key && row.valid_from() == from)
    };
    match change {
        Change::Put { row, .. } => match serde_json::from_value::<T>(row.clone()) {
            Ok(row) => match at(rows, &row.key(), row.valid_from()) {
                Some(index) => rows[index] = row,
                None => rows.push(row),
            },
            Err(error) => wrongs.push(check::trouble(
                &format!("{path}.row"),
                "bad_row",
                &format!("dòng không đúng định dạng: {error}"),
                &format!("not a row of this table: {error}"),
            )),
        },
        Change::End { key, valid_from, valid_to, .. } => match at(rows, key, *valid_from) {
            Some(index) => {
                if let Some(row) = ended(&rows[index], *valid_to) {
                    rows[index] = row;
                }
            }
            None => wrongs.push(no_such(path, key, *valid_from)),
        },
        Change::Remove { key, valid_from, .. } => match at(rows, key, *valid_from) {
            Some(index) => {
                rows.remove(index);
            }
            None => wrongs.push(no_such(path, key, *valid_from)),
        },
    }
}

/// The row with another last day. Rows are alike only in how they are written, so this goes through that.
fn ended<T: Row>(row: &T, last: Date) -> Option<T> {
    let mut value = serde_json::to_value(row).ok()?;
    value["valid_to"] = serde_json::to_value(last).ok()?;
    serde_json::from_value(value).ok()
}

fn no_such(path: &str, key: &str, from: Date) -> Trouble {
    check::trouble(
        path,
        "no_such_row",
        &format!("không có dòng {key} từ ngày {from}"),
        &format!("there is no row {key} from {from}"),
    )
}

/// What differs between two editions, table by table.
pub fn differences(before: &Edition, after: &Edition) -> Vec<Difference> {
    let mut all = Vec::new();
    macro_rules! compare {
        ($($field:ident: $row:ident),*) => { $(compare_rows(&before.$field, &after.$field, &mut all);)* };
    }
    each_table!(compare);
    all
}

fn compare_rows<T: Row>(before: &[T], after: &[T], all: &mut Vec<Difference>) {
    let same = |one: &T, other: &T| one.key() == other.key() && one.valid_from() == other.valid_from();
    let difference = |row: &T, kind: &str, from: Option<&T>, to: Option<&T>| Difference {
        table: T::TABLE.to_owned(),
        key: row.key(),
        valid_from: row.valid_from(),
        kind: kind.to_owned(),
        fields: fields(&written(from), &written(to)),
    };
    for row in before {
        match after.iter().find(|other| same(row, other)) {
            None => all.push(difference(row, "removed", Some(row), None)),
            Some(other) if other != row => all.push(difference(row, "changed", Some(row), Some(other))),
            Some(_) => {}
        }
    }
    for row in after.iter().filter(|row| !before.iter().any(|other| same(row, other))) {
        all.push(difference(row, "added", None, Some(row)));
    }
}

fn written<T: Row>(row: Option<&T>) -> Value {
    row.and_then(|row| serde_json::to_value(row).ok()).unwrap_or(Value::Null)
}

fn fields(before: &Value, after: &Value) -> Vec<FieldDifference> {
    let names = [before, after].into_iter().filter_map(Value::as_object).flat_map(|row| row.keys());
    let mut seen = std::collections::BTreeSet::new();
    names
        .filter(|name| seen.insert(*name))
        .map(|name| FieldDifference {
            field: name.clone(),
            from: before[name].clone(),
            to: after[name].clone(),
        })
        .filter(|field| field.from != field.to)
        .collect()
}
