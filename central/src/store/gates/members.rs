//! Members: vehicles and people on a site's allow and block lists. What is sensitive goes in and comes out open; it lies sealed.

use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::super::rows::row;
use super::{Store, StoreError, Writer, bump};
use crate::sealing::DataKey;

/// A vehicle or person on a list. `Debug` shows ids only.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Id; also that of its entry in lists and events.
    pub member_id: String,
    /// Site.
    pub site: String,
    /// Its group.
    pub group_id: Option<String>,
    /// `person` or `vehicle`.
    pub kind: String,
    /// `allow` or `block`.
    pub list: String,
    /// What the guard sees; never a number.
    pub label: String,
    /// Full name. Sealed.
    pub name: Option<String>,
    /// 12 digits, or a passport as `CCC:NUMBER` in upper case. Sealed.
    pub number: Option<String>,
    /// Canonical plate.
    pub plate: Option<String>,
    /// `car` or `motorcycle`; both if none.
    pub vehicle_group: Option<String>,
    /// What the QR code of its pass says. Sealed; its SHA-256 is kept to find it by.
    pub pass_secret: Option<String>,
    /// PIN. Sealed.
    pub pin: Option<String>,
    /// VNeID's reference. Sealed.
    pub vneid_ref: Option<String>,
    /// Gates it holds at; all if empty.
    pub gates: Vec<String>,
    /// Hours of its own.
    pub schedule: Option<String>,
    /// Valid from, ms.
    pub valid_from_ms: Option<i64>,
    /// Valid until (exclusive), ms.
    pub valid_until_ms: Option<i64>,
    /// Ways in it is good for.
    pub uses: Option<i64>,
    /// Somebody of the staff must come along.
    pub escort: bool,
    /// Member ids that may drive it.
    pub drivers: Vec<String>,
    /// Longest stay, minutes.
    pub stay_minutes: Option<i64>,
    /// When it is expected, ms.
    pub expected_at_ms: Option<i64>,
    /// People who come on it.
    pub people: i64,
    /// `active`, `suspended` or `ended`.
    pub status: String,
    /// `manual`, `import`, `pass` or `visit`.
    pub source: String,
    /// When it was made, ms.
    pub created_at_ms: i64,
    /// By whom.
    pub created_by: String,
    /// When it was last changed, ms.
    pub changed_at_ms: i64,
    /// By whom.
    pub changed_by: String,
    /// When it ended, ms.
    pub ended_at_ms: Option<i64>,
}

impl Member {
    /// A new active member with what it cannot be without; the rest is empty. It has a random id.
    pub fn new(site: &str, kind: &str, list: &str, label: &str, by: &str, now_ms: i64) -> Self {
        Self {
            member_id: uuid::Uuid::now_v7().to_string(),
            site: site.to_owned(),
            group_id: None,
            kind: kind.to_owned(),
            list: list.to_owned(),
            label: label.to_owned(),
            name: None,
            number: None,
            plate: None,
            vehicle_group: None,
            pass_secret: None,
            pin: None,
            vneid_ref: None,
            gates: Vec::new(),
            schedule: None,
            valid_from_ms: None,
            valid_until_ms: None,
            uses: None,
            escort: false,
            drivers: Vec::new(),
            stay_minutes: None,
            expected_at_ms: None,
            people: 1,
            status: "active".to_owned(),
            source: "manual".to_owned(),
            created_at_ms: now_ms,
            created_by: by.to_owned(),
            changed_at_ms: now_ms,
            changed_by: by.to_owned(),
            ended_at_ms: None,
        }
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member")
            .field("member_id", &self.member_id)
            .field("site", &self.site)
            .field("kind", &self.kind)
            .field("list", &self.list)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Which members. Empty texts and `None` mean all.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// Group.
    pub group: Option<String>,
    /// `person` or `vehicle`.
    pub kind: Option<String>,
    /// `active`, `suspended` or `ended`.
    pub status: Option<String>,
    /// `manual`, `import`, `pass` or `visit`.
    pub source: Option<String>,
    /// Part of the label or of the canonical plate, any case.
    pub text: String,
    /// After this row of the order (label, id); empty for the first page.
    pub after: (String, String),
}

row! {
    /// A row, sensitive columns sealed; see [`Member`].
    #[allow(missing_docs)]
    SealedMember {
        member_id: String,
        site: String,
        group_id: Option<String>,
        kind: String,
        list: String,
        label: String,
        name: Option<String>,
        number: Option<String>,
        plate: Option<String>,
        vehicle_group: Option<String>,
        pass_secret: Option<String>,
        pin: Option<String>,
        vneid_ref: Option<String>,
        gates: String,
        schedule: Option<String>,
        valid_from_ms: Option<i64>,
        valid_until_ms: Option<i64>,
        uses: Option<i64>,
        escort: i64,
        drivers: String,
        stay_minutes: Option<i64>,
        expected_at_ms: Option<i64>,
        people: i64,
        status: String,
        source: String,
        created_at_ms: i64,
        created_by: String,
        changed_at_ms: i64,
        changed_by: String,
        ended_at_ms: Option<i64>,
    }
}

fn opened(row: &AnyRow, key: &DataKey) -> Result<Member, StoreError> {
    let row = SealedMember::read(row)?;
    let open = |what: &str, value: Option<String>| value.map(|value| key.open(what, &value)).transpose();
    let list = |text: &str, column: &str| -> Result<Vec<String>, StoreError> {
        serde_json::from_str(text).map_err(|_| StoreError::Damaged {
            table: "members",
            id: row.member_id.clone(),
            problem: format!("{column} is no list"),
        })
    };
    Ok(Member {
        name: open("members.name", row.name)?,
        number: open("members.number", row.number)?,
        pass_secret: open("members.pass_secret", row.pass_secret)?,
        pin: open("members.pin", row.pin)?,
        vneid_ref: open("members.vneid_ref", row.vneid_ref)?,
        gates: list(&row.gates, "gates")?,
        drivers: list(&row.drivers, "drivers")?,
        member_id: row.member_id,
        site: row.site,
        group_id: row.group_id,
        kind: row.kind,
        list: row.list,
        label: row.label,
        plate: row.plate,
        vehicle_group: row.vehicle_group,
        schedule: row.schedule,
        valid_from_ms: row.valid_from_ms,
        valid_until_ms: row.valid_until_ms,
        uses: row.uses,
        escort: row.escort != 0,
        stay_minutes: row.stay_minutes,
        expected_at_ms: row.expected_at_ms,
        people: row.people,
        status: row.status,
        source: row.source,
        created_at_ms: row.created_at_ms,
        created_by: row.created_by,
        changed_at_ms: row.changed_at_ms,
        changed_by: row.changed_by,
        ended_at_ms: row.ended_at_ms,
    })
}

/// Adds or changes one member inside a transaction; the caller bumps the list.
pub(in crate::store) async fn put(
    writer: &mut Writer,
    key: &DataKey,
    member: &Member,
) -> Result<(), StoreError> {
    let seal = |what: &str, value: &Option<String>| value.as_deref().map(|value| key.seal(what, value));
    let digest = member.pass_secret.as_ref().map(|secret| wire::Digest::of(secret.as_bytes()).to_string());
    let index = member.number.as_deref().map(|number| key.index("members.number", number));
    sqlx::query(
        "insert into members (member_id, site, group_id, kind, list, label, name, number, number_index, plate, vehicle_group,
            pass_digest, pass_secret, pin, vneid_ref, gates, schedule, valid_from_ms, valid_until_ms, uses, escort, drivers,
            stay_minutes, expected_at_ms, people, status, source, created_at_ms, created_by, changed_at_ms, changed_by,
            ended_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
            $25, $26, $27, $28, $29, $30, $31, $32)
         on conflict (member_id) do update set group_id = excluded.group_id, kind = excluded.kind, list = excluded.list,
            label = excluded.label, name = excluded.name, number = excluded.number, number_index = excluded.number_index,
            plate = excluded.plate, vehicle_group = excluded.vehicle_group, pass_digest = excluded.pass_digest,
            pass_secret = excluded.pass_secret, pin = excluded.pin, vneid_ref = excluded.vneid_ref, gates = excluded.gates,
            schedule = excluded.schedule, valid_from_ms = excluded.valid_from_ms, valid_until_ms = excluded.valid_until_ms,
            uses = excluded.uses, escort = excluded.escort, drivers = excluded.drivers, stay_minutes = excluded.stay_minutes,
            expected_at_ms = excluded.expected_at_ms, people = excluded.people, status = excluded.status,
            source = excluded.source, changed_at_ms = excluded.changed_at_ms, changed_by = excluded.changed_by,
            ended_at_ms = excluded.ended_at_ms",
    )
    .bind(&member.member_id)
    .bind(&member.site)
    .bind(&member.group_id)
    .bind(&member.kind)
    .bind(&member.list)
    .bind(&member.label)
    .bind(seal("members.name", &member.name))
    .bind(seal("members.number", &member.number))
    .bind(index)
    .bind(&member.plate)
    .bind(&member.vehicle_group)
    .bind(digest)
    .bind(seal("members.pass_secret", &member.pass_secret))
    .bind(seal("members.pin", &member.pin))
    .bind(seal("members.vneid_ref", &member.vneid_ref))
    .bind(serde_json::json!(member.gates).to_string())
    .bind(&member.schedule)
    .bind(member.valid_from_ms)
    .bind(member.valid_until_ms)
    .bind(member.uses)
    .bind(i64::from(member.escort))
    .bind(serde_json::json!(member.drivers).to_string())
    .bind(member.stay_minutes)
    .bind(member.expected_at_ms)
    .bind(member.people)
    .bind(&member.status)
    .bind(&member.source)
    .bind(member.created_at_ms)
    .bind(&member.created_by)
    .bind(member.changed_at_ms)
    .bind(&member.changed_by)
    .bind(member.ended_at_ms)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// Ends a member within a transaction; its site, if it was not ended before.
pub(in crate::store) async fn end(
    writer: &mut Writer,
    member_id: &str,
    by: &str,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar::<_, String>(
        "update members set status = 'ended', ended_at_ms = $2, changed_at_ms = $2, changed_by = $3, name = null,
            number = null, number_index = null, pass_secret = null, pass_digest = null, pin = null, vneid_ref = null
         where member_id = $1 and status <> 'ended' returning site",
    )
    .bind(member_id)
    .bind(now_ms)
    .bind(by)
    .fetch_optional(&mut **writer)
    .await?)
}

impl Store {
    /// Adds members, or changes those with the same ids (who made them and when stay): all of them or none. Every site among
    /// them gets one new list version.
    ///
    /// # Errors
    /// When the database fails, or a site is not known.
    pub async fn put_members(
        &self,
        key: &DataKey,
        members: &[Member],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        let mut sites = std::collections::BTreeSet::new();
        for member in members {
            put(&mut writer, key, member).await?;
            sites.insert(member.site.as_str());
        }
        for site in sites {
            bump(&mut writer, site, now_ms).await?;
        }
        Ok(writer.commit().await?)
    }

    /// [`Self::put_members`] of one new member.
    ///
    /// # Errors
    /// When the database fails, or the site is not known.
    pub async fn insert_member(&self, key: &DataKey, member: &Member) -> Result<(), StoreError> {
        self.put_members(key, std::slice::from_ref(member), member.changed_at_ms).await
    }

    /// [`Self::put_members`] of one changed member.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_member(&self, key: &DataKey, member: &Member) -> Result<(), StoreError> {
        self.put_members(key, std::slice::from_ref(member), member.changed_at_ms).await
    }

    /// Ends a member: it is in no list any more, and what was sensitive of it is erased. False when there is no such active one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_member(&self, member_id: &str, by: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let site = end(&mut writer, member_id, by, now_ms).await?;
        let Some(site) = site else { return Ok(false) };
        bump(&mut writer, &site, now_ms).await?;
        writer.commit().await?;
        Ok(true)
    }

    /// One member.
    ///
    /// # Errors
    /// When the database fails, or the data key is another.
    pub async fn member(&self, key: &DataKey, member_id: &str) -> Result<Option<Member>, StoreError> {
        let row = sqlx::query("select * from members where member_id = $1")
            .bind(member_id)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(|row| opened(row, key)).transpose()
    }

    /// Members of a site, by label and id.
    ///
    /// # Errors
    /// When the database fails, or the data key is another.
    pub async fn members(
        &self,
        key: &DataKey,
        site: &str,
        filter: &MemberFilter,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let rows = sqlx::query(
            "select * from members where site = $1 and ($2 = '' or group_id = $2) and ($3 = '' or kind = $3)
                and ($4 = '' or status = $4) and ($5 = '' or source = $5)
                and ($6 = '' or lower(label) like '%' || lower($6) || '%' or plate like '%' || upper($6) || '%')
                and (label, member_id) > ($7, $8) order by label, member_id limit $9",
        )
        .bind(site)
        .bind(filter.group.as_deref().unwrap_or_default())
        .bind(filter.kind.as_deref().unwrap_or_default())
        .bind(filter.status.as_deref().unwrap_or_default())
        .bind(filter.source.as_deref().unwrap_or_default())
        .bind(&filter.text)
        .bind(&filter.after.0)
        .bind(&filter.after.1)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| opened(row, key)).collect()
    }

    /// Everything that belongs into a site's list: active members of groups that are active.
    ///
    /// # Errors
    /// When the database fails, or the data key is another.
    pub async fn gate_entries(&self, key: &DataKey, site: &str) -> Result<Vec<Member>, StoreError> {
        let rows = sqlx::query(
            "select m.* from members m left join groups g on g.site = m.site and g.group_id = m.group_id
             where m.site = $1 and m.status = 'active' and (m.group_id is null or g.status = 'active')
             order by m.member_id",
        )
        .bind(site)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| opened(row, key)).collect()
    }

    /// The active member of a site that a number, a plate or a pass's secret belongs to: `by` is `number_index`
    /// ([`DataKey::index`] of `members.number`), `plate` or `pass_digest`.
    ///
    /// # Errors
    /// When the database fails, or the data key is another.
    pub async fn member_by(
        &self,
        key: &DataKey,
        site: &str,
        by: MemberKey,
        value: &str,
    ) -> Result<Vec<Member>, StoreError> {
        // The column is one of ours; the value is bound.
        let text = format!(
            "select * from members where site = $1 and {} = $2 and status <> 'ended' order by member_id",
            by.column()
        );
        let rows = sqlx::query(AssertSqlSafe(text)).bind(site).bind(value).fetch_all(self.read()).await?;
        rows.iter().map(|row| opened(row, key)).collect()
    }
}

/// What a member is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberKey {
    /// [`DataKey::index`] of `members.number`.
    Number,
    /// Canonical plate.
    Plate,
    /// SHA-256 of a pass's secret, hex.
    Pass,
}

impl MemberKey {
    fn column(self) -> &'static str {
        match self {
            Self::Number => "number_index",
            Self::Plate => "plate",
            Self::Pass => "pass_digest",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::GroupRow;
    use super::*;
    use crate::store::testing;

    fn key() -> DataKey {
        DataKey::from_bytes(&[5; 32])
    }

    fn group(id: &str, status: &str) -> GroupRow {
        GroupRow {
            site: "kcn".into(),
            group_id: id.into(),
            kind: "enterprise".into(),
            name: format!("Công ty {id}"),
            vehicle_quota: None,
            person_quota: Some(50),
            contact: None,
            status: status.into(),
            created_at_ms: 1,
            created_by: "test".into(),
            changed_at_ms: 1,
            changed_by: "test".into(),
            ended_at_ms: None,
        }
    }

    fn worker(group: &str, number: &str) -> Member {
        Member {
            group_id: Some(group.to_owned()),
            name: Some("Nguyễn Văn Mẫu".to_owned()),
            number: Some(number.to_owned()),
            pass_secret: Some(format!("pass-{number}")),
            ..Member::new("kcn", "person", "allow", "Nguyễn V. M.", "test", 2)
        }
    }

    #[tokio::test]
    async fn personal_data_lies_sealed_and_comes_back_open() {
        let (_folder, store) = testing::fresh().await;
        store.put_site("kcn").await;
        store.put_group(&group("a", "active")).await.unwrap();
        let member = worker("a", "037090001234");
        store.insert_member(&key(), &member).await.unwrap();
        assert_eq!(store.member(&key(), &member.member_id).await.unwrap().unwrap(), member);
        let raw: Vec<Option<String>> = sqlx::query_as::<
            _,
            (Option<String>, Option<String>, Option<String>, String),
        >("select name, number, pass_secret, label from members")
        .fetch_all(store.read())
        .await
        .map(|rows| rows.into_iter().flat_map(|(a, b, c, d)| [a, b, c, Some(d)]).collect())
        .unwrap();
        for value in raw.iter().flatten() {
            assert!(!value.contains("0370") && !value.contains("Văn"), "{value}");
        }
        let index = key().index("members.number", "037090001234");
        assert_eq!(store.member_by(&key(), "kcn", MemberKey::Number, &index).await.unwrap().len(), 1);
        assert!(matches!(
            store.member(&DataKey::from_bytes(&[6; 32]), &member.member_id).await,
            Err(StoreError::Sealed(_))
        ));
        assert!(!format!("{member:?}").contains("0370"));
    }

    #[tokio::test]
    async fn every_change_makes_the_list_newer_and_an_ended_member_is_erased() {
        let (_folder, store) = testing::fresh().await;
        store.put_site("kcn").await;
        store.put_group(&group("a", "active")).await.unwrap();
        let member = worker("a", "037090001234");
        store.put_members(&key(), &[member.clone(), worker("a", "037090001235")], 3).await.unwrap();
        assert_eq!(store.list_versions().await.unwrap(), [("kcn".to_owned(), 2)], "one import, one version");
        assert!(store.end_member(&member.member_id, "test", 4).await.unwrap());
        assert!(!store.end_member(&member.member_id, "test", 5).await.unwrap());
        assert_eq!(store.list_versions().await.unwrap()[0].1, 3);
        let ended = store.member(&key(), &member.member_id).await.unwrap().unwrap();
        assert_eq!((ended.status.as_str(), ended.name, ended.number), ("ended", None, None));
        assert_eq!(store.gate_entries(&key(), "kcn").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn members_of_a_suspended_group_are_in_no_list() {
        let (_folder, store) = testing::fresh().await;
        store.put_site("kcn").await;
        store.put_group(&group("a", "active")).await.unwrap();
        store.put_group(&group("b", "suspended")).await.unwrap();
        store.put_members(&key(), &[worker("a", "1"), worker("b", "2")], 3).await.unwrap();
        let entries = store.gate_entries(&key(), "kcn").await.unwrap();
        assert_eq!(entries.iter().map(|e| e.group_id.as_deref().unwrap()).collect::<Vec<_>>(), ["a"]);
        let filter = MemberFilter { group: Some("b".into()), ..MemberFilter::default() };
        assert_eq!(store.members(&key(), "kcn", &filter, 10).await.unwrap().len(), 1);
    }
}
