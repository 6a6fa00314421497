//! Cases for tests of what is shown, without the way that real ones come; and time that passes at once.

use wire::{ModelRef, TimeSource};

use super::Cases;
use super::open::{NewCase, insert};
use crate::cases::device::DeviceRecord;
use crate::cases::testing::Sample;

impl Cases<'_> {
    /// Opens the case of a sample of camera `cong`; its files are not stored by this.
    pub async fn put(&self, site: &str, sample: &Sample) -> String {
        let model = ModelRef { id: "detector".to_owned(), sha256: wire::Digest::ZERO };
        let new = NewCase {
            event_id: None,
            external_id: None,
            site,
            camera: "cong",
            agent: Some("edge"),
            at: sample.at,
            uncertainty_ms: 40,
            time_source: TimeSource::Rtcp,
            received_at_ms: sample.at.as_millisecond() + 5_000,
            violation: &sample.violation,
            evidence: &sample.evidence,
            models: &[model],
            sign_decision: None,
        };
        let mut writer = self.0.write().await.unwrap();
        let id = insert(&mut writer, &new, sample.at.as_millisecond() + 5_000).await.unwrap();
        writer.commit().await.unwrap();
        id
    }

    /// An approved record of camera `cong` that counts since long ago.
    pub async fn put_device(&self, site: &str, record: &DeviceRecord) {
        let version = self.propose_device((site, "cong"), record, Some(0), ("p", None), 1).await.unwrap();
        self.decide_device((site, "cong", version), true, ("q", None), 1).await.unwrap();
    }

    /// As if the case had been taken so much earlier.
    pub async fn pass(&self, case_id: &str, ms: i64) {
        let mut writer = self.0.write().await.unwrap();
        sqlx::query("update case_claims set claimed_at_ms = claimed_at_ms - $2 where case_id = $1")
            .bind(case_id)
            .bind(ms)
            .execute(&mut *writer)
            .await
            .unwrap();
        writer.commit().await.unwrap();
    }

    /// As if the lease of whoever has the case had ended.
    pub async fn end_lease(&self, case_id: &str) {
        let mut writer = self.0.write().await.unwrap();
        sqlx::query("update case_claims set lease_until_ms = 1 where case_id = $1")
            .bind(case_id)
            .execute(&mut *writer)
            .await
            .unwrap();
        writer.commit().await.unwrap();
    }
}
