//! The register of issued documents.

use super::rows::row;
use super::{Store, StoreError};

row! {
    /// An issued document. Columns are as the schema describes them.
    DocumentRow {
        /// 26 characters of base32.
        document_id: String,
        /// Key of its template.
        kind: String,
        /// Case or handling.
        case_id: String,
        /// As printed.
        number: String,
        /// Of the PDF.
        sha256: String,
        /// Its size.
        bytes: i64,
        /// `YYYY-MM-DD`.
        issued_on: String,
        /// Issuing unit.
        unit: String,
        /// Plate for the public page.
        plate_masked: Option<String>,
        /// Template and its first day.
        template: String,
        /// Version of the law behind it.
        law_version: i64,
        /// Name of who signs.
        signer: String,
        /// Account of who signs.
        signed_by: String,
        /// Sealed message of central's key over id and digest.
        signature: String,
        /// Which key.
        key_fingerprint: String,
        /// `valid`, `replaced` or `voided`.
        state: String,
        /// Why it is not valid.
        state_reason: Option<String>,
        /// The document in its place.
        replaced_by: Option<String>,
        /// Since when it is in that state.
        state_at_ms: i64,
        /// When it was issued.
        issued_at_ms: i64,
    }
}

impl Store {
    /// Registers a document; false when another of its kind has the number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_document(&self, row: &DocumentRow) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "insert into documents (document_id, kind, case_id, number, sha256, bytes, issued_on, unit, plate_masked, template,
                law_version, signer, signed_by, signature, key_fingerprint, state, state_at_ms, issued_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'valid', $16, $16)
             on conflict (kind, number) do nothing",
        )
        .bind(&row.document_id)
        .bind(&row.kind)
        .bind(&row.case_id)
        .bind(&row.number)
        .bind(&row.sha256)
        .bind(row.bytes)
        .bind(&row.issued_on)
        .bind(&row.unit)
        .bind(&row.plate_masked)
        .bind(&row.template)
        .bind(row.law_version)
        .bind(&row.signer)
        .bind(&row.signed_by)
        .bind(&row.signature)
        .bind(&row.key_fingerprint)
        .bind(row.issued_at_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// A document by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn document(&self, id: &str) -> Result<Option<DocumentRow>, StoreError> {
        let row = sqlx::query("select * from documents where document_id = $1")
            .bind(id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(DocumentRow::read).transpose()?)
    }

    /// Documents of a case or handling, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn documents_of(&self, case_id: &str) -> Result<Vec<DocumentRow>, StoreError> {
        let rows =
            sqlx::query("select * from documents where case_id = $1 order by issued_at_ms, document_id")
                .bind(case_id)
                .fetch_all(self.read())
                .await?;
        Ok(rows.iter().map(DocumentRow::read).collect::<Result<_, _>>()?)
    }

    /// Takes a valid document's force: voided, or replaced by another one. False when it was not valid any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_document(
        &self,
        id: &str,
        replaced_by: Option<&str>,
        reason: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "update documents set state = $2, replaced_by = $3, state_reason = $4, state_at_ms = $5
             where document_id = $1 and state = 'valid'",
        )
        .bind(id)
        .bind(if replaced_by.is_some() { "replaced" } else { "voided" })
        .bind(replaced_by)
        .bind(reason)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}
