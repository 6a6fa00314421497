//! Reading handlings.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sqlx::{AssertSqlSafe, Row as _};

use super::super::rows::Scope;
use super::{
    AttachmentRow, CODE, CONTENT, HandlingRow, LogRow, Person, Store, StoreError, TEXT, document, open_person,
};
use crate::handling::Handling;
use crate::sealing::DataKey;

/// How a list of handlings is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Open ones by the deadline that ends first, then those without one, then what is over; by number within.
    #[default]
    Deadline,
    /// The one that changed last first.
    Changed,
}

/// Behind every deadline: open, and nothing has to be done by a moment.
const NO_DEADLINE: i64 = 9_000_000_000_000_000;
/// Behind everything that is open.
const OVER: i64 = NO_DEADLINE + 1;

impl Sort {
    /// Key, name and order of a list: expressions of the query.
    fn sql(self) -> (String, &'static str, &'static str, &'static str) {
        match self {
            Self::Deadline => (
                format!(
                    "(case when h.ended_at_ms is not null then {OVER} else coalesce(h.due_at_ms, {NO_DEADLINE}) end)"
                ),
                "h.number",
                ">",
                "asc",
            ),
            Self::Changed => ("h.updated_at_ms".to_owned(), "h.handling_id", "<", "desc"),
        }
    }

    /// The place of a row, for the next page.
    pub fn of(self, row: &HandlingRow) -> (i64, &str) {
        match self {
            Self::Deadline if row.ended_at_ms.is_some() => (OVER, &row.number),
            Self::Deadline => (row.due_at_ms.unwrap_or(NO_DEADLINE), &row.number),
            Self::Changed => (row.updated_at_ms, &row.handling_id),
        }
    }

    /// Before the first row.
    pub fn start(self) -> (i64, String) {
        match self {
            Self::Deadline => (i64::MIN, String::new()),
            Self::Changed => (i64::MAX, String::new()),
        }
    }
}

/// What a list of handlings is asked for; empty texts for all.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// State.
    pub state: String,
    /// Site.
    pub site: String,
    /// Beginning of a number, or a plate.
    pub q: String,
    /// Only those whose open deadline ends before this, ms.
    pub due_before_ms: Option<i64>,
}

impl Store {
    /// A handling.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling(&self, handling_id: &str) -> Result<Option<Handling>, StoreError> {
        let row = sqlx::query("select document from handlings where handling_id = $1")
            .bind(handling_id)
            .fetch_optional(self.read())
            .await?;
        row.map(|row| document(handling_id, &row.try_get::<String, _>(0)?)).transpose()
    }

    /// Handlings behind a place in the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handlings(
        &self,
        scope: &Scope,
        asked: &Asked,
        sort: Sort,
        behind: (i64, &str),
        limit: u32,
    ) -> Result<Vec<HandlingRow>, StoreError> {
        let (key, name, way, order) = sort.sql();
        let text = format!(
            "select h.handling_id, h.number, h.state, h.document, h.updated_at_ms, h.due_at_ms, h.ended_at_ms from handlings h
             where ($1 = '' or $1 like '%,' || h.site || ',%') and ($2 = '' or h.state = $2) and ($3 = '' or h.site = $3)
                and ($4 = '' or h.number like $4 || '%' or h.plate like $4 || '%'
                    or exists (select 1 from handling_cases c where c.handling_id = h.handling_id and c.number like $4 || '%'))
                and ($5 = 0 or (h.due_at_ms is not null and h.due_at_ms <= $5))
                and ({key} {way} $6 or {key} = $6 and {name} {way} $7)
             order by {key} {order}, {name} {order} limit $8"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(scope.sql())
            .bind(&asked.state)
            .bind(&asked.site)
            .bind(&asked.q)
            .bind(asked.due_before_ms.unwrap_or(0))
            .bind(behind.0)
            .bind(behind.1)
            .bind(i64::from(limit))
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(HandlingRow::read).collect::<Result<_, _>>()?)
    }

    /// How many handlings stand in which state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling_counts(&self, scope: &Scope, site: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select state, count(*) from handlings where ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2)
             group by state",
        )
        .bind(scope.sql())
        .bind(site)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// The log, oldest line first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling_log(&self, handling_id: &str) -> Result<Vec<LogRow>, StoreError> {
        let rows = sqlx::query("select * from handling_log where handling_id = $1 order by seq")
            .bind(handling_id)
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(LogRow::read).collect::<Result<_, _>>()?)
    }

    /// Who a party is.
    ///
    /// # Errors
    /// When the database fails, or the data key is another one.
    pub async fn handling_person(
        &self,
        key: &DataKey,
        handling_id: &str,
        n: u32,
    ) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query("select person_sealed from handling_parties where handling_id = $1 and n = $2")
            .bind(handling_id)
            .bind(i64::from(n))
            .fetch_optional(self.read())
            .await?;
        row.map(|row| open_person(key, &row.try_get::<String, _>(0)?)).transpose()
    }

    /// Keyed digest of a party's number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn party_digest(&self, handling_id: &str, n: u32) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select id_digest from handling_parties where handling_id = $1 and n = $2")
            .bind(handling_id)
            .bind(i64::from(n))
            .fetch_optional(self.read())
            .await?)
    }

    /// Texts of answers, by number.
    ///
    /// # Errors
    /// When the database fails, or the data key is another one.
    pub async fn handling_answers(
        &self,
        key: &DataKey,
        handling_id: &str,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let rows =
            sqlx::query("select n, text_sealed from handling_answers where handling_id = $1 order by n")
                .bind(handling_id)
                .fetch_all(self.read())
                .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, key.open(TEXT, &row.try_get::<String, _>(1)?)?))).collect()
    }

    /// Attachments, without their content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling_attachments(&self, handling_id: &str) -> Result<Vec<AttachmentRow>, StoreError> {
        let rows = sqlx::query(
            "select attachment_id, answer, name, media_type, bytes from handling_attachments where handling_id = $1 order by attachment_id",
        )
        .bind(handling_id)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AttachmentRow::read).collect::<Result<_, _>>()?)
    }

    /// An attachment with its content: name, type, bytes.
    ///
    /// # Errors
    /// When the database fails, or the data key is another one.
    pub async fn attachment(
        &self,
        key: &DataKey,
        handling_id: &str,
        attachment_id: &str,
    ) -> Result<Option<(AttachmentRow, Vec<u8>)>, StoreError> {
        let row =
            sqlx::query("select * from handling_attachments where handling_id = $1 and attachment_id = $2")
                .bind(handling_id)
                .bind(attachment_id)
                .fetch_optional(self.read())
                .await?;
        let Some(row) = row else { return Ok(None) };
        let text = key.open(CONTENT, &row.try_get::<String, _>("content_sealed")?)?;
        Ok(Some((AttachmentRow::read(&row)?, BASE64.decode(text).unwrap_or_default())))
    }

    /// Handlings that have to be looked at by now, the most urgent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handlings_due(&self, now_ms: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "select handling_id from handlings where next_at_ms is not null and next_at_ms <= $1 order by next_at_ms limit $2",
        )
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?)
    }

    /// The handling and order behind an outside number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling_by_key(&self, name: &str) -> Result<Option<(String, u32)>, StoreError> {
        let row = sqlx::query("select handling_id, order_n from handling_keys where name = $1")
            .bind(name)
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((row.try_get(0)?, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0))))
    }

    /// Callbacks that came and could not be applied yet, whose number is known by now: digest, number, body.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_callbacks(&self, limit: u32) -> Result<Vec<(String, String, String)>, StoreError> {
        let rows = sqlx::query(
            "select c.digest, c.key_name, c.body from handling_callbacks c join handling_keys k on k.name = c.key_name
             where c.applied_at_ms is null order by c.received_at_ms limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// The handling that a case is in, and how the public page names it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handling_of_case(&self, case_id: &str) -> Result<Option<(String, String)>, StoreError> {
        let row = sqlx::query("select handling_id, ref from handling_cases where case_id = $1")
            .bind(case_id)
            .fetch_optional(self.read())
            .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// The number of the handling that goes on with the cases of one that was joined; `None` for one that was not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goes_on_as(&self, h: &Handling) -> Result<Option<String>, StoreError> {
        let (Some(into), Some(act)) = (&h.joined_into, h.acts.first()) else { return Ok(None) };
        // By its case: the other one may have been joined again since.
        let now: Option<String> = sqlx::query_scalar(
            "select h.number from handling_cases c join handlings h on h.handling_id = c.handling_id where c.case_id = $1",
        )
        .bind(&act.case_id)
        .fetch_optional(self.read())
        .await?;
        Ok(Some(now.unwrap_or_else(|| into.clone())))
    }

    /// The code that was printed in the notice of a party.
    ///
    /// # Errors
    /// When the database fails, or the data key is another one.
    pub async fn notice_code(
        &self,
        key: &DataKey,
        handling_id: &str,
        party: u32,
    ) -> Result<Option<String>, StoreError> {
        let sealed: Option<String> = sqlx::query_scalar(
            "select code_sealed from handling_codes where handling_id = $1 and party = $2 order by made_at_ms desc limit 1",
        )
        .bind(handling_id)
        .bind(i64::from(party))
        .fetch_optional(self.read())
        .await?;
        sealed.map(|sealed| key.open(CODE, &sealed).map_err(StoreError::from)).transpose()
    }
}
