//! Fields of each paper, by the names of its template. Pure.

use jiff::civil::Date;

use super::sources::{Account, Sources, device_vi};
use crate::documents::Fields;
use crate::documents::fields::{moment, vnd, vnd_words};
use crate::handling::money;
use crate::handling::record::{Handling, Order, PartyKind, Violation};
use crate::law::{Act, day_of};

/// The fields of a paper. What is not known is not there.
pub fn fields(s: &Sources<'_>, paper: &str) -> Fields {
    let fields = common(s).rows("acts", s.h.live_acts().map(|one| act(s, one)).collect());
    match paper {
        "notice" => notice(s, fields),
        "minutes" => minutes(s, fields),
        "decision" => decision(s, fields),
        "points" => points(s, fields),
        "transfer" => transfer(s, fields),
        "commune" => commune(s, fields),
        "receipt" => receipt(s, fields),
        _ => fields,
    }
}

/// Number of a paper that takes none from a series at its signature: the handling's own, and the paper's letters. A second one of
/// its kind is told apart.
pub fn number(h: &Handling, order: &Order, paper: &str) -> String {
    let letters = match paper {
        "points" => "TĐ",
        "commune" => "TBX",
        "receipt" => "XN",
        _ => "VB",
    };
    let (year, n) =
        h.number.strip_prefix("XL-").and_then(|rest| rest.split_once('-')).unwrap_or(("", &h.number));
    let earlier = h
        .orders
        .iter()
        .filter(|one| one.n < order.n && one.what.word() == "document" && one.what.paper() == Some(paper));
    let again = match earlier.count() {
        0 => String::new(),
        count => format!(".{}", count + 1),
    };
    format!("{n}{again}/{year}/{letters}-{}", h.unit)
}

/// A plate as anybody may see it: place and series, and the last two characters.
pub fn mask_plate(display: &str) -> String {
    let (head, tail) = display.rsplit_once('-').unwrap_or(("", display));
    let shown = tail.chars().count().saturating_sub(2);
    let hide = |(at, c): (usize, char)| if at < shown && c.is_alphanumeric() { '*' } else { c };
    let tail: String = tail.chars().enumerate().map(hide).collect();
    if head.is_empty() { tail } else { format!("{head}-{tail}") }
}

/// A day as it stands within a sentence.
fn on(day: Date) -> String {
    format!("ngày {:02}/{:02}/{}", day.day(), day.month(), day.year())
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn common(s: &Sources<'_>) -> Fields {
    let set = s.settings;
    let unit_name = format!("{} {}", set.unit_vi, set.parent_unit_vi);
    let vehicle = &s.h.vehicle;
    let classes = &s.law.edition().vehicle_classes;
    let class = classes.iter().find(|row| row.class.eq_ignore_ascii_case(&vehicle.class));
    let office = given(&set.address).map(|address| format!("{}, {address}", set.unit_vi));
    let title = s.signer.as_ref().and_then(|account| account.title.as_deref());
    Fields::new()
        .maybe("parent_unit", given(&set.parent_unit_vi).map(str::to_uppercase))
        .text("unit", set.unit_vi.to_uppercase())
        .text("unit_name", unit_name)
        .text("unit_code", &set.unit)
        .text("place", &set.place_vi)
        .text("phone", &set.phone)
        .maybe("office", office.as_deref())
        .text("plate", &vehicle.plate_display)
        .text("plate_colour", colour_vi(vehicle.plate_colour.as_deref()))
        .maybe("vehicle_type", class.map(|row| &row.title_vi))
        .maybe("to_name", s.person.map(|person| &person.name))
        .maybe("to_number", s.person.map(|person| &person.id_number))
        .maybe("to_address", s.person.map(|person| &person.address))
        .maybe("owner_name", s.person.map(|person| &person.name))
        .maybe("owner_address", s.person.map(|person| &person.address))
        .maybe("signer_title", title.map(str::to_uppercase))
}

fn colour_vi(colour: Option<&str>) -> &'static str {
    match colour {
        Some("white") => "trắng",
        Some("yellow") => "vàng",
        Some("blue") => "xanh",
        Some("red") => "đỏ",
        _ => "chưa xác định",
    }
}

fn act(s: &Sources<'_>, act: &Violation) -> Fields {
    let day = day_of(act.at);
    let row = s.law.behaviour(&act.behaviour, day);
    let range = s.law.amount_of(&Act {
        behaviour: act.behaviour.clone(),
        on: day,
        circumstances: act.circumstances,
        organisation: organisation(s.h),
    });
    let range = range.ok().map(|range| format!("từ {} đến {}", vnd(range.low), vnd(range.high)));
    Fields::new()
        .maybe("act", row.map(|row| &row.title_vi))
        .maybe("act_clause", row.map(|row| &row.legal_basis))
        .maybe("act_basis", row.map(|row| &row.legal_basis))
        .text("act_at", moment(act.at))
        .text("act_place", &act.place_vi)
        .maybe("act_range", range)
        .maybe("act_amount", act.amount.map(vnd))
}

fn organisation(h: &Handling) -> bool {
    h.liable_party().is_some_and(|party| party.kind == PartyKind::Org)
}

fn notice(s: &Sources<'_>, fields: Fields) -> Fields {
    let day = day_of(s.at);
    // The day that the signature fixed; before it, the day that it would fix.
    let kept = s.h.notice.as_ref().and_then(|notice| notice.appointment.as_ref());
    let appear = kept.map(|due| due.day).or_else(|| Some(s.today.due("appearance", s.at).ok()?.day));
    // The first working day after it went out.
    let first = (1..=30).filter_map(|days| day.checked_add(jiff::Span::new().days(days)).ok());
    let first = first.into_iter().find(|day| s.today.is_working_day(*day));
    let warning = s.today.deadline("warning", day).ok();
    fields
        .text("detecting_unit", &s.settings.unit_vi)
        .text("view_url", format!("{}/vi-pham", s.public_url))
        .maybe("view_code", s.code)
        .maybe("appear_from", first.map(on))
        .maybe("appear_to", appear.map(on))
        .maybe("warning_days", warning.map(|row| row.amount.to_string()))
        .maybe("note", note(s.h.notice.as_ref()))
}

/// What the officer added, without the full stop that the template sets.
fn note(paper: Option<&crate::handling::record::Paper>) -> Option<&str> {
    paper.and_then(|paper| paper.note.as_deref()).map(|note| note.trim_end_matches('.'))
}

fn minutes(s: &Sources<'_>, fields: Fields) -> Fields {
    let joined = |each: fn(&crate::cases::device::DeviceRecord) -> String| {
        s.devices.iter().map(each).collect::<Vec<_>>().join("; ")
    };
    let due = |kind: &str| s.h.deadline(kind).map(|deadline| on(deadline.due.day));
    // Before the signature the deadlines do not run yet: they are what they will be.
    let explains = explains(s).then_some(());
    let ahead = |kind: &str| {
        due(kind).or_else(|| explains.and_then(|()| s.today.due(kind, s.at).ok()).map(|due| on(due.day)))
    };
    let request = if organisation(s.h) { "explanation_request_organisation" } else { "explanation_request" };
    let certificate = s.devices.iter().find_map(|device| device.calibration.as_ref());
    let officer = |account: &Account| account.title.clone().unwrap_or_else(|| "Cán bộ".to_owned());
    let licence = s.person.and_then(|person| person.licence_no.as_ref().zip(person.licence_class.as_ref()));
    let evidence = |file: &super::sources::File| {
        Fields::new().text("evidence_name", &file.name).text("evidence_sha256", &file.sha256)
    };
    fields
        .text("made_at", moment(s.at))
        .maybe("made_place", given(&s.settings.address))
        .maybe("officer_name", s.drafter.as_ref().map(|account| &account.name))
        .maybe("officer_title", s.drafter.as_ref().map(officer))
        .maybe("licence_number", licence.map(|(number, _)| number))
        .maybe("licence_class", licence.map(|(_, class)| class))
        .text("device", joined(device_vi))
        .text("device_serial", joined(|device| device.serial.clone()))
        .text("approval_number", joined(|device| device.approval_decision.no.clone()))
        .text("device_user", s.users.join(", "))
        .maybe("calibration_number", certificate.map(|one| &one.cert_no))
        .maybe("calibration_until", certificate.map(|one| on(one.to)))
        .rows("evidence", s.files.iter().map(evidence).collect())
        .maybe("statement", s.statement.as_deref())
        .maybe("note", note(s.h.minutes.as_ref()))
        .maybe("explanation_request_until", ahead(request))
        .maybe("explanation_until", ahead("explanation_text"))
}

/// Whether the violator may explain before the decision.
fn explains(s: &Sources<'_>) -> bool {
    let organisation = organisation(s.h);
    let acts: Vec<Act> =
        s.h.live_acts()
            .map(|act| Act {
                behaviour: act.behaviour.clone(),
                on: day_of(act.at),
                circumstances: act.circumstances,
                organisation,
            })
            .collect();
    let Ok(combined) = s.law.combine(&acts) else { return false };
    let revokes = combined.revoke_months.is_some();
    s.law.explanation_applies(combined.highest, revokes, organisation, day_of(s.at)).unwrap_or(false)
}

fn decision(s: &Sources<'_>, fields: Fields) -> Fields {
    let day = day_of(s.at);
    let minutes = s.h.minutes.as_ref();
    let (mut mitigating, mut aggravating) = (Vec::new(), Vec::new());
    for act in s.h.live_acts() {
        let (for_them, against) =
            act.why.split_at(usize::from(act.circumstances.mitigating).min(act.why.len()));
        mitigating.extend(for_them.iter().map(String::as_str));
        aggravating.extend(against.iter().map(String::as_str));
    }
    let words = |words: &[&str]| if words.is_empty() { "không".to_owned() } else { words.join("; ") };
    let fine = s.h.fine.as_ref();
    let explained = s.h.explained.and_then(|n| s.h.answers.iter().find(|answer| answer.n == n));
    let title = s.signer.as_ref().and_then(|account| account.title.as_deref());
    let days = s.today.deadline("payment", day).ok().map(|row| row.amount.to_string());
    let rate = s.law.rule("late_interest_ppm_per_day", day).ok().map(|rule| percent(rule.value));
    fields
        .maybe("signer_authority", title.map(str::to_uppercase))
        .maybe("amending_decree", amending(s))
        .maybe("minutes_number", minutes.and_then(|paper| paper.number.as_deref()))
        .maybe("minutes_date", minutes.and_then(|paper| paper.signed_at).map(|at| on(day_of(at))))
        .maybe("explanation", explained.map(|answer| on(day_of(answer.at))))
        .text("mitigating", words(&mitigating))
        .text("aggravating", words(&aggravating))
        .maybe("total", fine.map(|fine| vnd(fine.total)))
        .maybe("total_words", fine.map(|fine| vnd_words(fine.total)))
        .maybe("revocation", fine.and_then(|fine| fine.revocation_months).map(|n| format!("{n:02} tháng")))
        .maybe("points", fine.map(|fine| fine.points).filter(|points| *points > 0).map(|n| n.to_string()))
        .text("effective_date", on(day))
        .maybe("payment_days", days)
        .text("treasury_account", &s.settings.treasury_account)
        .text("treasury", &s.settings.treasury_vi)
        .maybe("late_rate", rate)
}

/// Parts per million as a percentage: 500 is `0,05%`.
fn percent(ppm: i64) -> String {
    let text = format!("{},{:04}", ppm / 10_000, ppm % 10_000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches(','))
}

/// Decrees that amend the first one, as the acts and the signer's cap name them.
fn amending(s: &Sources<'_>) -> Option<String> {
    let day = day_of(s.at);
    let acts = s.h.live_acts().filter_map(|act| s.law.behaviour(&act.behaviour, day_of(act.at)));
    let caps = s.today.edition().caps.iter().filter(|cap| crate::law::Row::holds_on(*cap, day));
    let texts = acts.map(|row| row.legal_basis.as_str()).chain(caps.map(|cap| cap.legal_basis.as_str()));
    let mut found: Vec<&str> = Vec::new();
    for text in texts {
        for part in text.split("NĐ ").skip(1) {
            let number = part.split([' ', ',', ';', ')', ':']).next().unwrap_or_default();
            if number.ends_with("/NĐ-CP") && number != "168/2024/NĐ-CP" && !found.contains(&number) {
                found.push(number);
            }
        }
    }
    (!found.is_empty()).then(|| format!("Nghị định số {}", found.join(", Nghị định số ")))
}

fn points(s: &Sources<'_>, fields: Fields) -> Fields {
    let decision = s.h.decision.as_ref();
    let day = day_of(s.at);
    let rows = s.h.live_acts().filter_map(|act| s.law.behaviour(&act.behaviour, day_of(act.at)));
    let gravest = rows.max_by_key(|row| row.points);
    let rule = |key: &str| s.law.rule(key, day).ok().map(|rule| rule.value.to_string());
    let left = s.h.points.left;
    fields
        .maybe("decision_number", decision.and_then(|paper| paper.number.as_deref()))
        .maybe("decision_date", decision.and_then(|paper| paper.signed_at).map(|at| on(day_of(at))))
        .text("decision_unit", &s.settings.unit_vi)
        .maybe("licence_number", s.person.and_then(|person| person.licence_no.as_deref()))
        .maybe("licence_class", s.person.and_then(|person| person.licence_class.as_deref()))
        .text("points", s.h.points.taken.to_string())
        .maybe("act", gravest.map(|row| &row.title_vi))
        .maybe("act_clause", gravest.map(|row| &row.legal_basis))
        .maybe("points_before", left.map(|left| (left + s.h.points.taken).to_string()))
        .maybe("points_after", left.map(|left| left.to_string()))
        .text("points_at", on(day))
        .maybe("points_exhausted", left.filter(|left| *left == 0).map(|_| "0"))
        .maybe("retest_months", rule("retest_after_months"))
        .maybe("restore_months", rule("points_restored_months"))
}

fn transfer(s: &Sources<'_>, fields: Fields) -> Fields {
    let transfer = s.h.transfer.as_ref();
    let attachment = |file: &super::sources::File| {
        Fields::new().text("attachment", &file.name).text("attachment_sha256", &file.sha256)
    };
    fields
        .maybe("to_unit", transfer.and_then(|one| one.to_unit.as_deref()))
        .maybe("reason", transfer.map(|one| one.reason.trim_end_matches('.')))
        .rows("attachments", s.files.iter().map(attachment).collect())
}

fn commune(s: &Sources<'_>, fields: Fields) -> Fields {
    let notice = s.h.notice.as_ref();
    let warning = s.today.deadline("warning", day_of(s.at)).ok();
    let sent = notice.and_then(|paper| paper.sent_at).map(day_of);
    fields
        .maybe("to_unit", s.person.and_then(|person| commune_of(&person.address)))
        .maybe("notice_date", sent.map(|day| format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())))
        .maybe("notice_number", notice.and_then(|paper| paper.number.as_deref()))
        .maybe("warning_days", warning.map(|row| row.amount.to_string()))
}

/// Police of the commune that an address names: `Thôn 2, Xã Gia Vân, Tỉnh Ninh Bình`.
pub fn commune_of(address: &str) -> Option<String> {
    const KINDS: [&str; 4] = ["xã ", "phường ", "thị trấn ", "đặc khu "];
    let parts: Vec<&str> = address.split(',').map(str::trim).collect();
    let at = parts.iter().position(|part| {
        let part = part.to_lowercase();
        KINDS.iter().any(|kind| part.starts_with(kind))
    })?;
    Some(format!("Công an {}", parts[at..].join(", ")))
}

fn receipt(s: &Sources<'_>, fields: Fields) -> Fields {
    let h = s.h;
    let decision = h.decision.as_ref();
    let last = h.money.payments.iter().max_by_key(|payment| payment.at);
    let owed = last.map(|last| money::owed(h, &s.law, day_of(last.at)));
    let due = h.deadlines.iter().find(|deadline| deadline.due.kind == "payment").map(|one| one.due.day);
    let late = due.zip(last).map(|(due, last)| (day_of(last.at) - due).get_days()).filter(|days| *days > 0);
    let interest = owed.map(|owed| owed.interest).filter(|interest| *interest > 0);
    let receipts: Vec<_> = h.money.payments.iter().map(|payment| payment.receipt.as_str()).collect();
    let bills: Vec<_> = h.money.payments.iter().filter_map(|payment| payment.bill.as_deref()).collect();
    let bills = if bills.is_empty() { "nộp tại kho bạc".to_owned() } else { bills.join(", ") };
    fields
        .maybe("decision_number", decision.and_then(|paper| paper.number.as_deref()))
        .maybe("decision_date", decision.and_then(|paper| paper.signed_at).map(|at| on(day_of(at))))
        .maybe("amount", h.fine.as_ref().map(|fine| vnd(fine.total)))
        .maybe("late_interest", interest.map(vnd))
        .maybe("late_days", late.map(|days| days.to_string()))
        .text("paid", vnd(h.paid()))
        .text("paid_words", vnd_words(h.paid()))
        .maybe("paid_at", last.map(|last| moment(last.at)))
        .text("bill_code", bills)
        .text("receipt_number", receipts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_shows_its_place_and_its_end_alone() {
        for (display, masked) in
            [("35A-246.81", "35A-***.81"), ("35-B1 346.41", "35-** ***.41"), ("TM", "TM"), ("", "")]
        {
            assert_eq!(mask_plate(display), masked);
        }
    }

    #[test]
    fn the_commune_is_read_from_an_address_and_never_guessed() {
        for (address, commune) in [
            ("Thôn 2, Xã Gia Vân, Tỉnh Ninh Bình", Some("Công an Xã Gia Vân, Tỉnh Ninh Bình")),
            (
                "Số 8, đường Giả Định, phường Hoa Lư, Tỉnh Ninh Bình",
                Some("Công an phường Hoa Lư, Tỉnh Ninh Bình"),
            ),
            ("Đặc khu Phú Quốc, Tỉnh An Giang", Some("Công an Đặc khu Phú Quốc, Tỉnh An Giang")),
            ("Số 8, đường Xã Đàn, Hà Nội", None),
            ("", None),
        ] {
            assert_eq!(commune_of(address).as_deref(), commune, "{address}");
        }
    }

    #[test]
    fn the_notice_prints_the_appointment_that_its_signature_fixed() {
        let mut play = crate::handling::tests::Play::new("car.red_light", "car");
        play.orders();
        play.officer("draft_notice", serde_json::json!({}));
        play.signer("sign_notice");
        let settings = crate::config::Handling::default();
        let sources = Sources {
            h: &play.h,
            law: play.law.clone(),
            today: play.today.clone(),
            settings: &settings,
            public_url: "",
            // Made days later, after an outage.
            at: play.now + jiff::SignedDuration::from_hours(24 * 4),
            person: None,
            code: None,
            signer: None,
            drafter: None,
            devices: Vec::new(),
            users: Vec::new(),
            files: Vec::new(),
            statement: None,
        };
        let kept = play.h.notice.as_ref().unwrap().appointment.as_ref().unwrap().day;
        assert_eq!(fields(&sources, "notice").get("appear_to"), Some(on(kept).as_str()));
    }

    #[test]
    fn parts_per_million_are_written_as_a_percentage() {
        for (ppm, text) in [(500, "0,05%"), (10_000, "1%"), (12_500, "1,25%"), (0, "0%")] {
            assert_eq!(percent(ppm), text);
        }
    }
}
