//! Logs of the period, and what was refused and lost, as tables.

use jiff::Timestamp;

use super::pack::Pack;
use super::{PackError, Period};
use crate::store::Store;
use crate::tables::{Sheet, Value, csv_text};

/// Rows of the audit log that are read at once.
const PAGE: u32 = 1_000;

const AUDIT: [&str; 10] =
    ["id", "at", "actor", "role", "action", "object_kind", "object_id", "purpose", "detail", "address"];

/// Adds the logs of a period.
pub(super) async fn write(pack: &mut Pack, store: &Store, period: Period) -> Result<(), PackError> {
    // A file per day: a province's log of a year would not fit into memory.
    for day in period.from.series(jiff::Span::new().days(1)).take_while(|day| *day <= period.until) {
        let rows = audit(store, Period { from: day, until: day }.span_ms()?).await?;
        if !rows.is_empty() {
            pack.add(&format!("logs/audit/{day}.csv"), csv(AUDIT, rows).as_bytes())?;
        }
    }
    pack.add("logs/chains.csv", chains(store, period.span_ms()?).await?.as_bytes())?;
    pack.add("logs/refused-messages.csv", refused(store).await?.as_bytes())?;
    pack.add("logs/lost-events.csv", lost(store).await?.as_bytes())
}

async fn audit(store: &Store, span: (i64, i64)) -> Result<Vec<[String; 10]>, PackError> {
    let mut rows = Vec::new();
    let mut after = (i64::MIN, String::new());
    loop {
        let page = store.audit_between(span, (after.0, &after.1), PAGE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = (last.at_ms, last.audit_id.clone());
        rows.extend(page.into_iter().map(|row| {
            [
                row.audit_id,
                moment(row.at_ms),
                row.actor,
                row.role.unwrap_or_default(),
                row.action,
                row.object_kind.unwrap_or_default(),
                row.object_id.unwrap_or_default(),
                row.purpose.unwrap_or_default(),
                row.detail.unwrap_or_default(),
                row.address.unwrap_or_default(),
            ]
        }));
    }
}

async fn chains(store: &Store, span: (i64, i64)) -> Result<String, PackError> {
    let rows = store.chained_logs(span).await?.into_iter().map(|log| {
        let broken = log.broken_at.map(|at| at.to_string());
        [log.kind.to_owned(), log.id, log.lines.to_string(), broken.unwrap_or_default()]
    });
    Ok(csv(["log", "id", "lines", "first_broken_line"], rows))
}

async fn refused(store: &Store) -> Result<String, PackError> {
    let rows =
        store.refused_messages().await?.into_iter().map(|sum| {
            [sum.site, sum.agent, sum.reason_code, sum.messages.to_string(), moment(sum.last_at_ms)]
        });
    Ok(csv(["site", "agent", "reason", "messages", "last_at"], rows))
}

async fn lost(store: &Store) -> Result<String, PackError> {
    let rows = store.lost_events().await?.into_iter();
    let rows = rows.map(|sum| [sum.site, sum.agent, sum.reason, sum.events.to_string()]);
    Ok(csv(["site", "agent", "reason", "events"], rows))
}

/// A table as text.
pub(super) fn csv<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    csv_text(&Sheet {
        name: String::new(),
        head: head.map(str::to_owned).into(),
        rows: rows.into_iter().map(|row| row.map(Value::Text).into()).collect(),
    })
}

/// RFC 3339 in UTC; empty for what is no time.
pub(super) fn moment(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map(|at| at.to_string()).unwrap_or_default()
}
