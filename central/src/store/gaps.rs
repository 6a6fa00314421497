//! Sequence accounting of agents: what has not arrived, and what never will.

use sqlx::Row as _;
use wire::payload::{LossReason, OutboxLoss};

use super::{Store, StoreError, Writer};
use crate::gaps::Gaps;

/// An agent's accounting while a transaction works on it.
#[derive(Debug)]
pub(in crate::store) struct Account {
    site: String,
    agent: String,
    before: Gaps,
    /// Present state.
    pub gaps: Gaps,
}

fn number(value: u64) -> i64 {
    // Sequence numbers were checked to fit when the event was verified.
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// An inclusive range of sequence numbers.
type Range = (u64, u64);

/// Ranges that are only in `before`, and only in `after`. Both are sorted, so one walk over both finds them.
fn changes(before: &[Range], after: &[Range]) -> (Vec<Range>, Vec<Range>) {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    loop {
        match (before.peek(), after.peek()) {
            (None, None) => return (gone, new),
            (Some(old), Some(now)) if old == now => {
                before.next();
                after.next();
            }
            (Some(old), now) if now.is_none_or(|now| old < now) => gone.extend(before.next()),
            _ => new.extend(after.next()),
        }
    }
}

/// Reads the accounting of an enrolled agent.
pub(in crate::store) async fn load(
    writer: &mut Writer,
    site: &str,
    agent: &str,
) -> Result<Account, StoreError> {
    let max = sqlx::query("select max_seq from agents where site = $1 and agent = $2")
        .bind(site)
        .bind(agent)
        .fetch_optional(&mut **writer)
        .await?
        .map_or(Ok(0), |row| row.try_get::<i64, _>(0))?;
    let rows =
        sqlx::query("select from_seq, to_seq from gaps where site = $1 and agent = $2 order by from_seq")
            .bind(site)
            .bind(agent)
            .fetch_all(&mut **writer)
            .await?;
    let mut missing = Vec::with_capacity(rows.len());
    for row in rows {
        missing.push((row.try_get::<i64, _>(0)?.unsigned_abs(), row.try_get::<i64, _>(1)?.unsigned_abs()));
    }
    let gaps = Gaps { max: max.unsigned_abs(), missing };
    Ok(Account { site: site.to_owned(), agent: agent.to_owned(), before: gaps.clone(), gaps })
}

impl Account {
    /// Writes what changed.
    pub async fn save(self, writer: &mut Writer, now_ms: i64) -> Result<(), StoreError> {
        let (gone, new) = changes(&self.before.missing, &self.gaps.missing);
        for gone in gone {
            sqlx::query("delete from gaps where site = $1 and agent = $2 and from_seq = $3")
                .bind(&self.site)
                .bind(&self.agent)
                .bind(number(gone.0))
                .execute(&mut **writer)
                .await?;
        }
        for new in new {
            sqlx::query(
                "insert into gaps (site, agent, from_seq, to_seq, noticed_at_ms) values ($1, $2, $3, $4, $5)",
            )
            .bind(&self.site)
            .bind(&self.agent)
            .bind(number(new.0))
            .bind(number(new.1))
            .bind(now_ms)
            .execute(&mut **writer)
            .await?;
        }
        if self.gaps.max != self.before.max {
            sqlx::query("update agents set max_seq = $3 where site = $1 and agent = $2")
                .bind(&self.site)
                .bind(&self.agent)
                .bind(number(self.gaps.max))
                .execute(&mut **writer)
                .await?;
        }
        Ok(())
    }

    /// The agent says that these will never come. What it says of numbers that did arrive is not believed.
    pub async fn report(
        &mut self,
        writer: &mut Writer,
        event_id: &str,
        loss: &OutboxLoss,
        captured_at_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let reason = match loss.reason {
            LossReason::Full => "full",
            LossReason::Damaged => "damaged",
        };
        sqlx::query(
            "insert into loss_reports (event_id, site, agent, captured_at_ms, reason, previews)
             values ($1, $2, $3, $4, $5, $6) on conflict (event_id) do nothing",
        )
        .bind(event_id)
        .bind(&self.site)
        .bind(&self.agent)
        .bind(captured_at_ms)
        .bind(reason)
        .bind(number(loss.previews))
        .execute(&mut **writer)
        .await?;
        for &[from, to] in &loss.seqs {
            self.report_range(writer, event_id, (from, to), reason, now_ms).await?;
        }
        for picture in &loss.pictures {
            sqlx::query(
                "insert into lost_pictures (site, agent, sha256, event_id, noticed_at_ms)
                 values ($1, $2, $3, $4, $5) on conflict (site, agent, sha256) do nothing",
            )
            .bind(&self.site)
            .bind(&self.agent)
            .bind(picture.to_string())
            .bind(event_id)
            .bind(now_ms)
            .execute(&mut **writer)
            .await?;
        }
        Ok(())
    }

    async fn report_range(
        &mut self,
        writer: &mut Writer,
        event_id: &str,
        (from, to): (u64, u64),
        reason: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        for range in self.gaps.take(from, to) {
            self.lose(writer, range, reason, Some(event_id), now_ms).await?;
        }
        // What was written off without an explanation has one now.
        sqlx::query(
            "update losses set reason = $1, event_id = $2
             where site = $3 and agent = $4 and reason = 'unexplained' and from_seq >= $5 and to_seq <= $6",
        )
        .bind(reason)
        .bind(event_id)
        .bind(&self.site)
        .bind(&self.agent)
        .bind(number(from))
        .bind(number(to))
        .execute(&mut **writer)
        .await?;
        Ok(())
    }

    async fn lose(
        &self,
        writer: &mut Writer,
        (from, to): (u64, u64),
        reason: &str,
        event_id: Option<&str>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert into losses (site, agent, from_seq, to_seq, reason, event_id, noticed_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (site, agent, from_seq) do nothing",
        )
        .bind(&self.site)
        .bind(&self.agent)
        .bind(number(from))
        .bind(number(to))
        .bind(reason)
        .bind(event_id)
        .bind(now_ms)
        .execute(&mut **writer)
        .await?;
        Ok(())
    }

    /// The agent's outbox holds nothing below `floor`: what is missing there never comes.
    pub async fn write_off(
        &mut self,
        writer: &mut Writer,
        floor: u64,
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let mut lost = 0;
        if floor > 1 {
            for range in self.gaps.take(1, floor - 1) {
                lost += range.1 - range.0 + 1;
                self.lose(writer, range, "unexplained", None, now_ms).await?;
            }
        }
        Ok(lost)
    }
}

impl Store {
    /// Of these pictures, those that an agent said will never come.
    pub async fn pictures_given_up(
        &self,
        site: &str,
        agent: &str,
        pictures: &[wire::Digest],
    ) -> Result<Vec<wire::Digest>, StoreError> {
        let mut given_up = Vec::new();
        for picture in pictures {
            let row = sqlx::query(
                "select count(*) from lost_pictures where site = $1 and agent = $2 and sha256 = $3",
            )
            .bind(site)
            .bind(agent)
            .bind(picture.to_string())
            .fetch_one(self.read())
            .await?;
            if row.try_get::<i64, _>(0)? > 0 {
                given_up.push(*picture);
            }
        }
        Ok(given_up)
    }

    /// Whether an agent said that this picture will never come.
    pub async fn picture_given_up(&self, sha256: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("select count(*) from lost_pictures where sha256 = $1")
            .bind(sha256)
            .fetch_one(self.read())
            .await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    /// Numbers of an agent that will never come: ranges with their reason.
    pub async fn losses_of(&self, site: &str, agent: &str) -> Result<Vec<(i64, i64, String)>, StoreError> {
        let rows = sqlx::query(
            "select from_seq, to_seq, reason from losses where site = $1 and agent = $2 order by from_seq",
        )
        .bind(site)
        .bind(agent)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// Numbers of envelopes that were kept aside: they did arrive.
    pub async fn mark_arrived(
        &self,
        site: &str,
        agent: &str,
        seqs: &[u64],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        let mut account = load(&mut writer, site, agent).await?;
        for &seq in seqs.iter().filter(|&&seq| seq > 0 && i64::try_from(seq).is_ok()) {
            account.gaps.arrived(seq);
        }
        account.save(&mut writer, now_ms).await?;
        Ok(writer.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ranges_that_changed_are_written() {
        let before = [(2, 4), (6, 9), (12, 12), (20, 30)];
        let after = [(2, 4), (6, 7), (9, 9), (20, 30), (40, 50)];
        let changed = (vec![(6, 9), (12, 12)], vec![(6, 7), (9, 9), (40, 50)]);
        assert_eq!(changes(&before, &after), changed);
        assert_eq!(changes(&before, &before), (vec![], vec![]));
        assert_eq!(changes(&before, &[]), (before.to_vec(), vec![]));
        assert_eq!(changes(&[], &after), (vec![], after.to_vec()));
    }

    #[test]
    fn hundreds_of_thousands_of_holes_are_compared_at_once() {
        let before: Vec<_> = (0..300_000).map(|at| (at * 2, at * 2)).collect();
        let started = std::time::Instant::now();
        let changed = changes(&before, &before[1..]);
        assert_eq!(changed, (vec![(0, 0)], vec![]));
        assert!(started.elapsed().as_secs() < 5);
    }
}
