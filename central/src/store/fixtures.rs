//! Rows for tests of what is shown, without the way that real ones come.

use wire::{DeviceKey, Digest};

use super::commit::next_feed_id;
use super::{Store, Writer};

/// The key of every test agent.
pub fn agent_key() -> DeviceKey {
    DeviceKey::from_seed(&[7; 32])
}

/// A passage in a few words; the rest of the row is invented.
pub struct Passage<'a> {
    /// Id.
    pub id: &'a str,
    /// Site.
    pub site: &'a str,
    /// Capture.
    pub captured_at_ms: i64,
    /// Plate, canonical.
    pub plate: Option<&'a str>,
}

async fn run(writer: &mut Writer, text: &'static str, values: &[&str]) {
    let query = values.iter().fold(sqlx::query(text), |query, value| query.bind(*value));
    query.execute(&mut **writer).await.unwrap();
}

impl Store {
    /// Writes any row.
    pub async fn put(&self, text: &'static str, values: &[&str]) {
        let mut writer = self.write().await.unwrap();
        run(&mut writer, text, values).await;
        writer.commit().await.unwrap();
    }

    /// A site with camera `cong` and agent `edge`.
    pub async fn put_site(&self, site: &str) {
        let mut writer = self.write().await.unwrap();
        run(
            &mut writer,
            "insert into sites (site, model, name_vi, name_en, address_vi, address_en, created_at_ms)
             values ($1, 'access_industrial', 'Khu ' || $1, 'Site ' || $1, '', '', 1)",
            &[site],
        )
        .await;
        run(
            &mut writer,
            "insert into agents (site, agent, public_key, fingerprint, enrolled_at_ms, state, state_since_ms, max_seq,
                received, late, offline_ms) values ($1, 'edge', $2, $3, 1, 'online', 1, 5, 5, 0, 0)",
            &[site, &agent_key().public().to_string(), &agent_key().public().fingerprint()],
        )
        .await;
        let health = r#"{"camera":"cong","state":"live","fps":12.5,"analysed":9,"dropped":1,"gated":2,"reconnects":0}"#;
        run(
            &mut writer,
            "insert into cameras (site, camera, name_vi, name_en, counts, agent, state, since_ms, health)
             values ($1, 'cong', 'Cổng', 'Gate', 'vehicles', 'edge', 'live', 1, $2)",
            &[site, health],
        )
        .await;
        writer.commit().await.unwrap();
    }

    /// A passage, or its newer state; returns the feed id.
    pub async fn put_passage(&self, passage: &Passage<'_>) -> i64 {
        let mut writer = self.write().await.unwrap();
        let feed_id = next_feed_id(&mut writer, "passage", passage.id, passage.site, 1).await.unwrap();
        let reading = passage.plate.map(|text| {
            format!(
                r#"{{"text":"{text}","display":"{text}","raw":"{text}","valid":true,"kind":"car","lines":1,"score":0.97,
                "votes":3,"reads":4,"candidates":[],"edits":[],"ambiguous":[],"box":[1,2,3,4],
                "colour":{{"value":"yellow","score":0.9}},"class":"business"}}"#
            )
        });
        sqlx::query(
            "insert into passages (id, feed_id, site, agent, camera, seq, phase, captured_at_ms, uncertainty_ms, time_source,
                received_at_ms, late, class, class_score, direction, rule, plate, reading, box, picture, track, thumbnail,
                evidence, models, registry, watchlist, owner_masked, plate_finding)
             values ($1, $2, $3, 'edge', 'cong', 1, 'settled', $4, 20, 'rtcp', $4, 0, 'car', 0.9, 'in', 'vach', $5, $6,
                '[10,20,300,200]', '[1920,1080]', '{}', null, '[]', '[]', 'found', 'none', 'Nguyễn V. M.',
                '{\"kind\":\"bent\",\"score\":0.75,\"looks\":6}')
             on conflict (id) do update set feed_id = excluded.feed_id",
        )
        .bind(passage.id)
        .bind(feed_id)
        .bind(passage.site)
        .bind(passage.captured_at_ms)
        .bind(passage.plate)
        .bind(reading)
        .execute(&mut *writer)
        .await
        .unwrap();
        writer.commit().await.unwrap();
        feed_id
    }

    /// What stands behind a passage: its sealed envelope, the register's answer, a list match.
    pub async fn put_background(&self, passage_id: &str, site: &str) {
        let mut writer = self.write().await.unwrap();
        let body = br#"{"v":1}"#;
        let message = String::from_utf8(wire::seal(&agent_key(), body)).unwrap();
        run(
            &mut writer,
            "insert into events values ($1, 'settled', $2, 'edge', 'cong', 'vehicle', 1, 'prev', $3, $4, 1, 20, 'rtcp', 2, 0, $5)",
            &[passage_id, site, &Digest::of(body).to_string(), &agent_key().public().fingerprint(), &message],
        )
        .await;
        let owner =
            r#"{"kind":"PERSON","name":"Nguyễn Văn Minh","address":"Số 12","id_number":"001085900101"}"#;
        run(
            &mut writer,
            "insert into registry_lookups values ('look-' || $1, $1, 'vehreg', 'P', null, 'o', 'u', 'p', 5, 6, 'found', 'txn-1',
                null, $2, '[]', 1, null, null, null)",
            &[passage_id, owner],
        )
        .await;
        run(
            &mut writer,
            "insert into matches values ('m-' || $1, $1, 'an-ninh', 'Danh sách', 'List', 'e1', '30K13579', 'possible', 1, 'vì',
                'why', 'lý do', 'reason', 'high', 'demo', 1, 2)",
            &[passage_id],
        )
        .await;
        writer.commit().await.unwrap();
    }

    /// An event of agent `edge` in its chain; its message is invented.
    pub async fn put_event(&self, id: &str, site: &str, seq: i64, prev: Digest, digest: Digest) {
        let mut writer = self.write().await.unwrap();
        sqlx::query(
            "insert into events values ($1, 'settled', $2, 'edge', 'cong', 'vehicle', $3, $4, $5, 'key', 1, 20, 'rtcp', 2, 0, '{}')",
        )
        .bind(id)
        .bind(site)
        .bind(seq)
        .bind(prev.to_string())
        .bind(digest.to_string())
        .execute(&mut *writer)
        .await
        .unwrap();
        writer.commit().await.unwrap();
    }

    /// A report of agent `edge` that it gave up numbers 1 to `lost`, of which so many previews, and a picture.
    pub async fn put_loss(&self, site: &str, lost: i64, previews: i64, picture: Digest) {
        let mut writer = self.write().await.unwrap();
        run(
            &mut writer,
            "insert into lost_pictures values ($1, 'edge', $2, 'e', 1)",
            &[site, &picture.to_string()],
        )
        .await;
        for (text, number) in [
            ("insert into losses values ($1, 'edge', 1, $2, 'full', 'e', 1)", lost),
            ("insert into loss_reports values ('e', $1, 'edge', 1, 'full', $2)", previews),
        ] {
            sqlx::query(text).bind(site).bind(number).execute(&mut *writer).await.unwrap();
        }
        writer.commit().await.unwrap();
    }

    /// A new alert of a passage; returns the feed id.
    pub async fn put_alert(&self, id: &str, passage_id: &str, site: &str, raised_at_ms: i64) -> i64 {
        let mut writer = self.write().await.unwrap();
        let feed_id = next_feed_id(&mut writer, "alert", id, site, 1).await.unwrap();
        sqlx::query(
            "insert into alerts (alert_id, feed_id, kind, severity, state, certainty, site, camera, passage_id, plate_display,
                plate_lines, title_vi, title_en, reason_vi, reason_en, raised_at_ms, captured_at_ms)
             values ($1, $2, 'kind-' || $1, 'high', 'new', 'exact', $3, 'cong', $4, '30K-135.79', 1, 'a', 'b', 'c', 'd', $5, $5)",
        )
        .bind(id)
        .bind(feed_id)
        .bind(site)
        .bind(passage_id)
        .bind(raised_at_ms)
        .execute(&mut *writer)
        .await
        .unwrap();
        run(&mut writer, "insert into alert_history values ($1, 1, 1, 'system', null, 'new', null)", &[id])
            .await;
        writer.commit().await.unwrap();
        feed_id
    }

    /// Makes every session look as if it had last been used, and begun, so long ago.
    pub async fn age_sessions(&self, by_ms: i64) {
        let mut writer = self.write().await.unwrap();
        sqlx::query(
            "update sessions set last_used_ms = last_used_ms - $1, expires_at_ms = expires_at_ms - $1",
        )
        .bind(by_ms)
        .execute(&mut *writer)
        .await
        .unwrap();
        writer.commit().await.unwrap();
    }
}
