//! Where violations are, for the map: counts by camera, kind and state, and where the cameras stand. No plates, no ids of cases.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;

use super::super::rows::{Scope, row};
use super::{Store, StoreError};

row! {
    /// Cases of one camera, kind and state.
    PointRow {
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// Place in words, Vietnamese.
        place_vi: String,
        /// The same in English.
        place_en: String,
        /// Kind of violation.
        kind: String,
        /// State of the cases.
        case_state: String,
        /// State of their handlings; none where there is none.
        state: Option<String>,
        /// How many cases.
        count: i64,
    }
}

/// Where a camera stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standpoint {
    /// Latitude and longitude, degrees WGS 84.
    pub at: [f64; 2],
    /// Who says it: `device` (its approved record), `scene` (as it was published) or `case` (what the agent said last).
    pub from: &'static str,
}

/// Standpoints by site and camera.
pub type Standpoints = BTreeMap<(String, String), Standpoint>;

impl Store {
    /// How many cases of a time there are by camera, kind and state. `known`: known cases that measure reviewers count too, as they do
    /// in the lists of reviewers, who must not find them by what is missing here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn violation_points(
        &self,
        scope: &Scope,
        (from_ms, to_ms): (i64, i64),
        known: bool,
    ) -> Result<Vec<PointRow>, StoreError> {
        let rows = sqlx::query(
            "select c.site, c.camera, max(c.place_vi) place_vi, max(c.place_en) place_en, c.kind, c.state case_state, h.state,
                cast(count(*) as bigint) count
             from cases c left join handling_cases k on k.case_id = c.case_id left join handlings h on h.handling_id = k.handling_id
             where c.at_ms >= $1 and c.at_ms < $2 and ($3 = '' or $3 like '%,' || c.site || ',%') and c.seeded <= $4
             group by c.site, c.camera, c.kind, c.state, h.state order by c.site, c.camera, c.kind, c.state, h.state",
        )
        .bind(from_ms)
        .bind(to_ms)
        .bind(scope.sql())
        .bind(i64::from(known))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(PointRow::read).collect::<Result<_, _>>()?)
    }

    /// Where these cameras stand: by the approved record that counts now, else by the published scene, else by the newest case. A
    /// camera of which nobody said it is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standpoints(
        &self,
        scope: &Scope,
        cameras: &BTreeSet<(String, String)>,
        now_ms: i64,
    ) -> Result<Standpoints, StoreError> {
        let mut found = self.approved_standpoints(scope, now_ms).await?;
        for row in self.newest_scenes(scope).await? {
            let scene: serde_json::Value = serde_json::from_str(&row.scene).unwrap_or_default();
            if let Ok(at) = serde_json::from_value(scene["place"]["at"].clone()) {
                found.entry((row.site, row.camera)).or_insert(Standpoint { at, from: "scene" });
            }
        }
        found.retain(|camera, _| cameras.contains(camera));
        for camera in cameras {
            if !found.contains_key(camera)
                && let Some(at) = self.told_standpoint(camera).await?
            {
                found.insert(camera.clone(), Standpoint { at, from: "case" });
            }
        }
        Ok(found)
    }

    async fn approved_standpoints(&self, scope: &Scope, now_ms: i64) -> Result<Standpoints, StoreError> {
        let rows = sqlx::query(
            "select site, camera, record from device_records
             where state = 'approved' and valid_from_ms <= $1 and ($2 = '' or $2 like '%,' || site || ',%')
             order by valid_from_ms, version",
        )
        .bind(now_ms)
        .bind(scope.sql())
        .fetch_all(self.read())
        .await?;
        let mut found = Standpoints::new();
        for row in &rows {
            let record: serde_json::Value =
                serde_json::from_str(&row.try_get::<String, _>(2)?).unwrap_or_default();
            let place = &record["approved_position"];
            if let (Some(lat), Some(lon)) = (place["lat"].as_f64(), place["lon"].as_f64()) {
                // A later record takes the place of an earlier one.
                found.insert(
                    (row.try_get(0)?, row.try_get(1)?),
                    Standpoint { at: [lat, lon], from: "device" },
                );
            }
        }
        Ok(found)
    }

    /// Where the newest case of a camera says that it stands.
    async fn told_standpoint(
        &self,
        (site, camera): &(String, String),
    ) -> Result<Option<[f64; 2]>, StoreError> {
        let newest: Option<String> = sqlx::query_scalar(
            "select violation from cases where site = $1 and camera = $2 and violation is not null order by at_ms desc limit 1",
        )
        .bind(site)
        .bind(camera)
        .fetch_optional(self.read())
        .await?;
        let violation: serde_json::Value =
            newest.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(serde_json::from_value(violation["place"]["at"].clone()).ok())
    }
}
