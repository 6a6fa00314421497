//! What is handed on: events by page, cameras with their addresses, what reports count, and the residence list.

use sqlx::Row as _;

use super::super::rows::{Scope, row};
use super::{Store, StoreError};
use crate::sealing::DataKey;

row! {
    /// An event as it is exported: what happened where and when, nobody's name.
    ExportRow {
        /// Id.
        id: String,
        /// Kind.
        kind: String,
        /// Site.
        site: String,
        /// Agent.
        agent: String,
        /// Camera.
        camera: String,
        /// Number of the agent.
        seq: i64,
        /// When, ms.
        captured_at_ms: i64,
        /// When it came, ms.
        received_at_ms: i64,
        /// 1 when it came late.
        late: i64,
        /// Gate of a decision.
        gate: Option<String>,
        /// Lane of a decision.
        lane: Option<String>,
        /// Direction of a decision or passage.
        direction: Option<String>,
        /// Last word of a decision.
        verdict: Option<String>,
        /// Its reason.
        reason: Option<String>,
        /// How it ended.
        outcome: Option<String>,
        /// Class of a vehicle.
        class: Option<String>,
        /// Canonical plate of a vehicle.
        plate: Option<String>,
        /// SHA-256 of the envelope, by which it can be proved.
        digest: String,
    }
}

row! {
    /// A camera as the province's camera system needs it.
    StreamRow {
        /// Site.
        site: String,
        /// Name of the site.
        site_name: String,
        /// Camera.
        camera: String,
        /// Name, Vietnamese.
        name_vi: String,
        /// Name, English.
        name_en: String,
        /// What it is there for.
        counts: String,
        /// State.
        state: String,
        /// RTSP address without credentials.
        stream_url: Option<String>,
        /// ONVIF address without credentials.
        onvif_url: Option<String>,
    }
}

row! {
    /// What the public page says of a site.
    NoticeRow {
        /// Site.
        site: String,
        /// Name, Vietnamese.
        name_vi: String,
        /// Name, English.
        name_en: String,
        /// Who is responsible for the data.
        controller: Option<String>,
        /// Whom to ask.
        dpo_contact: Option<String>,
        /// Notice, Vietnamese.
        notice_vi: Option<String>,
        /// Notice, English.
        notice_en: Option<String>,
        /// People that may be announced for one day.
        visits_per_day: Option<i64>,
    }
}

/// A person of the list that the police ask for.
#[derive(Clone)]
pub struct Resident {
    /// Full name.
    pub name: Option<String>,
    /// `CCC:NUMBER` or 12 digits.
    pub number: String,
    /// Name of its group.
    pub group: Option<String>,
    /// Valid until, ms.
    pub valid_until_ms: Option<i64>,
    /// Since when on the list, ms.
    pub since_ms: i64,
}

impl Store {
    /// Sites that can be announced to: those with a contact for privacy; one of them, or all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notices(&self, site: &str) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = sqlx::query(
            "select site, name_vi, name_en, controller, dpo_contact, notice_vi, notice_en, visits_per_day from sites
             where dpo_contact is not null and ($1 = '' or site = $1) order by name_vi, site",
        )
        .bind(site)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(NoticeRow::read).collect::<Result<_, _>>()?)
    }

    /// Settled events after a place, oldest first; a tenant's scope sees none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_after(
        &self,
        scope: &Scope,
        site: &str,
        (from_ms, to_ms): (i64, i64),
        after: (i64, &str),
        limit: u32,
    ) -> Result<Vec<ExportRow>, StoreError> {
        let rows = sqlx::query(
            "select e.id, e.kind, e.site, e.agent, e.camera, e.seq, e.captured_at_ms, e.received_at_ms, e.late,
                a.gate, a.lane, coalesce(a.direction, p.direction) as direction, a.verdict, a.reason, a.outcome, p.class,
                coalesce(a.plate, p.plate) as plate, e.digest
             from events e left join accesses a on a.id = e.id left join passages p on p.id = e.id
             where ($1 = '' or $1 like '%,' || e.site || ',%') and e.site = $2 and e.phase = 'settled'
                and e.captured_at_ms >= $3 and e.captured_at_ms < $4 and (e.captured_at_ms, e.id) > ($5, $6)
             order by e.captured_at_ms, e.id limit $7",
        )
        .bind(scope.sql())
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .bind(after.0)
        .bind(after.1)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(ExportRow::read).collect::<Result<_, _>>()?)
    }

    /// Cameras with their addresses; `site` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn streams(&self, scope: &Scope, site: &str) -> Result<Vec<StreamRow>, StoreError> {
        let rows = sqlx::query(
            "select c.site, s.name_vi as site_name, c.camera, c.name_vi, c.name_en, c.counts, c.state, c.stream_url, c.onvif_url
             from cameras c join sites s on s.site = c.site
             where ($1 = '' or $1 like '%,' || c.site || ',%') and ($2 = '' or c.site = $2) order by c.site, c.camera",
        )
        .bind(scope.sql())
        .bind(site)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(StreamRow::read).collect::<Result<_, _>>()?)
    }

    /// Decisions of a span by gate, verdict, reason and whether somebody overrode: for reports.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions_by_gate(
        &self,
        site: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<(String, String, i64, i64, i64)>, StoreError> {
        let rows = sqlx::query(
            "select gate, verdict, count(*), cast(sum(case when actor is not null and verdict <> decided then 1 else 0 end) as bigint),
                cast(sum(case when entry is not null or kind = 'person' then 1 else 0 end) as bigint)
             from accesses where site = $1 and at_ms >= $2 and at_ms < $3 and phase = 'settled' group by gate, verdict order by gate, verdict",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?))
            })
            .collect()
    }

    /// Alerts of a span by kind and state; those for the police alone are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts_by_state(
        &self,
        site: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select kind, state, count(*) from alerts where site = $1 and captured_at_ms >= $2 and captured_at_ms < $3 and police_only = 0
             group by kind, state order by kind, state",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// Times in which agents of a site were offline: agent, from, to (`now_ms` while it lasts).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agents_offline(
        &self,
        site: &str,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<(String, i64, i64)>, StoreError> {
        let rows = sqlx::query(
            "select agent, from_ms, coalesce(to_ms, $4) from offline_periods
             where site = $1 and from_ms < $3 and coalesce(to_ms, $4) > $2 order by agent, from_ms",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .bind(now_ms)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// People of a site's list whom the police ask for: foreigners by passport, or everybody. Whole numbers: the caller writes an
    /// audit row with the purpose before.
    ///
    /// # Errors
    /// When the database fails, or the data key is another.
    pub async fn residents(
        &self,
        key: &DataKey,
        site: &str,
        foreign: bool,
    ) -> Result<Vec<Resident>, StoreError> {
        let rows = sqlx::query(
            "select m.member_id, m.name, m.number, g.name, m.valid_until_ms, m.created_at_ms from members m
             left join groups g on g.site = m.site and g.group_id = m.group_id
             where m.site = $1 and m.kind = 'person' and m.list = 'allow' and m.status = 'active' and m.number is not null
                and m.source <> 'visit' order by g.name, m.member_id",
        )
        .bind(site)
        .fetch_all(self.read())
        .await?;
        let mut residents = Vec::new();
        for row in rows {
            let id: String = row.try_get(0)?;
            let open = |what: &str, sealed: String| {
                key.open(what, &sealed).map_err(|error| StoreError::Damaged {
                    table: "members",
                    id: id.clone(),
                    problem: error.to_string(),
                })
            };
            let number = open("members.number", row.try_get(2)?)?;
            if !foreign || number.contains(':') {
                let name = row
                    .try_get::<Option<String>, _>(1)?
                    .map(|name| open("members.name", name))
                    .transpose()?;
                residents.push(Resident {
                    name,
                    number,
                    group: row.try_get(3)?,
                    valid_until_ms: row.try_get(4)?,
                    since_ms: row.try_get(5)?,
                });
            }
        }
        Ok(residents)
    }

    /// Notes that a report was handed in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_report_sent(
        &self,
        (site, period): (&str, &str),
        (recipient, receipt): (&str, Option<&str>),
        by: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into reports_sent (report_id, site, period, recipient, receipt, sent_by, sent_at_ms) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(super::super::commit::new_id())
        .bind(site)
        .bind(period)
        .bind(recipient)
        .bind(receipt)
        .bind(by)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// When a report was handed in, with the receipt; the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn report_sent(
        &self,
        site: &str,
        period: &str,
    ) -> Result<Option<(i64, String, Option<String>)>, StoreError> {
        let row = sqlx::query(
            "select sent_at_ms, recipient, receipt from reports_sent where site = $1 and period = $2 order by sent_at_ms desc limit 1",
        )
        .bind(site)
        .bind(period)
        .fetch_optional(self.read())
        .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).transpose()
    }
}

impl Store {
    /// How many agents and cameras a site has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn devices(&self, site: &str) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "select (select count(*) from agents where site = $1 and revoked_at_ms is null), (select count(*) from cameras where site = $1)",
        )
        .bind(site)
        .fetch_one(self.read())
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
