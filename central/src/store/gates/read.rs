//! Decisions, stays and what guards did, for pages that show them.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::super::rows::{Scope, placeholders, row};
use super::{Store, StoreError};

row! {
    /// A decision. Columns are as the schema describes them.
    AccessRow {
        /// Id.
        id: String,
        /// Newest row of the feed that speaks of it.
        feed_id: i64,
        /// Site.
        site: String,
        /// Agent.
        agent: String,
        /// Camera.
        camera: String,
        /// `provisional` or `settled`.
        phase: String,
        /// When it was asked.
        at_ms: i64,
        /// When central got it.
        received_at_ms: i64,
        /// 1 when it came late.
        late: i64,
        /// Gate.
        gate: String,
        /// Area.
        area: String,
        /// Lane.
        lane: String,
        /// Which way.
        direction: String,
        /// What was presented.
        kind: String,
        /// The last word.
        verdict: String,
        /// The agent's own answer.
        decided: String,
        /// Why.
        reason: String,
        /// Rule.
        rule: Option<String>,
        /// Member.
        entry: Option<String>,
        /// Member who drives.
        driver: Option<String>,
        /// Group.
        group_id: Option<String>,
        /// Guard whose word the last one is.
        actor: Option<String>,
        /// How it ended.
        outcome: String,
        /// Plate.
        plate: Option<String>,
        /// Vehicle event.
        passage: Option<String>,
        /// Bodies.
        bodies: i64,
        /// What the barrier said.
        barrier: String,
        /// From legible to command, ms.
        command_ms: Option<i64>,
        /// When it passed or went.
        ended_at_ms: Option<i64>,
        /// Since when the gate ran alone.
        alone_since_ms: Option<i64>,
        /// List.
        list_version: i64,
        /// Its age.
        list_age_s: i64,
        /// What that means.
        freshness: String,
        /// JSON.
        warnings: String,
        /// JSON.
        ask: String,
        /// JSON.
        decision: String,
        /// JSON.
        reading: Option<String>,
        /// Picture.
        thumbnail: Option<String>,
        /// JSON.
        evidence: String,
        /// JSON.
        identity: Option<String>,
        /// Paper form.
        form: Option<String>,
        /// Line of it.
        form_row: Option<i64>,
        /// Who typed it in.
        typed_by: Option<String>,
        /// The member's label.
        label: Option<String>,
        /// The driver's label.
        driver_label: Option<String>,
        /// The group's name.
        group_name: Option<String>,
        /// `open` or `seen` where central would have decided otherwise.
        otherwise: Option<String>,
    }
}

row! {
    /// What a guard did.
    GuardActRow {
        /// Event.
        id: String,
        /// Gate.
        gate: String,
        /// Lane.
        lane: Option<String>,
        /// What.
        act: String,
        /// Decision.
        access: Option<String>,
        /// Member.
        subject: Option<String>,
        /// Guard.
        username: String,
        /// Why.
        reason: String,
        /// In words.
        note: Option<String>,
        /// The agent's verdict that it goes against.
        overrides: Option<String>,
        /// When.
        at_ms: i64,
    }
}

row! {
    /// A stay. Columns are as the schema describes them.
    StayRow {
        /// Id.
        stay_id: String,
        /// Site.
        site: String,
        /// Area.
        area: String,
        /// Subject.
        subject: String,
        /// `person` or `vehicle`.
        kind: String,
        /// Group.
        group_id: Option<String>,
        /// State.
        state: String,
        /// In.
        in_ms: Option<i64>,
        /// Out.
        out_ms: Option<i64>,
        /// Gate in.
        gate_in: Option<String>,
        /// Gate out.
        gate_out: Option<String>,
        /// Event in.
        entry_access: Option<String>,
        /// Event out.
        exit_access: Option<String>,
        /// When it becomes an overstay.
        limit_ms: Option<i64>,
        /// The member's label.
        label: Option<String>,
        /// The group's name.
        group_name: Option<String>,
        /// The lane it came in by.
        lane: Option<String>,
    }
}

row! {
    /// A decision that central would have taken otherwise.
    OtherwiseRow {
        /// The decision.
        access_id: String,
        /// Newest row of the feed that speaks of it.
        feed_id: i64,
        /// Site.
        site: String,
        /// When it was decided.
        at_ms: i64,
        /// JSON.
        edge: String,
        /// JSON.
        central: String,
        /// Why, Vietnamese.
        why_vi: String,
        /// Why, English.
        why_en: String,
        /// `open` or `seen`.
        state: String,
        /// Who looked at it.
        seen_by: Option<String>,
        /// When.
        seen_at_ms: Option<i64>,
        /// What they wrote.
        note: Option<String>,
    }
}

/// Which decisions. Empty texts mean all.
#[derive(Debug, Clone, Default)]
pub struct AccessFilter {
    /// Site.
    pub site: String,
    /// Gate.
    pub gate: String,
    /// Lane.
    pub lane: String,
    /// Verdict.
    pub verdict: String,
    /// Reason.
    pub reason: String,
    /// Outcome.
    pub outcome: String,
    /// Part of a canonical plate, or of a label.
    pub q: String,
    /// From, ms.
    pub from_ms: i64,
    /// Until (exclusive), ms.
    pub until_ms: i64,
}

/// Which stays. Empty texts mean all.
#[derive(Debug, Clone, Default)]
pub struct StayFilter {
    /// Site.
    pub site: String,
    /// Area.
    pub area: String,
    /// Group.
    pub group: String,
    /// Part of a label or subject.
    pub q: String,
    /// Only those that lie open.
    pub inside: bool,
    /// Out at or after, or still inside, ms.
    pub from_ms: i64,
    /// In before, ms.
    pub until_ms: i64,
}

macro_rules! access_columns {
    ($rest:literal) => {
        concat!(
            "select a.*, m.label as label, d.label as driver_label, g.name as group_name, o.state as otherwise from accesses a
             left join members m on m.member_id = a.entry left join members d on d.member_id = a.driver
             left join groups g on g.site = a.site and g.group_id = a.group_id
             left join otherwise o on o.access_id = a.id ",
            $rest
        )
    };
}

impl Store {
    /// Decisions before a place in the list, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accesses(
        &self,
        scope: &Scope,
        filter: &AccessFilter,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<AccessRow>, StoreError> {
        let rows = sqlx::query(access_columns!(
            "where (a.at_ms, a.id) < ($1, $2) and ($3 = '' or $3 like '%,' || a.site || ',%') and ($4 = '' or a.site = $4)
               and ($5 = '' or a.gate = $5) and ($6 = '' or a.lane = $6) and ($7 = '' or a.verdict = $7)
               and ($8 = '' or a.reason = $8) and ($9 = '' or a.outcome = $9) and a.at_ms >= $10 and a.at_ms < $11
               and ($12 = '' or a.plate like '%' || upper($12) || '%' or lower(m.label) like '%' || lower($12) || '%')
             order by a.at_ms desc, a.id desc limit $13"
        ))
        .bind(before.0)
        .bind(before.1)
        .bind(scope.sql())
        .bind(&filter.site)
        .bind(&filter.gate)
        .bind(&filter.lane)
        .bind(&filter.verdict)
        .bind(&filter.reason)
        .bind(&filter.outcome)
        .bind(filter.from_ms)
        .bind(filter.until_ms)
        .bind(&filter.q)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AccessRow::read).collect::<Result<_, _>>()?)
    }

    /// One decision, if the account sees its site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access(&self, id: &str, scope: &Scope) -> Result<Option<AccessRow>, StoreError> {
        let row =
            sqlx::query(access_columns!("where a.id = $1 and ($2 = '' or $2 like '%,' || a.site || ',%')"))
                .bind(id)
                .bind(scope.sql())
                .fetch_optional(self.read())
                .await?;
        Ok(row.as_ref().map(AccessRow::read).transpose()?)
    }

    /// Decisions that the feed speaks of after `after` and up to `head`, in feed order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accesses_in_feed(
        &self,
        after: i64,
        head: i64,
        scope: &Scope,
        limit: u32,
    ) -> Result<Vec<AccessRow>, StoreError> {
        let rows = sqlx::query(access_columns!(
            "where a.feed_id > $1 and a.feed_id <= $2 and ($3 = '' or $3 like '%,' || a.site || ',%')
             order by a.feed_id limit $4"
        ))
        .bind(after)
        .bind(head)
        .bind(scope.sql())
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AccessRow::read).collect::<Result<_, _>>()?)
    }

    /// What guards did about these decisions, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acts_of(
        &self,
        accesses: &[AccessRow],
    ) -> Result<HashMap<String, Vec<GuardActRow>>, StoreError> {
        let mut acts: HashMap<String, Vec<GuardActRow>> = HashMap::new();
        if accesses.is_empty() {
            return Ok(acts);
        }
        // Only numbers go into the text; the ids are bound.
        let text = format!(
            "select * from guard_acts where access in ({}) order by at_ms, id",
            placeholders(1, accesses.len())
        );
        let query = accesses.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, row| query.bind(&row.id));
        for row in query.fetch_all(self.read()).await? {
            let act = GuardActRow::read(&row)?;
            acts.entry(act.access.clone().unwrap_or_default()).or_default().push(act);
        }
        Ok(acts)
    }

    /// Stays, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stays(
        &self,
        scope: &Scope,
        filter: &StayFilter,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<StayRow>, StoreError> {
        let rows = sqlx::query(
            "select s.*, m.label as label, g.name as group_name, v.lane as lane from stays s
             left join members m on m.member_id = s.subject left join groups g on g.site = s.site and g.group_id = s.group_id
             left join movements v on v.movement_id = s.stay_id
             where (coalesce(s.in_ms, s.out_ms), s.stay_id) < ($1, $2) and ($3 = '' or $3 like '%,' || s.site || ',%')
               and ($4 = '' or s.group_id = $4) and ($5 = '' or s.site = $5) and ($6 = '' or s.area = $6)
               and ($7 = '' or s.group_id = $7) and ($8 = 0 or s.state = 'inside')
               and (s.state = 'inside' or coalesce(s.out_ms, s.in_ms) >= $9) and coalesce(s.in_ms, s.out_ms) < $10
               and ($11 = '' or lower(m.label) like '%' || lower($11) || '%' or s.subject like '%' || upper($11) || '%')
             order by coalesce(s.in_ms, s.out_ms) desc, s.stay_id desc limit $12",
        )
        .bind(before.0)
        .bind(before.1)
        .bind(scope.sites_sql())
        .bind(scope.group_sql())
        .bind(&filter.site)
        .bind(&filter.area)
        .bind(&filter.group)
        .bind(i64::from(filter.inside))
        .bind(filter.from_ms)
        .bind(filter.until_ms)
        .bind(&filter.q)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(StayRow::read).collect::<Result<_, _>>()?)
    }

    /// Guards' acts of these kinds at a site since a moment, oldest first. `acts` is a comma-separated choice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_acts(
        &self,
        site: &str,
        acts: &str,
        since_ms: i64,
    ) -> Result<Vec<GuardActRow>, StoreError> {
        let rows = sqlx::query(
            "select * from guard_acts where site = $1 and $2 like '%,' || act || ',%' and at_ms >= $3 order by at_ms, id",
        )
        .bind(site)
        .bind(format!(",{acts},"))
        .bind(since_ms)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(GuardActRow::read).collect::<Result<_, _>>()?)
    }

    /// Cases that central would have decided otherwise, newest first. `state` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn otherwise(
        &self,
        scope: &Scope,
        site: &str,
        state: &str,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<OtherwiseRow>, StoreError> {
        let rows = sqlx::query(
            "select * from otherwise where (at_ms, access_id) < ($1, $2) and ($3 = '' or $3 like '%,' || site || ',%')
               and ($4 = '' or site = $4) and ($5 = '' or state = $5) order by at_ms desc, access_id desc limit $6",
        )
        .bind(before.0)
        .bind(before.1)
        .bind(scope.sql())
        .bind(site)
        .bind(state)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(OtherwiseRow::read).collect::<Result<_, _>>()?)
    }

    /// One case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn otherwise_of(&self, access_id: &str) -> Result<Option<OtherwiseRow>, StoreError> {
        let row = sqlx::query("select * from otherwise where access_id = $1")
            .bind(access_id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(OtherwiseRow::read).transpose()?)
    }

    /// Cases that the feed speaks of after `after` and up to `head`, in feed order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn otherwise_in_feed(
        &self,
        after: i64,
        head: i64,
        scope: &Scope,
        limit: u32,
    ) -> Result<Vec<OtherwiseRow>, StoreError> {
        let rows = sqlx::query(
            "select * from otherwise where feed_id > $1 and feed_id <= $2 and ($3 = '' or $3 like '%,' || site || ',%')
             order by feed_id limit $4",
        )
        .bind(after)
        .bind(head)
        .bind(scope.sql())
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(OtherwiseRow::read).collect::<Result<_, _>>()?)
    }
}
