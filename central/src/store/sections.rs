//! Vehicles over one line, for mean speeds between two cameras.

use sqlx::Row as _;

use super::{Store, StoreError};
use crate::sections::Sighting;

/// Sightings read at most, newest first: two busy lanes for some hours.
const MOST: i64 = 20_000;

impl Store {
    /// Settled passages with a valid plate over a line of a camera from `from_ms` until before `to_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sightings(
        &self,
        (site, camera, line): (&str, &str, &str),
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<Sighting>, StoreError> {
        let rows = sqlx::query(
            "select captured_at_ms, uncertainty_ms, plate, class, reading from passages
             where site = $1 and camera = $2 and rule = $3 and captured_at_ms >= $4 and captured_at_ms < $5
                and plate is not null and reading is not null and phase = 'settled'
             order by captured_at_ms desc, id limit $6",
        )
        .bind(site)
        .bind(camera)
        .bind(line)
        .bind(from_ms)
        .bind(to_ms)
        .bind(MOST)
        .fetch_all(self.read())
        .await?;
        let mut sightings = Vec::with_capacity(rows.len());
        for row in &rows {
            let reading: String = row.try_get("reading")?;
            let valid = serde_json::from_str::<wire::payload::PlateReading>(&reading).is_ok_and(|r| r.valid);
            if valid {
                sightings.push(Sighting {
                    at_ms: row.try_get("captured_at_ms")?,
                    uncertainty_ms: row.try_get("uncertainty_ms")?,
                    plate: row.try_get("plate")?,
                    class: row.try_get("class")?,
                });
            }
        }
        Ok(sightings)
    }
}
