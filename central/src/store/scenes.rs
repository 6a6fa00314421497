//! Scenes of road cameras: versions, which are only ever added, and one draft per camera.

use sqlx::Row as _;

use super::rows::{Scope, row};
use super::{Store, StoreError, Writer};

row! {
    /// A published version. Columns are as the schema describes them.
    SceneVersionRow {
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// 1, 2, ….
        version: i64,
        /// JSON scene.
        scene: String,
        /// SHA-256 of it.
        sha256: String,
        /// JSON array of changes.
        changes: String,
        /// JSON array of accounts.
        drawn_by: String,
        /// Account.
        published_by: String,
        /// When.
        published_at_ms: i64,
        /// Why.
        note: Option<String>,
        /// Error of the measured points, pixels.
        ground_px: Option<f64>,
        /// The same in metres.
        ground_m: Option<f64>,
    }
}

row! {
    /// A draft. Columns are as the schema describes them.
    SceneDraftRow {
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// JSON scene.
        scene: String,
        /// Version it was begun from.
        base_version: i64,
        /// JSON array of accounts.
        drawn_by: String,
        /// Who saved it last.
        saved_by: String,
        /// When.
        saved_at_ms: i64,
        /// Error of the measured points, pixels, as the agent said it last.
        ground_px: Option<f64>,
        /// The same in metres.
        ground_m: Option<f64>,
    }
}

/// What became of a write that another one may have overtaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Yes,
    /// Somebody published, saved or deleted meanwhile: nothing was written.
    Overtaken,
}

async fn newest(writer: &mut Writer, site: &str, camera: &str) -> Result<i64, StoreError> {
    let row =
        sqlx::query("select coalesce(max(version), 0) from scene_versions where site = $1 and camera = $2")
            .bind(site)
            .bind(camera)
            .fetch_one(&mut **writer)
            .await?;
    Ok(row.try_get(0)?)
}

impl Store {
    /// The newest version of every camera's scene that the account sees.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_scenes(&self, scope: &Scope) -> Result<Vec<SceneVersionRow>, StoreError> {
        let rows = sqlx::query(
            "select v.* from scene_versions v where ($1 = '' or $1 like '%,' || v.site || ',%') and v.version =
                (select max(n.version) from scene_versions n where n.site = v.site and n.camera = v.camera)
             order by v.site, v.camera",
        )
        .bind(scope.sql())
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(SceneVersionRow::read).collect::<Result<_, _>>()?)
    }

    /// Versions of one camera's scene, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scene_versions(
        &self,
        site: &str,
        camera: &str,
        limit: u32,
    ) -> Result<Vec<SceneVersionRow>, StoreError> {
        let rows = sqlx::query(
            "select * from scene_versions where site = $1 and camera = $2 order by version desc limit $3",
        )
        .bind(site)
        .bind(camera)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(SceneVersionRow::read).collect::<Result<_, _>>()?)
    }

    /// One version of a camera's scene.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scene_version(
        &self,
        site: &str,
        camera: &str,
        version: i64,
    ) -> Result<Option<SceneVersionRow>, StoreError> {
        let row =
            sqlx::query("select * from scene_versions where site = $1 and camera = $2 and version = $3")
                .bind(site)
                .bind(camera)
                .bind(version)
                .fetch_optional(self.read())
                .await?;
        Ok(row.as_ref().map(SceneVersionRow::read).transpose()?)
    }

    /// Drafts that the account sees.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scene_drafts(&self, scope: &Scope) -> Result<Vec<SceneDraftRow>, StoreError> {
        let rows = sqlx::query(
            "select * from scene_drafts where $1 = '' or $1 like '%,' || site || ',%' order by site, camera",
        )
        .bind(scope.sql())
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(SceneDraftRow::read).collect::<Result<_, _>>()?)
    }

    /// The draft of a camera.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scene_draft(&self, site: &str, camera: &str) -> Result<Option<SceneDraftRow>, StoreError> {
        let row = sqlx::query("select * from scene_drafts where site = $1 and camera = $2")
            .bind(site)
            .bind(camera)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(SceneDraftRow::read).transpose()?)
    }

    /// Saves a draft. It must be based on the newest version, and be the successor of the draft saved at `before_ms` (`None`: of no
    /// draft).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_scene_draft(
        &self,
        draft: &SceneDraftRow,
        before_ms: Option<i64>,
    ) -> Result<Written, StoreError> {
        let mut writer = self.write().await?;
        let stands: Option<i64> =
            sqlx::query_scalar("select saved_at_ms from scene_drafts where site = $1 and camera = $2")
                .bind(&draft.site)
                .bind(&draft.camera)
                .fetch_optional(&mut *writer)
                .await?;
        let base = newest(&mut writer, &draft.site, &draft.camera).await?;
        if stands != before_ms || base != draft.base_version {
            return Ok(Written::Overtaken);
        }
        sqlx::query(
            "insert into scene_drafts (site, camera, scene, base_version, drawn_by, saved_by, saved_at_ms, ground_px, ground_m)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (site, camera) do update set scene = excluded.scene, base_version = excluded.base_version,
                drawn_by = excluded.drawn_by, saved_by = excluded.saved_by, saved_at_ms = excluded.saved_at_ms,
                ground_px = excluded.ground_px, ground_m = excluded.ground_m",
        )
        .bind(&draft.site)
        .bind(&draft.camera)
        .bind(&draft.scene)
        .bind(draft.base_version)
        .bind(&draft.drawn_by)
        .bind(&draft.saved_by)
        .bind(draft.saved_at_ms)
        .bind(draft.ground_px)
        .bind(draft.ground_m)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(Written::Yes)
    }

    /// Notes what the agent said of the measured points of the draft saved at `saved_at_ms`; nothing if it was saved again since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_ground(
        &self,
        (site, camera): (&str, &str),
        saved_at_ms: i64,
        error: Option<(f64, f64)>,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "update scene_drafts set ground_px = $1, ground_m = $2 where site = $3 and camera = $4 and saved_at_ms = $5",
        )
        .bind(error.map(|(px, _)| px))
        .bind(error.map(|(_, m)| m))
        .bind(site)
        .bind(camera)
        .bind(saved_at_ms)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// Throws a draft away; false when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_scene_draft(&self, site: &str, camera: &str) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query("delete from scene_drafts where site = $1 and camera = $2")
            .bind(site)
            .bind(camera)
            .execute(&mut *writer)
            .await?;
        writer.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Makes the draft saved at `saved_at_ms` the next version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publish_scene(
        &self,
        version: &SceneVersionRow,
        saved_at_ms: i64,
    ) -> Result<Written, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "delete from scene_drafts where site = $1 and camera = $2 and saved_at_ms = $3 and base_version = $4",
        )
        .bind(&version.site)
        .bind(&version.camera)
        .bind(saved_at_ms)
        .bind(version.version - 1)
        .execute(&mut *writer)
        .await?;
        let base = newest(&mut writer, &version.site, &version.camera).await?;
        if done.rows_affected() != 1 || base + 1 != version.version {
            return Ok(Written::Overtaken);
        }
        sqlx::query(
            "insert into scene_versions (site, camera, version, scene, sha256, changes, drawn_by, published_by,
                published_at_ms, note, ground_px, ground_m)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(&version.site)
        .bind(&version.camera)
        .bind(version.version)
        .bind(&version.scene)
        .bind(&version.sha256)
        .bind(&version.changes)
        .bind(&version.drawn_by)
        .bind(&version.published_by)
        .bind(version.published_at_ms)
        .bind(&version.note)
        .bind(version.ground_px)
        .bind(version.ground_m)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(Written::Yes)
    }
}
