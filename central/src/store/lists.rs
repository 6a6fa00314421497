//! Watch lists: what the snapshot in memory is made from, and imports.

use sqlx::Row as _;

use super::{Store, StoreError};
use crate::lists::{Entry, Priority};

/// A list and its entries, to be taken over whole.
#[derive(Debug, Clone)]
pub struct ListImport {
    /// Id, `[a-z0-9-]`.
    pub list: String,
    /// Name, Vietnamese.
    pub name_vi: String,
    /// Name, English.
    pub name_en: String,
    /// Its entries.
    pub entries: Vec<Entry>,
}

impl Store {
    /// All entries of watch lists that were not removed.
    pub async fn watch_entries(&self) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlx::query(
            "select e.entry_id, e.list, l.name_vi, l.name_en, e.plate, e.vehicle_group, e.priority, e.reason_vi, e.reason_en,
                e.added_by, e.added_at_ms, e.valid_from_ms, e.valid_to_ms, e.plate_colour
             from list_entries e join lists l on l.list = e.list where l.kind = 'watch' and e.removed_at_ms is null",
        )
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let entry_id: String = row.try_get(0)?;
                let priority: String = row.try_get(6)?;
                Ok(Entry {
                    priority: Priority::parse(&priority).ok_or_else(|| StoreError::Damaged {
                        table: "list_entries",
                        id: entry_id.clone(),
                        problem: format!("priority {priority:?}"),
                    })?,
                    entry_id,
                    list: row.try_get(1)?,
                    list_name_vi: row.try_get(2)?,
                    list_name_en: row.try_get(3)?,
                    plate: row.try_get(4)?,
                    vehicle_group: row.try_get(5)?,
                    reason_vi: row.try_get(7)?,
                    reason_en: row.try_get(8)?,
                    added_by: row.try_get(9)?,
                    added_at_ms: row.try_get(10)?,
                    valid_from_ms: row.try_get(11)?,
                    valid_to_ms: row.try_get(12)?,
                    plate_colour: row.try_get(13)?,
                })
            })
            .collect()
    }

    /// A number that changes with every change of any list: cheap to ask for.
    pub async fn lists_version(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("select cast(coalesce(sum(version), 0) as bigint) from lists")
            .fetch_one(self.read())
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Adds or updates lists and entries; entries that are not in the import stay. Returns the number of entries written.
    pub async fn import_lists(&self, lists: &[ListImport], now_ms: i64) -> Result<usize, StoreError> {
        let mut writer = self.write().await?;
        let mut count = 0;
        for list in lists {
            sqlx::query(
                "insert into lists (list, kind, name_vi, name_en, version, changed_at_ms) values ($1, 'watch', $2, $3, 1, $4)
                 on conflict (list) do update set name_vi = excluded.name_vi, name_en = excluded.name_en,
                    version = lists.version + 1, changed_at_ms = excluded.changed_at_ms",
            )
            .bind(&list.list)
            .bind(&list.name_vi)
            .bind(&list.name_en)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
            for entry in &list.entries {
                sqlx::query(
                    "insert into list_entries (entry_id, list, plate, vehicle_group, priority, reason_vi, reason_en, added_by,
                        added_at_ms, valid_from_ms, valid_to_ms, plate_colour)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                     on conflict (entry_id) do update set priority = excluded.priority, reason_vi = excluded.reason_vi,
                        reason_en = excluded.reason_en, vehicle_group = excluded.vehicle_group,
                        plate_colour = excluded.plate_colour,
                        valid_to_ms = excluded.valid_to_ms, removed_at_ms = null",
                )
                .bind(&entry.entry_id)
                .bind(&entry.list)
                .bind(&entry.plate)
                .bind(&entry.vehicle_group)
                .bind(entry.priority.as_str())
                .bind(&entry.reason_vi)
                .bind(&entry.reason_en)
                .bind(&entry.added_by)
                .bind(entry.added_at_ms)
                .bind(entry.valid_from_ms)
                .bind(entry.valid_to_ms)
                .bind(&entry.plate_colour)
                .execute(&mut *writer)
                .await?;
                count += 1;
            }
        }
        writer.commit().await?;
        Ok(count)
    }
}
