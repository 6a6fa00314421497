//! What a role sees of a registered owner. Pure: the whole rule stands here and nowhere else.
//!
//! | role | name | address | id number | why |
//! |---|---|---|---|---|
//! | gate operator | shortened: `Nguyễn V. M.` | – | – | a guard compares a name with a face or a paper, no more |
//! | traffic police | whole | whole | last 3 digits | a case needs the person, the number is looked up in the case itself |
//! | operations centre | whole | – | – | to tell who is meant over the radio |
//! | site manager | shortened | – | – | compares as the guard does |
//! | enterprise | – | – | – | owners of passing vehicles are not its people |
//! | admin | – | – | – | keeps the system running and has no purpose for personal data |
//!
//! The name of an organisation is no personal data: everyone but the admin sees it whole.

use serde::{Deserialize, Serialize};

use crate::auth::Role;

/// An owner as the vehicle register answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// `PERSON` or `ORG`, either case.
    pub kind: String,
    /// Full name.
    pub name: String,
    /// Address as registered.
    #[serde(default)]
    pub address: Option<String>,
    /// 12-digit citizen number, or the organisation's code.
    #[serde(default)]
    pub id_number: Option<String>,
}

/// An owner as one role may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OwnerView {
    /// `person` or `org`.
    pub kind: String,
    /// Name, as far as the role may see it.
    pub name: Option<String>,
    /// Address, as far as the role may see it.
    pub address: Option<String>,
    /// Citizen number or organisation code, as far as the role may see it.
    pub id_number: Option<String>,
    /// Fields that are shown in part or not at all.
    pub masked: Vec<&'static str>,
    /// Why, in the account's language; null when nothing is masked.
    pub mask_reason: Option<&'static str>,
    /// Why, in Vietnamese.
    pub mask_reason_vi: Option<&'static str>,
    /// Why, in English.
    pub mask_reason_en: Option<&'static str>,
}

/// The owner as `role` may see it. `pick_vi` chooses the language of `mask_reason`.
pub fn view(owner: &Owner, role: Role, pick_vi: bool) -> OwnerView {
    let org = is_org(&owner.kind);
    let (name, address, id_number) = match role {
        Role::GateOperator | Role::SiteManager => (Some(mask_name(&owner.kind, &owner.name)), None, None),
        Role::TrafficPolice | Role::PoliceSigner => {
            let id = owner.id_number.as_deref().map(|id| if org { id.to_owned() } else { mask_id(id) });
            (Some(owner.name.clone()), owner.address.clone(), id)
        }
        Role::IocOperator => (Some(owner.name.clone()), None, None),
        Role::Enterprise | Role::Admin => (None, None, None),
    };
    let mut masked = Vec::new();
    if name.as_deref() != Some(owner.name.as_str()) {
        masked.push("name");
    }
    if address != owner.address {
        masked.push("address");
    }
    if id_number != owner.id_number {
        masked.push("id_number");
    }
    let reason = (!masked.is_empty()).then(|| reason(role));
    OwnerView {
        kind: if org { "org" } else { "person" }.to_owned(),
        name,
        address,
        id_number,
        masked,
        mask_reason: reason.map(|(vi, en)| if pick_vi { vi } else { en }),
        mask_reason_vi: reason.map(|(vi, _)| vi),
        mask_reason_en: reason.map(|(_, en)| en),
    }
}

/// Whether `role` may see the shortened name in lists.
pub fn sees_short_name(role: Role) -> bool {
    !matches!(role, Role::Admin | Role::Enterprise)
}

/// Why a role does not see everything, Vietnamese and English.
fn reason(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::GateOperator | Role::SiteManager => (
            "Nhân viên cổng chỉ cần tên rút gọn để đối chiếu tại chỗ.",
            "At the gate a shortened name is enough to compare with the driver.",
        ),
        Role::TrafficPolice | Role::PoliceSigner => (
            "Số định danh chỉ hiện 3 số cuối; số đầy đủ nằm trong hồ sơ vụ việc.",
            "Only the last 3 digits of the number are shown; the whole number belongs in the case file.",
        ),
        Role::IocOperator => (
            "Trung tâm điều hành không có mục đích sử dụng địa chỉ và số định danh.",
            "The operations centre has no purpose for the address and the number.",
        ),
        Role::Enterprise => (
            "Doanh nghiệp chỉ xem được người và xe của mình.",
            "An enterprise sees its own people and vehicles only.",
        ),
        Role::Admin => {
            ("Quản trị viên không được xem dữ liệu cá nhân.", "Administrators see no personal data.")
        }
    }
}

/// A party's name in a list: an organisation's whole, a person's shortened.
pub fn short_name(org: bool, name: &str) -> String {
    mask_name(if org { "org" } else { "person" }, name)
}

fn is_org(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("org")
}

/// The name for lists: the family name whole, the others as initials (`Nguyễn V. M.`); an organisation's name whole.
pub fn mask_name(kind: &str, name: &str) -> String {
    if is_org(kind) {
        return name.to_owned();
    }
    let mut words = name.split_whitespace();
    let family = words.next().unwrap_or_default();
    words
        .filter_map(|word| word.chars().next())
        .fold(family.to_owned(), |masked, initial| format!("{masked} {}.", initial.to_uppercase()))
}

/// All but the last three characters as dots; a number too short to hide anything wholly.
pub fn mask_id(id: &str) -> String {
    let count = id.chars().count();
    let shown = if count > 6 { 3 } else { 0 };
    "•".repeat(count - shown) + &id.chars().skip(count - shown).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Owner {
        Owner {
            kind: "PERSON".into(),
            name: "Nguyễn Văn Minh".into(),
            address: Some("Số 12, đường Thí Dụ".into()),
            id_number: Some("001085900101".into()),
        }
    }

    #[test]
    fn a_guard_sees_a_shortened_name_and_nothing_else() {
        let seen = view(&person(), Role::GateOperator, true);
        assert_eq!(seen.name.as_deref(), Some("Nguyễn V. M."));
        assert_eq!((seen.address, seen.id_number), (None, None));
        assert_eq!(seen.masked, ["name", "address", "id_number"]);
        assert!(seen.mask_reason.unwrap().contains("cổng"));
    }

    #[test]
    fn police_see_the_person_and_three_digits() {
        let seen = view(&person(), Role::TrafficPolice, false);
        assert_eq!(seen.name.as_deref(), Some("Nguyễn Văn Minh"));
        assert!(seen.address.is_some());
        assert_eq!(seen.id_number.as_deref(), Some("•••••••••101"));
        assert_eq!(seen.masked, ["id_number"]);
        assert_eq!(seen.mask_reason, seen.mask_reason_en);
    }

    #[test]
    fn the_operations_centre_sees_the_name_alone() {
        let seen = view(&person(), Role::IocOperator, true);
        assert_eq!(seen.name.as_deref(), Some("Nguyễn Văn Minh"));
        assert_eq!(seen.masked, ["address", "id_number"]);
    }

    #[test]
    fn an_admin_sees_no_personal_data() {
        let seen = view(&person(), Role::Admin, true);
        assert_eq!((seen.name, seen.address, seen.id_number), (None, None, None));
        assert!(!sees_short_name(Role::Admin));
    }

    #[test]
    fn an_organisation_keeps_its_name() {
        let org =
            Owner { kind: "ORG".into(), name: "Công ty TNHH A".into(), address: None, id_number: None };
        let seen = view(&org, Role::GateOperator, true);
        assert_eq!(seen.name.as_deref(), Some("Công ty TNHH A"));
        assert_eq!((seen.masked.len(), seen.mask_reason), (0, None));
    }

    #[test]
    fn odd_names_and_numbers_do_not_break_the_mask() {
        assert_eq!(mask_name("PERSON", ""), "");
        assert_eq!(mask_name("PERSON", "  Mẫu "), "Mẫu");
        assert_eq!(mask_name("PERSON", "đỗ thị ánh"), "đỗ T. Á.");
        assert_eq!(mask_id("123"), "•••");
    }
}
