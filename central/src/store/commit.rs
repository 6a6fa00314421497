//! The one commit: events and everything that follows from them, in one transaction, or nothing at all.

use std::collections::{BTreeSet, HashMap};

use sqlx::Row as _;
use uuid::Uuid;
use wire::payload::{CameraState, Crossing, Direction};
use wire::{Digest, Envelope, EvidenceRole, Payload, Phase};

use super::gaps::{self, Account};
use super::gates::movements::{self, Dirty};
use super::gates::write;
use super::lookups::LookupRow;
use super::{Store, StoreError, Writer, cases, chain, passages};
use crate::gates::movement;
use crate::ingest::verify::VerifiedEvent;
use crate::notify::Change;
use crate::passages::Judgement;

/// An event with what was decided about it.
#[derive(Debug)]
pub struct Decided {
    /// The event.
    pub event: VerifiedEvent,
    /// Whether it came late.
    pub late: bool,
    /// Its pictures that the agent gave up: they will never come.
    pub absent: Vec<Digest>,
    /// For a vehicle: its judgement.
    pub vehicle: Option<DecidedVehicle>,
    /// For a crossing of a line that leads into a gate's area: gate and area.
    pub counted_at: Option<(String, String)>,
}

/// What was decided about a vehicle.
#[derive(Debug)]
pub struct DecidedVehicle {
    /// Register, lists, alerts.
    pub judgement: Judgement,
    /// The question that was put to the register, when it was.
    pub lookup: Option<LookupRow>,
    /// An answered question of the provisional event that still holds.
    pub prior: Option<Prior>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Committed now.
    Committed,
    /// It was there.
    Duplicate,
    /// Its id belongs to another agent's event.
    Foreign,
}

/// What a commit did.
#[derive(Debug, Default)]
pub struct Committed {
    /// One per event, in order.
    pub outcomes: Vec<Outcome>,
    /// What viewers have to read again.
    pub changes: Vec<Change>,
    /// Alerts raised.
    pub alerts: u64,
    /// Neighbours in an agent's chain that do not fit together.
    pub broken_links: u64,
}

/// What is already stored of an event.
#[derive(Debug, Default)]
pub struct Known {
    /// This id and phase are there.
    pub duplicate: bool,
    /// The id is another agent's.
    pub foreign: bool,
    /// An answered look-up of its passage.
    pub prior: Option<Prior>,
}

/// An answered look-up of a passage.
#[derive(Debug, Clone)]
pub struct Prior {
    /// Its id.
    pub lookup_id: String,
    /// The plate that was asked for.
    pub plate: String,
    /// Status word.
    pub status: String,
    /// The vehicle, json.
    pub vehicle: Option<String>,
}

/// What one transaction collects on its way.
struct Batch {
    writer: Writer,
    now_ms: i64,
    accounts: HashMap<(String, String), (Account, i64, i64)>,
    feed_id: Option<i64>,
    cameras: BTreeSet<(String, String)>,
    cases: BTreeSet<(String, String)>,
    counts: BTreeSet<String>,
    alerts: u64,
    broken_links: u64,
    dirty: Dirty,
}

impl Store {
    /// What is stored of an event: to skip questions about what is known.
    pub async fn known(&self, envelope: &Envelope) -> Result<Known, StoreError> {
        let id = envelope.id.to_string();
        let rows = sqlx::query("select phase, site, agent from events where id = $1")
            .bind(&id)
            .fetch_all(self.read())
            .await?;
        let mut known = Known::default();
        for row in &rows {
            known.duplicate |= row.try_get::<String, _>(0)? == envelope.phase.as_str();
            known.foreign |= row.try_get::<String, _>(1)? != envelope.site.as_str()
                || row.try_get::<String, _>(2)? != envelope.agent.as_str();
        }
        if rows.is_empty() || known.duplicate {
            return Ok(known);
        }
        let row = sqlx::query(
            "select l.lookup_id, l.plate, l.status, l.vehicle from passages p
             join registry_lookups l on l.lookup_id = p.lookup_id
             where p.id = $1 and l.status <> 'unavailable'",
        )
        .bind(&id)
        .fetch_optional(self.read())
        .await?;
        if let Some(row) = row {
            known.prior = Some(Prior {
                lookup_id: row.try_get(0)?,
                plate: row.try_get(1)?,
                status: row.try_get(2)?,
                vehicle: row.try_get(3)?,
            });
        }
        Ok(known)
    }

    /// Commits events in their order. After an error nothing of the batch is stored.
    pub async fn commit(&self, events: &[Decided], now_ms: i64) -> Result<Committed, StoreError> {
        let mut batch = Batch {
            writer: self.write().await?,
            now_ms,
            accounts: HashMap::new(),
            feed_id: None,
            cameras: BTreeSet::new(),
            cases: BTreeSet::new(),
            counts: BTreeSet::new(),
            alerts: 0,
            broken_links: 0,
            dirty: Dirty::default(),
        };
        let mut outcomes = Vec::with_capacity(events.len());
        for decided in events {
            outcomes.push(batch.add(decided).await?);
        }
        batch.finish(outcomes).await
    }
}

impl Batch {
    async fn add(&mut self, decided: &Decided) -> Result<Outcome, StoreError> {
        let envelope = decided.event.envelope();
        let id = envelope.id.to_string();
        let owners = sqlx::query("select site, agent from events where id = $1 limit 1")
            .bind(&id)
            .fetch_optional(&mut *self.writer)
            .await?;
        if let Some(owner) = owners
            && (owner.try_get::<String, _>(0)? != envelope.site.as_str()
                || owner.try_get::<String, _>(1)? != envelope.agent.as_str())
        {
            return Ok(Outcome::Foreign);
        }
        let inserted = self.insert_event(decided, &id).await?;
        self.account(envelope, inserted, decided.late).await?;
        if !inserted {
            return Ok(Outcome::Duplicate);
        }
        self.broken_links += chain::broken_links(&mut self.writer, &decided.event).await?;
        if envelope.camera.as_str() != wire::payload::AGENT_ITSELF {
            self.camera(decided).await?;
        }
        match &envelope.payload {
            Payload::Crossing(crossing) => self.crossing(decided, crossing).await?,
            Payload::CameraState(state) => self.camera_state(envelope, state).await?,
            Payload::OutboxLoss(loss) => {
                let (account, ..) = account_of(&mut self.accounts, &mut self.writer, envelope).await?;
                let captured_at_ms = envelope.captured.at.as_millisecond();
                account.report(&mut self.writer, &id, loss, captured_at_ms, self.now_ms).await?;
            }
            Payload::Access(_)
            | Payload::GuardAction(_)
            | Payload::Incident(_)
            | Payload::ZoneCount(_)
            | Payload::CountCorrection(_)
            | Payload::Shift(_)
            | Payload::PaperEntry(_)
            | Payload::IdentityCheck(_) => self.at_a_gate(decided).await?,
            Payload::Violation(violation) => {
                if let Some(case) =
                    cases::open::of_event(&mut self.writer, decided, violation, self.now_ms).await?
                {
                    self.cases.insert((envelope.site.to_string(), case));
                }
            }
            Payload::Vehicle(vehicle) => {
                if let Some(judged) = &decided.vehicle {
                    let written =
                        passages::write(&mut self.writer, decided, vehicle, judged, self.now_ms).await?;
                    self.feed_id = self.feed_id.max(written.feed_id);
                    self.alerts += written.alerts;
                }
                if envelope.phase == Phase::Settled {
                    self.count(envelope, &vehicle.rule, &vehicle.class, vehicle.direction).await?;
                }
            }
        }
        Ok(Outcome::Committed)
    }

    async fn insert_event(&mut self, decided: &Decided, id: &str) -> Result<bool, StoreError> {
        let event = &decided.event;
        let envelope = event.envelope();
        let done = sqlx::query(
            "insert into events (id, phase, site, agent, camera, kind, seq, prev, digest, signing_key, captured_at_ms,
                uncertainty_ms, time_source, received_at_ms, late, message)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             on conflict (id, phase) do nothing",
        )
        .bind(id)
        .bind(envelope.phase.as_str())
        .bind(envelope.site.as_str())
        .bind(envelope.agent.as_str())
        .bind(envelope.camera.as_str())
        .bind(envelope.payload.kind())
        .bind(envelope.seq as i64)
        .bind(envelope.prev.to_string())
        .bind(event.digest().to_string())
        .bind(event.fingerprint())
        .bind(envelope.captured.at.as_millisecond())
        .bind(i64::from(envelope.captured.uncertainty_ms))
        .bind(time_source(envelope))
        .bind(event.received_at().as_millisecond())
        .bind(i64::from(decided.late))
        .bind(event.message())
        .execute(&mut *self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn account(&mut self, envelope: &Envelope, inserted: bool, late: bool) -> Result<(), StoreError> {
        let (account, received, lates) = account_of(&mut self.accounts, &mut self.writer, envelope).await?;
        account.gaps.arrived(envelope.seq);
        *received += i64::from(inserted);
        *lates += i64::from(inserted && late);
        Ok(())
    }

    /// Makes a camera known that nobody wrote down, and keeps its newest picture.
    async fn camera(&mut self, decided: &Decided) -> Result<(), StoreError> {
        let envelope = decided.event.envelope();
        sqlx::query(
            "insert into cameras (site, camera, name_vi, name_en, counts, agent, state)
             values ($1, $2, $2, $2, 'unknown', $3, 'unknown')
             on conflict (site, camera) do update set agent = excluded.agent
             where cameras.agent is null or cameras.agent <> excluded.agent",
        )
        .bind(envelope.site.as_str())
        .bind(envelope.camera.as_str())
        .bind(envelope.agent.as_str())
        .execute(&mut *self.writer)
        .await?;
        // A picture of a violation is for its case alone.
        let shown = !matches!(envelope.payload, Payload::Violation(_));
        let overview = envelope.evidence.iter().find(|picture| {
            shown && picture.role == EvidenceRole::Overview && !decided.absent.contains(&picture.sha256)
        });
        if let Some(picture) = overview {
            let done = sqlx::query(
                "update cameras set snapshot = $3, snapshot_at_ms = $4
                 where site = $1 and camera = $2 and (snapshot_at_ms is null or snapshot_at_ms < $4)",
            )
            .bind(envelope.site.as_str())
            .bind(envelope.camera.as_str())
            .bind(picture.sha256.to_string())
            .bind(envelope.captured.at.as_millisecond())
            .execute(&mut *self.writer)
            .await?;
            if done.rows_affected() > 0 {
                self.cameras.insert((envelope.site.to_string(), envelope.camera.to_string()));
            }
        }
        Ok(())
    }

    async fn crossing(&mut self, decided: &Decided, crossing: &Crossing) -> Result<(), StoreError> {
        let envelope = decided.event.envelope();
        if envelope.phase != Phase::Settled {
            return Ok(());
        }
        if let (Some((gate, area)), "person") = (&decided.counted_at, crossing.class.as_str()) {
            let (line, at) = (crossing.line.as_str(), envelope.captured.at);
            let moved = movement::of_crossing(envelope.id, (gate, area), line, crossing.direction, at);
            movements::insert(&mut self.writer, envelope.site.as_str(), &moved, &mut self.dirty).await?;
        }
        self.count(envelope, &crossing.line, &crossing.class, crossing.direction).await
    }

    /// Decisions, acts, incidents and counts of gates and areas.
    async fn at_a_gate(&mut self, decided: &Decided) -> Result<(), StoreError> {
        let (writer, dirty, now_ms) = (&mut self.writer, &mut self.dirty, self.now_ms);
        let envelope = decided.event.envelope();
        let settled = envelope.phase == Phase::Settled;
        let written = match &envelope.payload {
            Payload::Access(access) => write::access(writer, decided, access, dirty, now_ms).await?,
            Payload::GuardAction(act) => write::guard_action(writer, envelope, act, dirty, now_ms).await?,
            Payload::Incident(incident) => write::incident(writer, decided, incident, now_ms).await?,
            Payload::PaperEntry(paper) if settled => {
                write::paper(writer, decided, paper, dirty, now_ms).await?
            }
            Payload::ZoneCount(count) if settled => {
                write::zone_count(writer, envelope, count).await?;
                write::Written::default()
            }
            Payload::CountCorrection(correction) if settled => {
                let (id, at_ms) = (envelope.id.to_string(), envelope.captured.at.as_millisecond());
                let of = (id.as_str(), envelope.site.as_str());
                write::correction(writer, of, correction, (at_ms, "desk"), dirty).await?;
                write::Written::default()
            }
            Payload::Shift(shift) => {
                write::shift(writer, envelope, shift).await?;
                write::Written::default()
            }
            Payload::IdentityCheck(check) => {
                write::identity_check(writer, envelope, check, now_ms).await?;
                write::Written::default()
            }
            _ => write::Written::default(),
        };
        self.feed_id = self.feed_id.max(written.feed_id);
        self.alerts += written.alerts;
        Ok(())
    }

    async fn count(
        &mut self,
        envelope: &Envelope,
        line: &wire::Name,
        class: &str,
        direction: Direction,
    ) -> Result<(), StoreError> {
        let inwards = i64::from(matches!(direction, Direction::In | Direction::Forward));
        let captured = envelope.captured.at.as_millisecond();
        sqlx::query(
            "insert into counts (site, camera, line, class, hour_ms, n_in, n_out) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (site, camera, line, class, hour_ms)
             do update set n_in = counts.n_in + excluded.n_in, n_out = counts.n_out + excluded.n_out",
        )
        .bind(envelope.site.as_str())
        .bind(envelope.camera.as_str())
        .bind(line.as_str())
        .bind(class)
        .bind(captured - captured.rem_euclid(3_600_000))
        .bind(inwards)
        .bind(1 - inwards)
        .execute(&mut *self.writer)
        .await?;
        self.counts.insert(envelope.site.to_string());
        Ok(())
    }

    /// A state event may come from a backlog: it is taken only when it is newer than what is known.
    async fn camera_state(&mut self, envelope: &Envelope, state: &CameraState) -> Result<(), StoreError> {
        sqlx::query(
            "update cameras set state = $3, since_ms = $4
             where site = $1 and camera = $2 and (since_ms is null or since_ms < $4)",
        )
        .bind(envelope.site.as_str())
        .bind(envelope.camera.as_str())
        .bind(state.state.as_str())
        .bind(envelope.captured.at.as_millisecond())
        .execute(&mut *self.writer)
        .await?;
        // Until now it was blind: what figures of that time do not hold.
        if state.was != wire::status::CameraWord::Live {
            let end_ms = envelope.captured.at.as_millisecond();
            sqlx::query(
                "insert into camera_outages (site, camera, from_ms, to_ms, state) values ($1, $2, $3, $4, $5)
                 on conflict (site, camera, from_ms) do nothing",
            )
            .bind(envelope.site.as_str())
            .bind(envelope.camera.as_str())
            .bind(end_ms - i64::try_from(state.lasted_ms).unwrap_or(i64::MAX).min(end_ms))
            .bind(end_ms)
            .bind(state.was.as_str())
            .execute(&mut *self.writer)
            .await?;
        }
        self.cameras.insert((envelope.site.to_string(), envelope.camera.to_string()));
        Ok(())
    }

    async fn finish(mut self, outcomes: Vec<Outcome>) -> Result<Committed, StoreError> {
        self.dirty.settle(&mut self.writer).await?;
        for ((site, agent), (account, received, late)) in self.accounts.drain() {
            account.save(&mut self.writer, self.now_ms).await?;
            sqlx::query(
                "update agents set received = received + $3, late = late + $4, last_seen_ms = $5
                 where site = $1 and agent = $2",
            )
            .bind(site)
            .bind(agent)
            .bind(received)
            .bind(late)
            .bind(self.now_ms)
            .execute(&mut *self.writer)
            .await?;
        }
        self.writer.commit().await?;
        let cameras = self.cameras.into_iter().map(|(site, camera)| Change::Camera { site, camera });
        let counts = self.counts.into_iter().map(|site| Change::Counts { site });
        let cases = self.cases.into_iter().map(|(site, id)| Change::Case { site, id });
        let inside = self.dirty.sites().into_iter().map(|site| Change::Inside { site });
        let changes = self
            .feed_id
            .map(Change::Feed)
            .into_iter()
            .chain(cameras)
            .chain(counts)
            .chain(inside)
            .chain(cases)
            .collect();
        Ok(Committed { outcomes, changes, alerts: self.alerts, broken_links: self.broken_links })
    }
}

/// The accounting of an event's agent, read once per transaction.
async fn account_of<'a>(
    accounts: &'a mut HashMap<(String, String), (Account, i64, i64)>,
    writer: &mut Writer,
    envelope: &Envelope,
) -> Result<&'a mut (Account, i64, i64), StoreError> {
    let key = (envelope.site.to_string(), envelope.agent.to_string());
    match accounts.entry(key) {
        std::collections::hash_map::Entry::Occupied(there) => Ok(there.into_mut()),
        std::collections::hash_map::Entry::Vacant(free) => {
            let account = gaps::load(writer, envelope.site.as_str(), envelope.agent.as_str()).await?;
            Ok(free.insert((account, 0, 0)))
        }
    }
}

/// The word for where a capture time comes from.
pub(in crate::store) fn time_source(envelope: &Envelope) -> &'static str {
    match envelope.captured.source {
        wire::TimeSource::Rtcp => "rtcp",
        wire::TimeSource::Arrival => "arrival",
        wire::TimeSource::File => "file",
    }
}

/// The next number of the live feed. The row is locked until the commit, so numbers become visible in their order.
pub(in crate::store) async fn next_feed_id(
    writer: &mut Writer,
    kind: &str,
    object_id: &str,
    site: &str,
    at_ms: i64,
) -> Result<i64, StoreError> {
    let row = sqlx::query("update counters set value = value + 1 where name = 'feed' returning value")
        .fetch_one(&mut **writer)
        .await?;
    let feed_id: i64 = row.try_get(0)?;
    sqlx::query("insert into feed (feed_id, kind, object_id, site, at_ms) values ($1, $2, $3, $4, $5)")
        .bind(feed_id)
        .bind(kind)
        .bind(object_id)
        .bind(site)
        .bind(at_ms)
        .execute(&mut **writer)
        .await?;
    Ok(feed_id)
}

/// A new random id, sorted by time.
pub(in crate::store) fn new_id() -> String {
    Uuid::now_v7().to_string()
}
