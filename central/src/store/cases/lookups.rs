//! What the vehicle register said about a plate that a reviewer typed. The owner lies sealed.

use super::super::rows::row;
use super::{Cases, StoreError};
use crate::masking::Owner;
use crate::matching::registry::RegisteredVehicle;
use crate::sealing::DataKey;

row! {
    /// A question to the register.
    CaseLookup {
        /// The case.
        case_id: String,
        /// Canonical plate.
        plate: String,
        /// Who asked.
        asked_by: String,
        /// Why.
        purpose: String,
        /// The moment that the answer has to hold for.
        as_of_ms: i64,
        /// When it was asked.
        asked_at_ms: i64,
        /// The register's word; `unavailable` when there was no answer.
        status: String,
        /// Its transaction number.
        txn_id: Option<String>,
        /// JSON of the vehicle.
        vehicle: Option<String>,
        /// Sealed owner.
        owner_sealed: Option<String>,
        /// JSON of findings.
        findings: String,
    }
}

/// What an owner is sealed as.
const OWNER: &str = "case_lookups.owner";

/// Seals an owner.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn seal(key: &DataKey, owner: &Owner) -> Result<String, StoreError> {
    Ok(key.seal(OWNER, &super::encode(owner)?))
}

impl CaseLookup {
    /// The vehicle as the register names it.
    pub fn registered(&self) -> Option<RegisteredVehicle> {
        self.vehicle.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }

    /// The owner; none when none was found, or it was erased.
    ///
    /// # Errors
    /// When the data key is another.
    pub fn owner(&self, key: &DataKey) -> Result<Option<Owner>, StoreError> {
        let Some(sealed) = &self.owner_sealed else { return Ok(None) };
        let plain = key.open(OWNER, sealed)?;
        Ok(serde_json::from_str(&plain).ok())
    }
}

impl Cases<'_> {
    /// What is known of a plate for a case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lookup(&self, case_id: &str, plate: &str) -> Result<Option<CaseLookup>, StoreError> {
        let row = sqlx::query("select * from case_lookups where case_id = $1 and plate = $2")
            .bind(case_id)
            .bind(plate)
            .fetch_optional(self.0.read())
            .await?;
        Ok(row.as_ref().map(CaseLookup::read).transpose()?)
    }

    /// Writes a question with its answer; a later answer takes the place of an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_lookup(&self, lookup: &CaseLookup) -> Result<(), StoreError> {
        let mut writer = self.0.write().await?;
        sqlx::query(
            "insert into case_lookups (case_id, plate, asked_by, purpose, as_of_ms, asked_at_ms, status, txn_id, vehicle,
                owner_sealed, findings) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (case_id, plate) do update set asked_by = excluded.asked_by, asked_at_ms = excluded.asked_at_ms,
                status = excluded.status, txn_id = excluded.txn_id, vehicle = excluded.vehicle,
                owner_sealed = excluded.owner_sealed, findings = excluded.findings",
        )
        .bind(&lookup.case_id)
        .bind(&lookup.plate)
        .bind(&lookup.asked_by)
        .bind(&lookup.purpose)
        .bind(lookup.as_of_ms)
        .bind(lookup.asked_at_ms)
        .bind(&lookup.status)
        .bind(&lookup.txn_id)
        .bind(&lookup.vehicle)
        .bind(&lookup.owner_sealed)
        .bind(&lookup.findings)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// The register contradicts the picture: two people must agree from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn need_second(&self, case_id: &str) -> Result<(), StoreError> {
        let mut writer = self.0.write().await?;
        sqlx::query("update cases set second = 1 where case_id = $1")
            .bind(case_id)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }
}
