//! Passages, for pages that show them.

use super::rows::{Scope, row};
use super::{Store, StoreError};

row! {
    /// A passage with its camera's names. Columns are as the schema describes them; `bbox` is its `box`.
    PassageRow {
        /// Event id.
        id: String,
        /// Newest row of the feed that speaks of it.
        feed_id: i64,
        /// Site.
        site: String,
        /// Agent.
        agent: String,
        /// Camera.
        camera: String,
        /// Camera's name, Vietnamese.
        camera_vi: Option<String>,
        /// Camera's name, English.
        camera_en: Option<String>,
        /// The agent's count.
        seq: i64,
        /// `provisional` or `settled`.
        phase: String,
        /// Capture.
        captured_at_ms: i64,
        /// Its uncertainty.
        uncertainty_ms: i64,
        /// Where the time comes from.
        time_source: String,
        /// When central had it.
        received_at_ms: i64,
        /// 1 when late.
        late: i64,
        /// Vehicle class.
        class: String,
        /// Direction.
        direction: String,
        /// Line or zone.
        rule: String,
        /// JSON reading.
        reading: Option<String>,
        /// Why there is none.
        no_reading: Option<String>,
        /// JSON finding about the plate itself.
        plate_finding: Option<String>,
        /// JSON `[x,y,w,h]`.
        bbox: String,
        /// JSON `[w,h]`.
        picture: String,
        /// Picture for lists.
        thumbnail: Option<String>,
        /// JSON list.
        evidence: String,
        /// JSON list.
        models: String,
        /// Register's word.
        registry: String,
        /// Watch lists' word.
        watchlist: String,
        /// JSON vehicle as registered.
        vehicle: Option<String>,
        /// Shortened owner.
        owner_masked: Option<String>,
        /// Newest look-up.
        lookup_id: Option<String>,
        /// Most severe alert.
        alert_id: Option<String>,
    }
}

row! {
    /// What a register answered.
    LookupRow {
        /// Register's word.
        status: String,
        /// When it was asked.
        asked_at_ms: i64,
        /// Its transaction number.
        txn_id: Option<String>,
        /// Moment the answer holds for.
        as_of_ms: i64,
        /// JSON owner; null when none, or when retention has erased it.
        owner: Option<String>,
        /// JSON list.
        findings: String,
    }
}

row! {
    /// A list entry that a passage met, as the entry was then.
    MatchRow {
        /// List.
        list: String,
        /// Its name, Vietnamese.
        list_name_vi: String,
        /// Its name, English.
        list_name_en: String,
        /// Entry.
        entry_id: String,
        /// Plate of the entry.
        plate: String,
        /// `exact` or `possible`.
        result: String,
        /// Characters that differ.
        distance: i64,
        /// Why it matched, Vietnamese.
        why_vi: String,
        /// Why it matched, English.
        why_en: String,
        /// Why it is on the list, Vietnamese.
        reason_vi: String,
        /// Why it is on the list, English.
        reason_en: String,
        /// Priority.
        priority: String,
        /// Who added it.
        added_by: String,
        /// When.
        added_at_ms: i64,
    }
}

row! {
    /// The newest envelope of an event, with the key of its agent.
    EnvelopeRow {
        /// The agent's count.
        seq: i64,
        /// Digest of the envelope before.
        prev: String,
        /// Digest of its body.
        digest: String,
        /// Fingerprint of the key that signed.
        signing_key: String,
        /// The whole sealed message.
        message: String,
        /// The agent's enrolled public key, hex.
        public_key: Option<String>,
        /// 1 when `prev` is the digest of the event before it, 0 when it is not, null when that event is not there.
        fits: Option<i64>,
    }
}

/// Which passages, and how many.
#[derive(Debug, Clone)]
pub struct PassageFilter {
    /// Sites the account sees.
    pub scope: Scope,
    /// One site, or empty.
    pub site: String,
    /// One camera, or empty.
    pub camera: String,
    /// `like` pattern of the plate, or empty.
    pub plate: String,
    /// Vehicle class, or empty.
    pub class: String,
    /// Captured at or after, milliseconds.
    pub since_ms: i64,
    /// Captured before, milliseconds.
    pub until_ms: i64,
    /// Only rows that come after this capture time and id in the list.
    pub before: (i64, String),
    /// Rows at most.
    pub limit: u32,
}

macro_rules! passage_columns {
    ($rest:literal) => {
        concat!(
            "select p.id, p.feed_id, p.site, p.agent, p.camera, c.name_vi as camera_vi, c.name_en as camera_en, p.seq, p.phase,
                p.captured_at_ms, p.uncertainty_ms, p.time_source, p.received_at_ms, p.late, p.class, p.direction, p.rule,
                p.reading, p.no_reading, p.plate_finding, p.box as bbox, p.picture, p.thumbnail, p.evidence, p.models, p.registry, p.watchlist,
                p.vehicle, p.owner_masked, p.lookup_id, p.alert_id
             from passages p left join cameras c on c.site = p.site and c.camera = p.camera ",
            $rest
        )
    };
}

impl Store {
    /// Passages, newest capture first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passages(&self, filter: &PassageFilter) -> Result<Vec<PassageRow>, StoreError> {
        let rows = sqlx::query(passage_columns!(
            "where (p.captured_at_ms, p.id) < ($1, $2) and p.captured_at_ms >= $3 and p.captured_at_ms < $4
               and ($5 = '' or $5 like '%,' || p.site || ',%') and ($6 = '' or p.site = $6)
               and ($7 = '' or p.camera = $7) and ($8 = '' or p.plate like $8) and ($9 = '' or p.class = $9)
             order by p.captured_at_ms desc, p.id desc limit $10"
        ))
        .bind(filter.before.0)
        .bind(&filter.before.1)
        .bind(filter.since_ms)
        .bind(filter.until_ms)
        .bind(filter.scope.sql())
        .bind(&filter.site)
        .bind(&filter.camera)
        .bind(&filter.plate)
        .bind(&filter.class)
        .bind(i64::from(filter.limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(PassageRow::read).collect::<Result<_, _>>()?)
    }

    /// One passage, if the account sees its site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passage(&self, id: &str, scope: &Scope) -> Result<Option<PassageRow>, StoreError> {
        let row =
            sqlx::query(passage_columns!("where p.id = $1 and ($2 = '' or $2 like '%,' || p.site || ',%')"))
                .bind(id)
                .bind(scope.sql())
                .fetch_optional(self.read())
                .await?;
        Ok(row.as_ref().map(PassageRow::read).transpose()?)
    }

    /// Passages that the feed speaks of after `after` and up to `head`, in feed order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passages_in_feed(
        &self,
        after: i64,
        head: i64,
        scope: &Scope,
        limit: u32,
    ) -> Result<Vec<PassageRow>, StoreError> {
        let rows = sqlx::query(passage_columns!(
            "where p.feed_id > $1 and p.feed_id <= $2 and ($3 = '' or $3 like '%,' || p.site || ',%')
             order by p.feed_id limit $4"
        ))
        .bind(after)
        .bind(head)
        .bind(scope.sql())
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(PassageRow::read).collect::<Result<_, _>>()?)
    }

    /// The newest answer of a register about a passage.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lookup_of(&self, passage_id: &str) -> Result<Option<LookupRow>, StoreError> {
        let row = sqlx::query(
            "select status, asked_at_ms, txn_id, as_of_ms, owner, findings from registry_lookups
             where passage_id = $1 order by asked_at_ms desc, lookup_id desc limit 1",
        )
        .bind(passage_id)
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(LookupRow::read).transpose()?)
    }

    /// List entries that a passage met, nearest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn matches_of(&self, passage_id: &str) -> Result<Vec<MatchRow>, StoreError> {
        let rows = sqlx::query("select * from matches where passage_id = $1 order by distance, match_id")
            .bind(passage_id)
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(MatchRow::read).collect::<Result<_, _>>()?)
    }

    /// The newest envelope of an event: the settled one when there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn envelope_of(&self, id: &str) -> Result<Option<EnvelopeRow>, StoreError> {
        let row = sqlx::query(
            "select e.seq, e.prev, e.digest, e.signing_key, e.message, a.public_key,
                (select max(case when b.digest = e.prev then cast(1 as bigint) else cast(0 as bigint) end) from events b
                    where b.site = e.site and b.agent = e.agent and b.seq = e.seq - 1) as fits
             from events e left join agents a on a.site = e.site and a.agent = e.agent
             where e.id = $1 order by e.seq desc limit 1",
        )
        .bind(id)
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(EnvelopeRow::read).transpose()?)
    }
}
