//! What a visitor may announce. Pure.

use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::members::check::{Wrong, name, plate, wrong};
use crate::members::{Setting, countries};
use crate::store::people::visits::Person;
use crate::tables::tidy;

/// What the public page sends.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVisit {
    /// Site.
    pub site: String,
    /// Full name of the one who announces; for a group its leader.
    pub name: String,
    /// How many come, that one included.
    pub people: u32,
    /// `YYYY-MM-DD`.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// `HH:MM`.
    #[schema(value_type = String)]
    pub time: Time,
    /// Plate, for who comes by vehicle.
    #[serde(default)]
    pub plate: Option<String>,
    /// Whom they visit: a group of the site.
    #[serde(default)]
    pub host_group: Option<String>,
    /// Passport of a foreign visitor.
    #[serde(default)]
    pub foreign: Option<Foreign>,
    /// Telephone or e-mail, to be asked back.
    pub contact: String,
    /// What the visit is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The privacy notice was read and agreed to.
    pub consent: bool,
    /// Which notice: `version` of the site's.
    #[serde(default)]
    pub notice_version: Option<String>,
}

/// A passport.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// Country: three letters or its name.
    pub country: String,
    /// Passport number.
    pub passport: String,
}

/// Bounds of what is taken.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Days ahead.
    pub days_ahead: u32,
    /// People of one visit.
    pub most_people: u32,
}

/// An announcement that was checked.
#[derive(Debug, Clone)]
pub struct Announced {
    /// What lies sealed.
    pub person: Person,
    /// Canonical plate.
    pub plate: Option<String>,
    /// Whom they visit.
    pub host_group: Option<String>,
    /// When they are expected, ms.
    pub expected_at_ms: i64,
}

/// Checks an announcement.
///
/// # Errors
/// The field and what is wrong with it, all of them.
pub fn check(
    visit: &NewVisit,
    setting: &Setting,
    rules: Rules,
    now_ms: i64,
) -> Result<Announced, Vec<(&'static str, Wrong)>> {
    let mut problems = Vec::new();
    let mut add = |field: &'static str, problem: Wrong| problems.push((field, problem));
    let mut keep = |field, value: Result<String, Wrong>| value.map_err(|problem| add(field, problem)).ok();
    let full_name = keep("name", name(&visit.name));
    let plate = match visit.plate.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => keep("plate", plate(text)),
        None => None,
    };
    let contact = keep("contact", contact(&visit.contact));
    let passport = visit.foreign.as_ref().and_then(|foreign| keep("foreign", passport(foreign)));
    let mut must = |fits: bool, field, problem: Wrong| {
        if !fits {
            add(field, problem)
        }
    };
    must(
        visit.consent,
        "consent",
        wrong(
            "no_consent",
            "cần đồng ý với thông báo xử lý dữ liệu cá nhân",
            "agree to the privacy notice first",
        ),
    );
    let people = rules.most_people;
    must(
        (1..=people).contains(&visit.people),
        "people",
        wrong(
            "bad_people",
            format!("số người từ 1 đến {people}; đoàn đông hơn liên hệ khu vực"),
            format!("1 to {people} people; larger groups call the site"),
        ),
    );
    let last = setting
        .today
        .checked_add(jiff::Span::new().days(i64::from(rules.days_ahead)))
        .unwrap_or(setting.today);
    must(
        (setting.today..=last).contains(&visit.date),
        "date",
        wrong("bad_date", format!("ngày đến từ hôm nay đến {last}"), format!("a day from today to {last}")),
    );
    let expected_at_ms = setting.day_ms(visit.date).map(|midnight| {
        midnight + i64::from(visit.time.hour()) * 3_600_000 + i64::from(visit.time.minute()) * 60_000
    });
    must(
        expected_at_ms.is_some_and(|at| at > now_ms),
        "time",
        wrong("bad_time", "giờ đến đã qua", "the time is in the past"),
    );
    let host_group = visit.host_group.as_deref().filter(|group| !group.is_empty()).map(str::to_owned);
    must(
        host_group.as_ref().is_none_or(|group| setting.groups.iter().any(|(id, _)| id == group)),
        "host_group",
        wrong("group_unknown", "không có đơn vị này ở khu vực", "the site has no such group"),
    );
    let purpose = visit.purpose.as_deref().map(tidy).filter(|text| !text.is_empty());
    must(
        purpose.as_ref().is_none_or(|text| text.chars().count() <= 200),
        "purpose",
        wrong("too_long", "mục đích tối đa 200 ký tự", "the purpose has at most 200 characters"),
    );
    match (full_name, contact, expected_at_ms) {
        (Some(name), Some(contact), Some(expected_at_ms)) if problems.is_empty() => Ok(Announced {
            person: Person { name, contact, passport, purpose },
            plate,
            host_group,
            expected_at_ms,
        }),
        _ => Err(problems),
    }
}

fn contact(typed: &str) -> Result<String, Wrong> {
    let text = tidy(typed);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let telephone = (9..=15).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '.' | '-' | '(' | ')'));
    let mail = text
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'))
        && !text.contains(char::is_whitespace);
    if text.chars().count() <= 100 && (telephone || mail) {
        return Ok(text);
    }
    Err(wrong(
        "bad_contact",
        "cần số điện thoại hoặc thư điện tử",
        "a telephone number or e-mail address is needed",
    ))
}

fn passport(foreign: &Foreign) -> Result<String, Wrong> {
    let code = countries::code(&foreign.country).ok_or_else(|| {
        wrong(
            "country_unknown",
            "quốc tịch: tên nước hoặc mã 3 chữ",
            "nationality: its name or three letters",
        )
    })?;
    countries::passport(&code, &foreign.passport).ok_or_else(|| {
        wrong(
            "bad_passport",
            "số hộ chiếu gồm 5 đến 15 chữ và số",
            "a passport number has 5 to 15 letters and digits",
        )
    })
}
