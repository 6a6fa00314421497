//! Extractors that refuse with a [`Problem`], and the small values that every resource uses.

use axum::extract::{FromRequest, FromRequestParts};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};

use super::problem::Problem;

/// JSON body in, JSON body out.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

/// Path parameters.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// A moment, milliseconds since 1970 UTC; in JSON RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let at = Timestamp::from_millisecond(self.0).map_err(serde::ser::Error::custom)?;
        serializer.collect_str(&format_args!("{at:.3}"))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at: Timestamp = text.parse().map_err(|_| {
            serde::de::Error::custom(format_args!(
                "{text:?} is not an RFC 3339 time such as 2026-11-21T07:00:00Z"
            ))
        })?;
        Ok(Self(at.as_millisecond()))
    }
}

impl utoipa::PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .build()
            .into()
    }
}

impl utoipa::ToSchema for Moment {}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; null after the last.
    pub next: Option<String>,
}

/// Most rows on one page.
pub const MAX_PAGE: u32 = 200;

impl<T> Page<T> {
    /// Cuts rows, one more of which were read than wanted, to a page.
    pub fn cut(mut items: Vec<T>, limit: u32, place: impl Fn(&T) -> Place) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|last| place(last).to_string());
        Self { items, next }
    }
}

/// A page's size as asked for, or an error that says the bounds.
pub fn page_size(limit: Option<u32>) -> Result<u32, Problem> {
    match limit {
        None => Ok(50),
        Some(limit @ 1..=MAX_PAGE) => Ok(limit),
        Some(_) => Err(Problem::bad_request("bad_limit", format!("limit: use 1 to {MAX_PAGE}"))),
    }
}

/// Where a list goes on: after the row with this time and id. Rows that arrive meanwhile do not move it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Time of the row, milliseconds.
    pub at_ms: i64,
    /// Its id.
    pub id: String,
}

impl Place {
    /// Before everything in a list with the newest first.
    pub fn start() -> Self {
        Self { at_ms: i64::MAX, id: String::new() }
    }

    /// Reads a cursor; none is the start.
    ///
    /// # Errors
    /// 400 `bad_cursor` for a text that no list of ours gave out.
    pub fn parse(cursor: Option<&str>) -> Result<Self, Problem> {
        let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(Self::start()) };
        let read = || {
            let (at, id) = cursor.split_once('.')?;
            let id_fits =
                (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let at_ms = i64::from_str_radix(at, 16).ok()?;
            id_fits.then(|| Self { at_ms, id: id.to_owned() })
        };
        read().ok_or_else(|| Problem::bad_request("bad_cursor", "cursor: use the `next` of the page before"))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{}", self.at_ms, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_rfc_3339_with_milliseconds() {
        assert_eq!(
            serde_json::to_string(&Moment(1_795_000_000_120)).unwrap(),
            r#""2026-11-18T11:06:40.120Z""#
        );
        assert_eq!(
            serde_json::from_str::<Moment>(r#""2026-11-18T18:06:40.12+07:00""#).unwrap(),
            Moment(1_795_000_000_120)
        );
        assert!(serde_json::from_str::<Moment>("\"yesterday\"").is_err());
    }

    #[test]
    fn a_cursor_survives_and_a_made_up_one_is_refused() {
        let place = Place { at_ms: 1_795_000_000_120, id: "0190-ab".into() };
        assert_eq!(Place::parse(Some(&place.to_string())).unwrap(), place);
        assert_eq!(Place::parse(None).unwrap(), Place::start());
        for bad in ["x", "zz.a", "1.", "1.a'b", "1.%"] {
            assert!(Place::parse(Some(bad)).is_err(), "{bad}");
        }
    }
}
