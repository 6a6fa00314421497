//! Movements, and what follows from them: hours of areas, stays of subjects. Whatever a commit makes dirty is made anew from the
//! committed rows, so that neither a restart nor the order of arrival changes a number.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;

use super::super::{Store, StoreError, Writer};
use crate::gates::movement::{Movement, Tide};
use crate::gates::stays::{self, Step, What};

/// Length of an hour.
const HOUR_MS: i64 = 3_600_000;

/// What a commit has to make anew before it ends.
#[derive(Debug, Default)]
pub(in crate::store) struct Dirty {
    hours: BTreeSet<(String, String, i64)>,
    subjects: BTreeSet<(String, String)>,
}

impl Dirty {
    /// Sites in which something changed.
    pub fn sites(&self) -> BTreeSet<String> {
        let hours = self.hours.iter().map(|(site, ..)| site);
        hours.chain(self.subjects.iter().map(|(site, _)| site)).cloned().collect()
    }

    /// Makes everything anew.
    pub async fn settle(&self, writer: &mut Writer) -> Result<(), StoreError> {
        for (site, area, hour_ms) in &self.hours {
            sum_hour(writer, site, area, *hour_ms).await?;
        }
        for (site, subject) in &self.subjects {
            rejoin(writer, site, subject).await?;
        }
        Ok(())
    }
}

/// Adds a movement; one that is there already changes nothing.
pub(in crate::store) async fn insert(
    writer: &mut Writer,
    site: &str,
    moved: &Movement,
    dirty: &mut Dirty,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "insert into movements (movement_id, site, area, gate, lane, subject, kind, group_id, inwards, people, vehicles, at_ms,
            source, source_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (movement_id) do nothing",
    )
    .bind(&moved.movement_id)
    .bind(site)
    .bind(&moved.area)
    .bind(&moved.gate)
    .bind(&moved.lane)
    .bind(&moved.subject)
    .bind(moved.kind)
    .bind(&moved.group)
    .bind(i64::from(moved.inwards))
    .bind(moved.people)
    .bind(moved.vehicles)
    .bind(moved.at_ms)
    .bind(moved.source)
    .bind(&moved.source_id)
    .execute(&mut **writer)
    .await?;
    if done.rows_affected() > 0 {
        if moved.people != 0 || moved.vehicles != 0 {
            let hour_ms = moved.at_ms - moved.at_ms.rem_euclid(HOUR_MS);
            dirty.hours.insert((site.to_owned(), moved.area.clone(), hour_ms));
        }
        if let Some(subject) = &moved.subject {
            dirty.subjects.insert((site.to_owned(), subject.clone()));
        }
    }
    Ok(())
}

async fn sum_hour(writer: &mut Writer, site: &str, area: &str, hour_ms: i64) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "select people, vehicles, kind from movements where site = $1 and area = $2 and at_ms >= $3 and at_ms < $4
         order by at_ms, movement_id",
    )
    .bind(site)
    .bind(area)
    .bind(hour_ms)
    .bind(hour_ms + HOUR_MS)
    .fetch_all(&mut **writer)
    .await?;
    let (mut people, mut vehicles) = (Tide::default(), Tide::default());
    let mut ways = [0_i64; 4];
    for row in &rows {
        let (p, v): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        people = people.then(Tide::of(p));
        vehicles = vehicles.then(Tide::of(v));
        if row.try_get::<String, _>(2)? != "correction" {
            for (at, change) in [(0, p), (2, v)] {
                ways[at] += change.max(0);
                ways[at + 1] += (-change).max(0);
            }
        }
    }
    sqlx::query(
        "insert into area_hours (site, area, hour_ms, people_in, people_out, people_net, people_low, vehicles_in, vehicles_out,
            vehicles_net, vehicles_low)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (site, area, hour_ms) do update set people_in = excluded.people_in, people_out = excluded.people_out,
            people_net = excluded.people_net, people_low = excluded.people_low, vehicles_in = excluded.vehicles_in,
            vehicles_out = excluded.vehicles_out, vehicles_net = excluded.vehicles_net, vehicles_low = excluded.vehicles_low",
    )
    .bind(site)
    .bind(area)
    .bind(hour_ms)
    .bind(ways[0])
    .bind(ways[1])
    .bind(people.net)
    .bind(people.low)
    .bind(ways[2])
    .bind(ways[3])
    .bind(vehicles.net)
    .bind(vehicles.low)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// Joins a subject's ways in and out anew, and writes what differs.
async fn rejoin(writer: &mut Writer, site: &str, subject: &str) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "select movement_id, area, gate, kind, group_id, inwards, at_ms, source_id from movements
         where site = $1 and subject = $2 order by at_ms, movement_id",
    )
    .bind(site)
    .bind(subject)
    .fetch_all(&mut **writer)
    .await?;
    let mut steps = Vec::with_capacity(rows.len());
    for row in &rows {
        let kind: String = row.try_get(3)?;
        let what = match (kind.as_str(), row.try_get::<i64, _>(5)?) {
            ("forgive", _) => What::Forgiven,
            (_, 1) => What::In,
            _ => What::Out,
        };
        steps.push(Step {
            id: row.try_get(0)?,
            area: row.try_get(1)?,
            gate: row.try_get(2)?,
            kind,
            group: row.try_get(4)?,
            what,
            at_ms: row.try_get(6)?,
            source_id: row.try_get(7)?,
        });
    }
    let minutes: Option<i64> =
        sqlx::query_scalar::<_, Option<i64>>("select stay_minutes from members where member_id = $1")
            .bind(subject)
            .fetch_optional(&mut **writer)
            .await?
            .flatten();
    let known: BTreeMap<String, (String, Option<i64>)> =
        sqlx::query("select stay_id, state, out_ms from stays where site = $1 and subject = $2")
            .bind(site)
            .bind(subject)
            .fetch_all(&mut **writer)
            .await?
            .iter()
            .map(|row| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?))))
            .collect::<Result<_, sqlx::Error>>()?;
    let joined = stays::join(steps);
    for gone in known.keys().filter(|id| !joined.iter().any(|stay| &stay.stay_id == *id)) {
        sqlx::query("delete from stays where stay_id = $1").bind(gone).execute(&mut **writer).await?;
    }
    for stay in joined {
        let same = known
            .get(&stay.stay_id)
            .is_some_and(|(state, out)| state == stay.state.as_str() && *out == stay.out_ms);
        if !same {
            put_stay(writer, (site, subject), &stay, minutes).await?;
        }
    }
    Ok(())
}

async fn put_stay(
    writer: &mut Writer,
    (site, subject): (&str, &str),
    stay: &stays::Stay,
    minutes: Option<i64>,
) -> Result<(), StoreError> {
    let limit_ms = stay.in_ms.zip(minutes).map(|(in_ms, minutes)| in_ms + minutes.saturating_mul(60_000));
    sqlx::query(
        "insert into stays (stay_id, site, area, subject, kind, group_id, state, in_ms, out_ms, gate_in, gate_out, entry_access,
            exit_access, limit_ms, overstay_alerted)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)
         on conflict (stay_id) do update set state = excluded.state, in_ms = excluded.in_ms, out_ms = excluded.out_ms,
            gate_in = excluded.gate_in, gate_out = excluded.gate_out, entry_access = excluded.entry_access,
            exit_access = excluded.exit_access, limit_ms = excluded.limit_ms",
    )
    .bind(&stay.stay_id)
    .bind(site)
    .bind(&stay.area)
    .bind(subject)
    .bind(&stay.kind)
    .bind(&stay.group)
    .bind(stay.state.as_str())
    .bind(stay.in_ms)
    .bind(stay.out_ms)
    .bind(&stay.gate_in)
    .bind(&stay.gate_out)
    .bind(&stay.entry_access)
    .bind(&stay.exit_access)
    .bind(limit_ms)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// People and vehicles inside an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaInside {
    /// Site.
    pub site: String,
    /// Area.
    pub area: String,
    /// People.
    pub people: u64,
    /// Vehicles.
    pub vehicles: u64,
    /// Ways out that met an empty area, people and vehicles: somebody was inside before counting began, or a way in was missed.
    pub surplus_out: u64,
}

impl Store {
    /// People and vehicles inside every area of a site (of all sites if empty) just before a moment: exact, and the same however
    /// often and in which order events arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inside_at(&self, site: &str, before_ms: i64) -> Result<Vec<AreaInside>, StoreError> {
        let hour_ms = before_ms - before_ms.rem_euclid(HOUR_MS);
        let rows = sqlx::query(
            "select site, area, people_net, people_low, vehicles_net, vehicles_low from area_hours
             where ($1 = '' or site = $1) and hour_ms < $2 order by site, area, hour_ms",
        )
        .bind(site)
        .bind(hour_ms)
        .fetch_all(self.read())
        .await?;
        let mut tides: BTreeMap<(String, String), (Tide, Tide)> = BTreeMap::new();
        for row in &rows {
            let both = tides.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
            both.0 = both.0.then(Tide { net: row.try_get(2)?, low: row.try_get(3)? });
            both.1 = both.1.then(Tide { net: row.try_get(4)?, low: row.try_get(5)? });
        }
        let rows = sqlx::query(
            "select site, area, people, vehicles from movements
             where ($1 = '' or site = $1) and at_ms >= $2 and at_ms < $3 and area <> '' order by at_ms, movement_id",
        )
        .bind(site)
        .bind(hour_ms)
        .bind(before_ms)
        .fetch_all(self.read())
        .await?;
        for row in &rows {
            let both = tides.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
            both.0 = both.0.then(Tide::of(row.try_get(2)?));
            both.1 = both.1.then(Tide::of(row.try_get(3)?));
        }
        let inside = |((site, area), (people, vehicles)): ((String, String), (Tide, Tide))| AreaInside {
            site,
            area,
            people: people.inside(),
            vehicles: vehicles.inside(),
            surplus_out: people.surplus_out() + vehicles.surplus_out(),
        };
        Ok(tides.into_iter().map(inside).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::gates::read::StayFilter;
    use crate::store::rows::Scope;
    use crate::store::testing;

    fn moved(id: usize, subject: Option<&str>, inwards: bool, at_ms: i64) -> Movement {
        let change = if inwards { 1 } else { -1 };
        Movement {
            movement_id: format!("m{id:03}"),
            area: "khu".into(),
            gate: "cong".into(),
            lane: None,
            subject: subject.map(str::to_owned),
            kind: if subject.is_some() { "vehicle" } else { "person" },
            group: None,
            inwards,
            people: if subject.is_some() { 0 } else { change },
            vehicles: if subject.is_some() { change } else { 0 },
            at_ms,
            source: "access",
            source_id: format!("m{id:03}"),
        }
    }

    /// What can be seen after taking movements in this order, so many in one transaction.
    async fn seen(
        movements: &[Movement],
        at_once: usize,
    ) -> (Vec<AreaInside>, Vec<(String, String, Option<i64>)>) {
        let (_folder, store) = testing::fresh().await;
        store.put_site("kcn").await;
        for part in movements.chunks(at_once) {
            let (mut writer, mut dirty) = (store.write().await.unwrap(), Dirty::default());
            for one in part {
                insert(&mut writer, "kcn", one, &mut dirty).await.unwrap();
            }
            dirty.settle(&mut writer).await.unwrap();
            writer.commit().await.unwrap();
        }
        let filter = StayFilter { until_ms: i64::MAX, ..StayFilter::default() };
        let stays = store.stays(&Scope::all(), &filter, (i64::MAX, ""), 500).await.unwrap();
        let stays = stays.into_iter().map(|stay| (stay.stay_id, stay.state, stay.out_ms)).collect();
        (store.inside_at("kcn", i64::MAX).await.unwrap(), stays)
    }

    #[tokio::test]
    async fn any_order_of_arrival_and_any_repetition_give_the_same_numbers_and_stays() {
        let mut random = 99_u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % below
        };
        let movements: Vec<Movement> = (0..120)
            .map(|id| {
                let subject = [None, Some("a"), Some("b"), Some("plate:30A12345")][next(4)];
                // Over several hours, some at the same millisecond.
                moved(id, subject, next(5) > 1, (id as i64 / 2) * 300_000)
            })
            .collect();
        let expected = seen(&movements, 1).await;
        let one_by_one = movements.iter().fold((0_u64, 0_u64), |(people, vehicles), one| {
            (people.saturating_add_signed(one.people), vehicles.saturating_add_signed(one.vehicles))
        });
        assert_eq!((expected.0[0].people, expected.0[0].vehicles), one_by_one, "as the agent counts");
        for at_once in [7, 64] {
            let mut shuffled = movements.clone();
            for at in (1..shuffled.len()).rev() {
                shuffled.swap(at, next(at + 1));
            }
            let repeated: Vec<Movement> = (0..40).map(|_| shuffled[next(120)].clone()).collect();
            shuffled.extend(repeated);
            assert_eq!(seen(&shuffled, at_once).await, expected);
        }
    }
}
