//! What screening asks and writes.

use sqlx::Row as _;
use wire::scene::Scene;

use super::super::Store;
use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, Cases, Related, StoreError, encode, locked};
use crate::cases::flags::{CloneSign, Flag, Sighting};
use crate::cases::gate::GateReport;
use crate::cases::state::{self, Action, Actor, State, Way};

/// What screening found.
#[derive(Debug, Clone)]
pub struct Screening {
    /// The gate's report.
    pub gate: GateReport,
    /// Flags.
    pub flags: Vec<Flag>,
    /// Related cases and signs.
    pub related: Related,
    /// Earlier cases whose plate may be on a second vehicle because of this one, with what speaks for it.
    pub clone_of: Vec<(String, CloneSign)>,
    /// The earlier case of the same act.
    pub duplicate_of: Option<String>,
    /// Whether two people must agree.
    pub second: bool,
    /// Version of the device's record.
    pub device_version: Option<i64>,
    /// Version of the law.
    pub law_version: i64,
    /// Until when the notice must be sent.
    pub notice_due_ms: Option<i64>,
    /// End of the statute.
    pub statute_ms: Option<i64>,
    /// The behaviour that the law fines.
    pub behaviour: Option<String>,
    /// When its personal data goes, for an inadmissible or duplicate one.
    pub delete_at_ms: i64,
}

impl Screening {
    fn action(&self) -> Action {
        if !self.gate.admissible {
            Action::Refuse
        } else if self.duplicate_of.is_some() {
            Action::Join
        } else {
            Action::Admit
        }
    }
}

impl Cases<'_> {
    /// Cases that nothing has looked at yet, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn detected(&self, limit: u32) -> Result<Vec<CaseRow>, StoreError> {
        let rows = sqlx::query(
            "select * from cases where state = 'detected' order by opened_at_ms, case_id limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.0.read())
        .await?;
        Ok(rows.iter().map(CaseRow::read).collect::<Result<_, _>>()?)
    }

    /// The earliest other case of the same act: plate, kind and site within so long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn same_act(&self, case: &CaseRow, within_ms: i64) -> Result<Option<String>, StoreError> {
        let Some(plate) = &case.plate else { return Ok(None) };
        Ok(sqlx::query_scalar(
            "select case_id from cases
             where plate = $1 and kind = $2 and site = $3 and at_ms between $4 and $5 and case_id <> $6 and seeded = 0
               and state in ('screened', 'review_1', 'review_2', 'review_3', 'confirmed')
             order by opened_at_ms, case_id limit 1",
        )
        .bind(plate)
        .bind(&case.kind)
        .bind(&case.site)
        .bind(case.at_ms - within_ms)
        .bind(case.at_ms + within_ms)
        .bind(&case.case_id)
        .fetch_optional(self.0.read())
        .await?)
    }

    /// Where else a plate was around a moment: other cases, by id, and passages of cameras whose approved position was known then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sightings(
        &self,
        case: &CaseRow,
        around_ms: i64,
    ) -> Result<Vec<(Sighting, Option<String>)>, StoreError> {
        let Some(plate) = &case.plate else { return Ok(Vec::new()) };
        let (from, to) = (case.at_ms - around_ms, case.at_ms + around_ms);
        let mut seen = Vec::new();
        let rows = sqlx::query(
            "select at_ms, violation, case_id from cases where plate = $1 and at_ms between $2 and $3 and case_id <> $4
               and seeded = 0 and violation is not null order by at_ms limit 200",
        )
        .bind(plate)
        .bind(from)
        .bind(to)
        .bind(&case.case_id)
        .fetch_all(self.0.read())
        .await?;
        for row in &rows {
            let violation: serde_json::Value =
                serde_json::from_str(&row.try_get::<String, _>(1)?).unwrap_or_default();
            if let Ok(at) = serde_json::from_value(violation["place"]["at"].clone()) {
                seen.push((Sighting { at_ms: row.try_get(0)?, at }, Some(row.try_get(2)?)));
            }
        }
        // A camera that was moved stood where its record of that moment says.
        let rows = sqlx::query(
            "select p.captured_at_ms, d.record from passages p
             join device_records d on d.site = p.site and d.camera = p.camera and d.state = 'approved'
               and d.valid_from_ms <= p.captured_at_ms
             where p.plate = $1 and p.captured_at_ms between $2 and $3
               and not exists (select 1 from device_records n where n.site = d.site and n.camera = d.camera and n.state = 'approved'
                 and n.valid_from_ms <= p.captured_at_ms and (n.valid_from_ms, n.version) > (d.valid_from_ms, d.version))
             order by p.captured_at_ms limit 200",
        )
        .bind(plate)
        .bind(from)
        .bind(to)
        .fetch_all(self.0.read())
        .await?;
        for row in &rows {
            let record: serde_json::Value =
                serde_json::from_str(&row.try_get::<String, _>(1)?).unwrap_or_default();
            let place = &record["approved_position"];
            if let (Some(lat), Some(lon)) = (place["lat"].as_f64(), place["lon"].as_f64()) {
                seen.push((Sighting { at_ms: row.try_get(0)?, at: [lat, lon] }, None));
            }
        }
        Ok(seen)
    }

    /// The type of vehicle that the register named lately with a passage of this plate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn registered_type(&self, plate: &str) -> Result<Option<String>, StoreError> {
        let text: Option<String> = sqlx::query_scalar(
            "select vehicle from passages where plate = $1 and vehicle is not null order by captured_at_ms desc limit 1",
        )
        .bind(plate)
        .fetch_optional(self.0.read())
        .await?;
        let vehicle: Option<serde_json::Value> = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(vehicle.and_then(|vehicle| vehicle["type"].as_str().map(str::to_owned)))
    }

    /// A version of a scene that central has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scene(
        &self,
        (site, camera): (&str, &str),
        version: u64,
    ) -> Result<Option<Scene>, StoreError> {
        // A scene from a file was never at central: nobody approved its signs here.
        let Ok(version @ 1..) = i64::try_from(version) else { return Ok(None) };
        let scene: Option<String> = sqlx::query_scalar(
            "select scene from scene_versions where site = $1 and camera = $2 and version = $3",
        )
        .bind(site)
        .bind(camera)
        .bind(version)
        .fetch_optional(self.0.read())
        .await?;
        Ok(scene.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Writes what screening found, unless the case has gone on. Returns the state it is in now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn screened(
        &self,
        case_id: &str,
        found: &Screening,
        now_ms: i64,
    ) -> Result<Option<State>, StoreError> {
        let mut writer = self.0.write().await?;
        let Some(mut case) = locked(&mut writer, case_id).await? else { return Ok(None) };
        let (from, action) = (case.state()?, found.action());
        let Ok(Way::To(to)) = state::way(from, action, Actor::System) else { return Ok(None) };
        let Some(to) = Settable::of(from, to) else { return Ok(None) };
        sqlx::query(
            "update cases set gate = $2, flags = $3, related = $4, duplicate_of = $5, second = $6, device_version = $7,
                law_version = $8, notice_due_ms = $9, statute_ms = $10, behaviour = $11, delete_at_ms = $12 where case_id = $1",
        )
        .bind(case_id)
        .bind(encode(&found.gate)?)
        .bind(encode(&found.flags)?)
        .bind(encode(&found.related)?)
        .bind(&found.duplicate_of)
        .bind(i64::from(found.second))
        .bind(found.device_version)
        .bind(found.law_version.to_string())
        .bind(found.notice_due_ms)
        .bind(found.statute_ms)
        .bind(&found.behaviour)
        .bind((action != Action::Admit).then_some(found.delete_at_ms))
        .execute(&mut *writer)
        .await?;
        case.law_version = Some(found.law_version.to_string());
        let detail = serde_json::json!({
            "missing": found.gate.missing.iter().map(|one| &one.need).collect::<Vec<_>>(),
            "failed": found.gate.conditions.iter().filter(|one| !one.ok).map(|one| &one.code).collect::<Vec<_>>(),
            "flags": found.flags,
        });
        let note = Note { reason: None, detail: Some(detail) };
        let state = go(&mut writer, &case, (action, to), &Who::system(), note, now_ms).await?;
        if let Some(earlier) = &found.duplicate_of {
            link(&mut writer, earlier, case_id).await?;
        }
        for (earlier, sign) in &found.clone_of {
            suspect(&mut writer, earlier, sign).await?;
        }
        writer.commit().await?;
        Ok(Some(state))
    }
}

/// Names a later case of the same act in the earlier one.
async fn link(writer: &mut super::Writer, earlier: &str, later: &str) -> Result<(), StoreError> {
    let Some(case) = locked(writer, earlier).await? else { return Ok(()) };
    let mut related = case.related()?;
    if !related.duplicates.iter().any(|one| one == later) {
        related.duplicates.push(later.to_owned());
    }
    sqlx::query("update cases set related = $2 where case_id = $1")
        .bind(earlier)
        .bind(encode(&related)?)
        .execute(&mut **writer)
        .await?;
    Ok(())
}

/// Notes a sign of a second vehicle in an earlier case with the same plate. While people decide on it, two must agree from now on.
async fn suspect(writer: &mut super::Writer, earlier: &str, sign: &CloneSign) -> Result<(), StoreError> {
    let Some(case) = locked(writer, earlier).await? else { return Ok(()) };
    let (mut related, mut flags) = (case.related()?, case.flags()?);
    if related.clones.contains(sign) {
        return Ok(());
    }
    related.clones.push(sign.clone());
    if !flags.contains(&Flag::CloneSuspect) {
        flags.push(Flag::CloneSuspect);
    }
    let second = case.second == 1 || case.state()?.is_open();
    sqlx::query("update cases set related = $2, flags = $3, second = $4 where case_id = $1")
        .bind(earlier)
        .bind(encode(&related)?)
        .bind(encode(&flags)?)
        .bind(i64::from(second))
        .execute(&mut **writer)
        .await?;
    Ok(())
}

impl Store {
    /// Whether anything waits to be screened: a cheap question.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anything_detected(&self) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("select cast(1 as bigint) from cases where state = 'detected' limit 1")
                .fetch_optional(self.read())
                .await?;
        Ok(found.is_some())
    }
}
