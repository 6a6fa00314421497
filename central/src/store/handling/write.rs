//! Writing handlings: whatever a step changes is one transaction.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;

use super::super::cases::taken as take_case;
use super::{
    Attachment, CODE, CONTENT, LogRow, NUMBER, PERSON, Person, Store, StoreError, TEXT, Writer, columns,
    document, json_text, link, open_person, party_of, random_ref, series, use_number,
};
use crate::handling::open::{Confirmed, Identity, open};
use crate::handling::record::Payment;
use crate::handling::{Actor, Entry, Handling, Refusal, Stepped};
use crate::law::{Law, day_of};
use crate::sealing::DataKey;

/// What lies sealed with a step: who was entered, what was written, what came with it.
#[derive(Debug, Default)]
pub struct Sealed {
    /// A party.
    pub person: Option<Person>,
    /// A text.
    pub text: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// A code that a notice prints: opens the case to who has it.
    pub code: Option<String>,
    /// An outside number by which callbacks find the order: `bill:HD-1`.
    pub key: Option<(String, u32)>,
    /// Number and class of a party's licence, as the register named them.
    pub licence: Option<(u32, (String, String))>,
}

/// What came of trying a step.
#[derive(Debug)]
pub enum Tried {
    /// It is committed.
    Done(Box<Stepped>),
    /// The machine refused; nothing changed.
    Refused(Refusal),
    /// There is no such handling.
    Missing,
}

impl Store {
    /// Opens a handling for a confirmed case that has none; `None` when it has one by now.
    ///
    /// # Errors
    /// When the database fails, or the law lacks a row: then nothing is written.
    pub async fn open_handling(
        &self,
        case: Confirmed,
        unit: &str,
        law: &Law,
        at: Timestamp,
    ) -> Result<Option<Result<Handling, Refusal>>, StoreError> {
        let mut writer = self.write().await?;
        let taken = sqlx::query("select 1 from handling_cases where case_id = $1")
            .bind(&case.case_id)
            .fetch_optional(&mut *writer)
            .await?;
        if taken.is_some() {
            return Ok(None);
        }
        let year = i64::from(day_of(at).year());
        let last = series(&mut writer, unit, year).await?.get("handling").copied().unwrap_or(0);
        let identity = Identity {
            id: Uuid::now_v7().to_string(),
            number: format!("XL-{year}-{:06}", last + 1),
            unit: unit.to_owned(),
        };
        let stepped = match open(case, identity, law, at) {
            Ok(stepped) => stepped,
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        use_number(&mut writer, unit, year, "handling").await?;
        insert(&mut writer, &stepped.handling, at).await?;
        log(&mut writer, &stepped.handling, 0, &stepped.log, &Actor::system(unit), at).await?;
        set_seq(&mut writer, &stepped.handling.id, stepped.log.len() as i64).await?;
        for act in &stepped.handling.acts {
            // Void by now, or taken: then nothing is opened.
            if !take_case(&mut writer, &act.case_id, &stepped.handling.id, at.as_millisecond()).await? {
                return Ok(None);
            }
        }
        writer.commit().await?;
        Ok(Some(Ok(stepped.handling)))
    }

    /// Takes a step: `step` gets the handling as it is and the next number of each series, and what it gives is committed with its
    /// log, in one transaction. A step that changes nothing writes nothing.
    ///
    /// # Errors
    /// When the database fails: nothing changed.
    pub async fn step_handling(
        &self,
        key: &DataKey,
        handling_id: &str,
        (actor, at): (&Actor, Timestamp),
        sealed: &Sealed,
        step: impl FnOnce(&Handling, &dyn Fn(&str) -> String) -> Result<Stepped, Refusal> + Send,
    ) -> Result<Tried, StoreError> {
        let mut writer = self.write().await?;
        let Some((before, seq)) = locked(&mut writer, handling_id).await? else { return Ok(Tried::Missing) };
        let stepped = {
            let year = day_of(at).year();
            let known = series(&mut writer, &before.unit, i64::from(year)).await?;
            let next =
                |kind: &str| number(kind, known.get(kind).copied().unwrap_or(0) + 1, &before.unit, year);
            match step(&before, &next) {
                Ok(stepped) => stepped,
                Err(refusal) => return Ok(Tried::Refused(refusal)),
            }
        };
        if stepped.handling == before && stepped.log.is_empty() {
            return Ok(Tried::Done(Box::new(stepped)));
        }
        if let Some(refusal) = take_receipts(&mut writer, &before, &stepped.handling).await? {
            return Ok(Tried::Refused(refusal));
        }
        if let Some(kind) = stepped.series {
            use_number(&mut writer, &before.unit, i64::from(day_of(at).year()), kind).await?;
        }
        let h = &stepped.handling;
        update(&mut writer, h, seq, seq + stepped.log.len() as i64, at).await?;
        log(&mut writer, h, seq, &stepped.log, actor, at).await?;
        seal(&mut writer, key, &stepped, sealed, at).await?;
        writer.commit().await?;
        Ok(Tried::Done(Box::new(stepped)))
    }

    /// Joins one handling into another, both in one transaction.
    ///
    /// # Errors
    /// When the database fails: nothing changed.
    pub async fn join_handlings(
        &self,
        (into, from): (&str, &str),
        (actor, at): (&Actor, Timestamp),
        step: impl FnOnce(&Handling, &Handling) -> Result<(Stepped, Stepped), Refusal> + Send,
    ) -> Result<Tried, StoreError> {
        let mut writer = self.write().await?;
        let Some((target, target_seq)) = locked(&mut writer, into).await? else { return Ok(Tried::Missing) };
        let Some((other, other_seq)) = locked(&mut writer, from).await? else { return Ok(Tried::Missing) };
        let (kept, ended) = match step(&target, &other) {
            Ok(both) => both,
            Err(refusal) => return Ok(Tried::Refused(refusal)),
        };
        for (stepped, seq) in [(&kept, target_seq), (&ended, other_seq)] {
            update(&mut writer, &stepped.handling, seq, seq + stepped.log.len() as i64, at).await?;
            log(&mut writer, &stepped.handling, seq, &stepped.log, actor, at).await?;
        }
        move_sealed(&mut writer, (into, from), &kept).await?;
        sqlx::query("update handling_cases set handling_id = $1 where handling_id = $2")
            .bind(into)
            .bind(from)
            .execute(&mut *writer)
            .await?;
        sqlx::query("update cases set handling_id = $1 where handling_id = $2")
            .bind(into)
            .bind(from)
            .execute(&mut *writer)
            .await?;
        writer.commit().await?;
        Ok(Tried::Done(Box::new(kept)))
    }

    /// Keeps a callback; false when the same came before.
    ///
    /// # Errors
    /// When the database fails: then the caller has to send it again.
    pub async fn keep_callback(
        &self,
        key_name: &str,
        body: &str,
        now_ms: i64,
    ) -> Result<Option<String>, StoreError> {
        let digest = wire::Digest::of(format!("{key_name}\n{body}").as_bytes()).to_string();
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "insert into handling_callbacks (digest, key_name, body, received_at_ms) values ($1, $2, $3, $4)
             on conflict (digest) do nothing",
        )
        .bind(&digest)
        .bind(key_name)
        .bind(body)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok((done.rows_affected() == 1).then_some(digest))
    }

    /// Notes that a callback was applied.
    ///
    /// # Errors
    /// When the database fails: it is applied again, which changes nothing.
    pub async fn callback_applied(&self, digest: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("update handling_callbacks set applied_at_ms = $2 where digest = $1")
            .bind(digest)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }
}

/// Texts and files of a joined handling's answers go over under their new numbers.
async fn move_sealed(
    writer: &mut Writer,
    (into, from): (&str, &str),
    kept: &Stepped,
) -> Result<(), StoreError> {
    let Some(moved) = &kept.moved else { return Ok(()) };
    for (there, here) in &moved.answers {
        for text in [
            "update handling_answers set handling_id = $1, n = $2 where handling_id = $3 and n = $4",
            "update handling_attachments set handling_id = $1, answer = $2 where handling_id = $3 and answer = $4",
        ] {
            sqlx::query(text)
                .bind(into)
                .bind(i64::from(*here))
                .bind(from)
                .bind(i64::from(*there))
                .execute(&mut **writer)
                .await?;
        }
    }
    Ok(())
}

/// Takes the numbers of new receipts of the treasury: one receipt counts in one handling of a unit.
async fn take_receipts(
    writer: &mut Writer,
    before: &Handling,
    after: &Handling,
) -> Result<Option<Refusal>, StoreError> {
    // Of the portal's receipts the bill says whose they are.
    let at_treasury = |payment: &&Payment| payment.bill.is_none() && !before.money.payments.contains(payment);
    for payment in after.money.payments.iter().filter(at_treasury) {
        let number: String = payment.receipt.chars().filter(|c| c.is_alphanumeric()).collect();
        let done = sqlx::query(
            "insert into handling_receipts (unit, receipt, handling_id) values ($1, $2, $3)
             on conflict (unit, receipt) do nothing",
        )
        .bind(&after.unit)
        .bind(number.to_uppercase())
        .bind(&after.id)
        .execute(&mut **writer)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(Some(Refusal::new(
                "receipt_used",
                "số biên lai này đã được ghi nhận",
                "this receipt is entered already",
            )));
        }
    }
    Ok(None)
}

/// The handling and the number of its lines, for changing it.
pub(super) async fn locked(
    writer: &mut Writer,
    handling_id: &str,
) -> Result<Option<(Handling, i64)>, StoreError> {
    let row = sqlx::query("select document, seq from handlings where handling_id = $1")
        .bind(handling_id)
        .fetch_optional(&mut **writer)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let text: String = row.try_get(0)?;
    Ok(Some((document(handling_id, &text)?, row.try_get(1)?)))
}

/// A number of a series as it is written.
fn number(kind: &str, n: i64, unit: &str, year: i16) -> String {
    let suffix = match kind {
        "notice" => "TB",
        "minutes" => "BB-VPHC",
        "decision" => "QĐ-XPHC",
        "transfer" => "CKQ",
        _ => "XL",
    };
    format!("{n:06}/{year}/{suffix}-{unit}")
}

async fn insert(writer: &mut Writer, h: &Handling, at: Timestamp) -> Result<(), StoreError> {
    let columns = columns(h);
    sqlx::query(
        "insert into handlings (handling_id, number, seq, site, state, document, plate, next_at_ms, due_at_ms, opened_at_ms,
            updated_at_ms, ended_at_ms, amount, paid)
         values ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $9, $10, 0, 0)",
    )
    .bind(&h.id)
    .bind(&h.number)
    .bind(&h.site)
    .bind(h.state.as_str())
    .bind(json_text(h)?)
    .bind(&h.vehicle.plate)
    .bind(columns.next)
    .bind(columns.due)
    .bind(at.as_millisecond())
    .bind(columns.ended)
    .execute(&mut **writer)
    .await?;
    for act in &h.acts {
        sqlx::query(
            "insert into handling_cases (case_id, handling_id, ref, number, kind, behaviour, site, camera, place_vi, at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&act.case_id)
        .bind(&h.id)
        .bind(random_ref())
        .bind(&act.case_number)
        .bind(&act.kind)
        .bind(&act.behaviour)
        .bind(&act.site)
        .bind(&act.camera)
        .bind(&act.place_vi)
        .bind(act.at.as_millisecond())
        .execute(&mut **writer)
        .await?;
    }
    Ok(())
}

async fn set_seq(writer: &mut Writer, handling_id: &str, seq: i64) -> Result<(), StoreError> {
    sqlx::query("update handlings set seq = $2 where handling_id = $1")
        .bind(handling_id)
        .bind(seq)
        .execute(&mut **writer)
        .await?;
    Ok(())
}

async fn update(
    writer: &mut Writer,
    h: &Handling,
    seq: i64,
    next_seq: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let columns = columns(h);
    let done = sqlx::query(
        "update handlings set seq = $3, state = $4, document = $5, next_at_ms = $6, due_at_ms = $7, updated_at_ms = $8,
            noticed_at_ms = coalesce(noticed_at_ms, $9), decided_at_ms = coalesce(decided_at_ms, $10), paid_at_ms = $11,
            overdue_at_ms = case when $12 = 1 then coalesce(overdue_at_ms, $8) else overdue_at_ms end,
            ended_at_ms = $13, amount = $14, paid = $15, joined_into = $16
         where handling_id = $1 and seq = $2",
    )
    .bind(&h.id)
    .bind(seq)
    .bind(next_seq)
    .bind(h.state.as_str())
    .bind(json_text(h)?)
    .bind(columns.next)
    .bind(columns.due)
    .bind(at.as_millisecond())
    .bind(columns.noticed)
    .bind(columns.decided)
    .bind(columns.paid_at)
    .bind(i64::from(columns.overdue))
    .bind(columns.ended)
    .bind(columns.amount)
    .bind(columns.paid)
    .bind(&h.joined_into)
    .execute(&mut **writer)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    // Two writers at once, which only PostgreSQL allows: the second one is told to try again.
    Err(StoreError::Query(sqlx::Error::PoolTimedOut))
}

async fn log(
    writer: &mut Writer,
    h: &Handling,
    seq: i64,
    entries: &[Entry],
    actor: &Actor,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut prior: Option<String> =
        sqlx::query_scalar("select hash from handling_log where handling_id = $1 and seq = $2")
            .bind(&h.id)
            .bind(seq)
            .fetch_optional(&mut **writer)
            .await?;
    for (index, entry) in entries.iter().enumerate() {
        let mut line = LogRow {
            seq: seq + 1 + index as i64,
            at_ms: at.as_millisecond(),
            actor: actor.name.clone(),
            role: json_text(&actor.who)?.trim_matches('"').to_owned(),
            unit: actor.unit.clone(),
            what: entry.what.clone(),
            from_state: entry.from.as_str().to_owned(),
            to_state: entry.to.as_str().to_owned(),
            basis: entry.basis.clone(),
            reason: entry.reason.clone(),
            detail: json_text(&entry.detail)?,
            law_version: h.law_version,
            prior: prior.clone(),
            hash: String::new(),
        };
        line.hash = link(prior.as_deref(), &body(&line));
        sqlx::query(
            "insert into handling_log (handling_id, seq, at_ms, actor, role, unit, what, from_state, to_state, basis, reason,
                detail, law_version, prior, hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(&h.id)
        .bind(line.seq)
        .bind(line.at_ms)
        .bind(&line.actor)
        .bind(&line.role)
        .bind(&line.unit)
        .bind(&line.what)
        .bind(&line.from_state)
        .bind(&line.to_state)
        .bind(&line.basis)
        .bind(&line.reason)
        .bind(&line.detail)
        .bind(line.law_version)
        .bind(&line.prior)
        .bind(&line.hash)
        .execute(&mut **writer)
        .await?;
        prior = Some(line.hash);
    }
    Ok(())
}

/// The text of a line that its hash covers.
pub(super) fn body(line: &LogRow) -> String {
    let fields = [
        line.seq.to_string(),
        line.at_ms.to_string(),
        line.actor.clone(),
        line.role.clone(),
        line.unit.clone(),
        line.what.clone(),
        line.from_state.clone(),
        line.to_state.clone(),
        line.basis.clone(),
        line.reason.clone().unwrap_or_default(),
        line.detail.clone(),
        line.law_version.to_string(),
    ];
    // JSON, so that no field can spill into the next one.
    serde_json::to_string(&fields).unwrap_or_default()
}

/// What lies sealed beside a step.
async fn seal(
    writer: &mut Writer,
    key: &DataKey,
    stepped: &Stepped,
    sealed: &Sealed,
    at: Timestamp,
) -> Result<(), StoreError> {
    let id = &stepped.handling.id;
    if let (Some(n), Some(person)) = (party_of(stepped), &sealed.person) {
        sqlx::query(
            "insert into handling_parties (handling_id, n, person_sealed, id_digest) values ($1, $2, $3, $4)
             on conflict (handling_id, n) do nothing",
        )
        .bind(id)
        .bind(i64::from(n))
        .bind(key.seal(PERSON, &json_text(person)?))
        .bind(key.index(NUMBER, &person.id_number))
        .execute(&mut **writer)
        .await?;
    }
    if let (Some(n), Some(text)) = (stepped.answer, &sealed.text) {
        sqlx::query("insert into handling_answers (handling_id, n, text_sealed) values ($1, $2, $3)")
            .bind(id)
            .bind(i64::from(n))
            .bind(key.seal(TEXT, text))
            .execute(&mut **writer)
            .await?;
    }
    for file in sealed.attachments.iter().filter(|_| stepped.answer.is_some()) {
        sqlx::query(
            "insert into handling_attachments (attachment_id, handling_id, answer, name, media_type, bytes, content_sealed, at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(id)
        .bind(stepped.answer.map(i64::from))
        .bind(&file.name)
        .bind(file.media_type)
        .bind(file.content.len() as i64)
        .bind(key.seal(CONTENT, &BASE64.encode(&file.content)))
        .bind(at.as_millisecond())
        .execute(&mut **writer)
        .await?;
    }
    if let (Some(code), Some(party)) = (&sealed.code, stepped.handling.liable) {
        sqlx::query(
            "insert into handling_codes (code_digest, handling_id, party, code_sealed, made_at_ms) values ($1, $2, $3, $4, $5)",
        )
        .bind(key.index(CODE, code))
        .bind(id)
        .bind(i64::from(party))
        .bind(key.seal(CODE, code))
        .bind(at.as_millisecond())
        .execute(&mut **writer)
        .await?;
    }
    if let Some((party, licence)) = &sealed.licence {
        add_licence(writer, key, id, *party, licence).await?;
    }
    if let Some((name, order)) = &sealed.key {
        sqlx::query(
            "insert into handling_keys (name, handling_id, order_n) values ($1, $2, $3) on conflict (name) do nothing",
        )
        .bind(name)
        .bind(id)
        .bind(i64::from(*order))
        .execute(&mut **writer)
        .await?;
    }
    Ok(())
}

/// Writes a party's licence beside who it is, where none was known.
async fn add_licence(
    writer: &mut Writer,
    key: &DataKey,
    id: &str,
    party: u32,
    (number, class): &(String, String),
) -> Result<(), StoreError> {
    let row = sqlx::query("select person_sealed from handling_parties where handling_id = $1 and n = $2")
        .bind(id)
        .bind(i64::from(party))
        .fetch_optional(&mut **writer)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let mut person = open_person(key, &row.try_get::<String, _>(0)?)?;
    person.licence_no = Some(number.clone());
    person.licence_class = Some(class.clone());
    sqlx::query("update handling_parties set person_sealed = $3 where handling_id = $1 and n = $2")
        .bind(id)
        .bind(i64::from(party))
        .bind(key.seal(PERSON, &json_text(&person)?))
        .execute(&mut **writer)
        .await?;
    Ok(())
}
