//! What cannot be in an edition of the law. Every problem at once, named by table, key and first day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::edition::{Edition, each_table};
use super::kinds::condition_known;
use super::rows::*;
use super::{Term, on_day};
use crate::gates::document::Trouble;

/// The points that a licence has.
const LICENCE_POINTS: u8 = 12;
/// No fine of the decree is near this; a range above it is a slip of the keyboard.
const MOST_FINE: i64 = 1_000_000_000;
/// Kinds of vehicle that articles are about.
const VEHICLES: [&str; 5] = ["car", "motorcycle", "machine", "bicycle", "cart"];
/// Numbers without which cases could not go on.
const RULES: [&str; 5] = [
    "late_interest_ppm_per_day",
    "organisation_percent",
    "explanation_from_vnd",
    "explanation_from_vnd_organisation",
    "circumstance_steps",
];

/// A problem with its place.
pub fn trouble(path: &str, code: &'static str, vi: &str, en: &str) -> Trouble {
    Trouble { path: path.to_owned(), code, vi: vi.to_owned(), en: en.to_owned() }
}

/// Everything that is wrong with an edition; nothing when it may become a version of the law.
pub fn problems(edition: &Edition) -> Vec<Trouble> {
    let mut wrongs = Wrongs::default();
    macro_rules! windows {
        ($($field:ident: $row:ident),*) => { $(wrongs.windows(&edition.$field);)* };
    }
    each_table!(windows);
    edition.behaviours.iter().for_each(|row| wrongs.behaviour(row));
    wrongs.kinds(edition);
    wrongs.brackets(edition);
    wrongs.numbers(edition);
    wrongs.needed(edition);
    wrongs.0
}

#[derive(Default)]
struct Wrongs(Vec<Trouble>);

impl Wrongs {
    fn say<T: Row>(&mut self, row: &T, field: &str, code: &'static str, vi: &str, en: &str) {
        let path = format!("{}[{} {}].{field}", T::TABLE, row.key(), row.valid_from());
        self.0.push(trouble(&path, code, vi, en));
    }

    /// What holds for rows of every table: a basis, a window that does not end before it begins, and none over another.
    fn windows<T: Row>(&mut self, rows: &[T]) {
        let mut by_key: BTreeMap<String, Vec<&T>> = BTreeMap::new();
        for row in rows {
            if row.legal_basis().trim().is_empty() {
                self.say(
                    row,
                    "legal_basis",
                    "no_basis",
                    "thiếu căn cứ pháp lý",
                    "say the text that it follows",
                );
            }
            if row.valid_to().is_some_and(|last| last < row.valid_from()) {
                let en = "the last day is before the first";
                self.say(row, "valid_to", "bad_window", "ngày hết hiệu lực trước ngày có hiệu lực", en);
            }
            by_key.entry(row.key()).or_default().push(row);
        }
        for rows in by_key.values_mut() {
            rows.sort_by_key(|row| row.valid_from());
            for pair in rows.windows(2) {
                if pair[0].valid_to().is_none_or(|last| last >= pair[1].valid_from()) {
                    let (first, second) = (pair[0].valid_from(), pair[1].valid_from());
                    let vi = format!("chồng với dòng từ ngày {first}: kết thúc dòng đó trước");
                    let en = format!("overlaps the row from {first}: end that one before {second}");
                    self.say(pair[1], "valid_from", "overlap", &vi, &en);
                }
            }
        }
    }

    fn behaviour(&mut self, row: &Behaviour) {
        if row.fine_low < 0 || row.fine_high < row.fine_low || row.fine_high > MOST_FINE {
            let en = "a range from 0 upwards, low not above high, in VND";
            self.say(
                row,
                "fine_low",
                "bad_fine",
                "khung phạt phải từ 0 trở lên, mức thấp không quá mức cao",
                en,
            );
        }
        if row.points > LICENCE_POINTS {
            self.say(row, "points", "bad_points", "giấy phép chỉ có 12 điểm", "a licence has 12 points");
        }
        let months = (row.revoke_months_low, row.revoke_months_high);
        if !matches!(months, (None, None))
            && !matches!(months, (Some(low), Some(high)) if 0 < low && low <= high)
        {
            let en = "months of revocation: both, low not above high, or none";
            self.say(row, "revoke_months_low", "bad_months", "số tháng tước giấy phép không hợp lệ", en);
        }
        if !row.clause.split(", ").all(is_clause) {
            let vi = "viết điều.khoản.điểm, ví dụ 6.9.b";
            let en = "write article.clause.point as in 6.9.b, articles 5 to 52";
            self.say(row, "clause", "bad_clause", vi, en);
        }
        if !VEHICLES.contains(&row.vehicle.as_str()) {
            let en = format!("one of {}", VEHICLES.join(", "));
            self.say(row, "vehicle", "unknown_vehicle", "loại phương tiện không có", &en);
        }
        if [&row.key, &row.title_vi, &row.title_en, &row.text_vi].iter().any(|text| text.trim().is_empty()) {
            self.say(
                row,
                "title_vi",
                "empty",
                "thiếu tên hoặc nội dung",
                "key, titles and wording are needed",
            );
        }
    }

    fn kinds(&mut self, edition: &Edition) {
        for row in &edition.kinds {
            if !condition_known(&row.condition) {
                let vi = "điều kiện này chưa được hỗ trợ";
                self.say(row, "condition", "bad_condition", vi, "no facts answer this condition");
            }
            if !edition.behaviours.iter().any(|behaviour| behaviour.key == row.behaviour) {
                let vi = "không có hành vi này";
                self.say(row, "behaviour", "unknown_behaviour", vi, "there is no such behaviour");
            }
        }
    }

    /// On every day on which brackets change, those of a vehicle lie side by side, the last one open.
    fn brackets(&mut self, edition: &Edition) {
        let days: BTreeSet<Date> = edition.speed_brackets.iter().flat_map(boundary_days).collect();
        let vehicles: BTreeSet<&str> =
            edition.speed_brackets.iter().map(|row| row.vehicle.as_str()).collect();
        let mut said = BTreeSet::new();
        for (day, vehicle) in days.iter().flat_map(|day| vehicles.iter().map(move |vehicle| (*day, *vehicle)))
        {
            let mut rows: Vec<_> =
                on_day(&edition.speed_brackets, day).filter(|row| row.vehicle == vehicle).collect();
            rows.sort_by_key(|row| (row.over_kmh, !row.over_included));
            for row in &rows {
                if !edition.behaviours.iter().any(|one| one.key == row.behaviour && one.holds_on(day))
                    && said.insert((row.key(), "behaviour"))
                {
                    let en = format!("there is no such behaviour on {day}");
                    self.say(*row, "behaviour", "unknown_behaviour", "không có hành vi này", &en);
                }
            }
            for pair in rows.windows(2) {
                let touch =
                    pair[0].to_kmh == Some(pair[1].over_kmh) && pair[0].to_included != pair[1].over_included;
                if !touch && said.insert((pair[1].key(), "over_kmh")) {
                    let en = "must begin where the bracket before it ends: no gap, no speed in both";
                    self.say(pair[1], "over_kmh", "bad_bracket", "phải nối liền với khung trước", en);
                }
            }
            if let Some(last) = rows.last()
                && last.to_kmh.is_some()
                && said.insert((last.key(), "to_kmh"))
            {
                self.say(
                    *last,
                    "to_kmh",
                    "bad_bracket",
                    "khung cuối phải để ngỏ",
                    "the last bracket is open",
                );
            }
        }
    }

    fn numbers(&mut self, edition: &Edition) {
        for row in &edition.speed_limits {
            if !(5..=120).contains(&row.kmh) {
                self.say(row, "kmh", "bad_limit", "tốc độ từ 5 đến 120 km/h", "limits are 5 to 120 km/h");
            }
            if !["built_up", "outside", "motorway", "any"].contains(&row.area.as_str())
                || !["dual", "single", "any"].contains(&row.carriageway.as_str())
            {
                let en = "area: built_up, outside, motorway, any; carriageway: dual, single, any";
                self.say(row, "area", "bad_road", "loại đường không có", en);
            }
        }
        for row in edition.caps.iter().filter(|row| row.cap <= 0) {
            self.say(row, "cap", "bad_cap", "mức phạt tối đa phải lớn hơn 0", "a cap is above 0 VND");
        }
        for row in edition.deadlines.iter().filter(|row| !(1..=3650).contains(&row.amount)) {
            self.say(row, "amount", "bad_amount", "thời hạn từ 1 đến 3650", "1 to 3650");
        }
        for row in edition.rules.iter().filter(|row| row.value < 0) {
            self.say(row, "value", "negative", "không được âm", "not below 0");
        }
        for row in edition.vehicle_classes.iter() {
            if !row.vehicle.is_empty() && !VEHICLES.contains(&row.vehicle.as_str()) {
                let en = format!("one of {}, or empty", VEHICLES.join(", "));
                self.say(row, "vehicle", "unknown_vehicle", "loại phương tiện không có", &en);
            }
        }
        for row in edition.holidays.iter().filter(|row| row.valid_to.is_none()) {
            self.say(row, "valid_to", "open_holiday", "ngày nghỉ phải có ngày cuối", "say its last day");
        }
    }

    /// Deadlines and numbers that cases ask for have a row that is still open.
    fn needed(&mut self, edition: &Edition) {
        let open: BTreeSet<&str> = edition
            .deadlines
            .iter()
            .filter(|row| row.valid_to.is_none())
            .map(|row| row.kind.as_str())
            .chain(edition.rules.iter().filter(|row| row.valid_to.is_none()).map(|row| row.key.as_str()))
            .collect();
        let deadlines = Term::ALL.iter().map(|term| term.as_str());
        for key in deadlines.chain(RULES).filter(|key| !open.contains(key)) {
            let vi = format!("thiếu dòng còn hiệu lực cho {key}");
            let en = format!("cases need a row that is still open for {key}");
            self.0.push(trouble(key, "missing", &vi, &en));
        }
    }
}

/// The first day of a row and the day after its last.
fn boundary_days(row: &SpeedBracket) -> Vec<Date> {
    let after = row.valid_to.and_then(|last| last.tomorrow().ok());
    [Some(row.valid_from), after].into_iter().flatten().collect()
}

/// `article.clause` or `article.clause.point`; points are single Vietnamese letters.
fn is_clause(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let number = |text: &str, range: std::ops::RangeInclusive<u8>| {
        text.parse().is_ok_and(|number: u8| range.contains(&number)) && !text.starts_with(['0', '+'])
    };
    let point = |text: &str| "abcdđeghiklmnopqrstuvxy".contains(text) && text.chars().count() == 1;
    match parts.as_slice() {
        [article, clause] => number(article, 5..=52) && number(clause, 1..=20),
        [article, clause, letter] => number(article, 5..=52) && number(clause, 1..=20) && point(letter),
        _ => false,
    }
}
