//! Confirmed cases for tests of what comes after, without the review that leads to them.

use wire::{Digest, EvidenceRef};

use super::Store;
use crate::cases::testing::{jpeg, mp4};
use crate::handling::open::Confirmed;

impl Store {
    /// A case as two reviewers leave it, with two files of evidence: gives their bytes.
    pub async fn put_confirmed(&self, case: &Confirmed) -> [(Digest, Vec<u8>); 2] {
        let files = [jpeg(&case.case_id), mp4(&case.case_id)].map(|bytes| (Digest::of(&bytes), bytes));
        let file = |(sha256, _): &(Digest, Vec<u8>), role: &str, media_type: &str| {
            let json = serde_json::json!({ "sha256": sha256, "role": role, "media_type": media_type, "bytes": 9, "width": 4, "height": 3 });
            serde_json::from_value::<EvidenceRef>(json).unwrap()
        };
        let evidence = [file(&files[0], "overview", "image/jpeg"), file(&files[1], "clip", "video/mp4")];
        let people: Vec<_> =
            case.judged_by.iter().map(|name| serde_json::json!({ "username": name, "round": 1 })).collect();
        let mut writer = self.write().await.unwrap();
        sqlx::query(
            "insert into cases (case_id, number, source, site, camera, kind, class, at_ms, uncertainty_ms, time_source,
                received_at_ms, opened_at_ms, score, place_vi, place_en, state, round, serious, second, escalated, plate,
                plate_display, plate_colour, plate_typed, evidence, models, gate, flags, related, behaviour, confirmation, seeded,
                changed_at_ms)
             values ($1, $2, 'own', $3, $4, $5, $6, $7, 20, 'rtcp', $7, $7, 0.9, $8, 'Example', 'confirmed', 2, 1, 1, 0, $9, $9,
                $10, $9, $11, '[]', $13, $14, '{}', $12, $15, 0, $7)",
        )
        .bind(&case.case_id)
        .bind(&case.case_number)
        .bind(&case.site)
        .bind(&case.camera)
        .bind(&case.kind)
        .bind(&case.vehicle.class)
        .bind(case.at.as_millisecond())
        .bind(&case.place_vi)
        .bind(&case.vehicle.plate)
        .bind(case.vehicle.plate_colour.as_deref())
        .bind(serde_json::to_string(&evidence).unwrap())
        .bind(&case.behaviour)
        .bind(r#"{"admissible":true,"missing":[],"conditions":[]}"#)
        .bind(serde_json::to_string(&case.doubts).unwrap())
        .bind(serde_json::to_string(&people).unwrap())
        .execute(&mut *writer)
        .await
        .unwrap();
        sqlx::query("insert into case_confirmed (case_id, at_ms) values ($1, $2)")
            .bind(&case.case_id)
            .bind(case.at.as_millisecond())
            .execute(&mut *writer)
            .await
            .unwrap();
        writer.commit().await.unwrap();
        files
    }
}
