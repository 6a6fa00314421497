//! Rows of a file as people and vehicles, each checked whole: every problem of a row is named at once.

use jiff::civil::Date;

use super::check::{self, Wrong, wrong};
use super::{Kind, RowProblem, Setting, countries, find_named};
use crate::tables::columns::{Columns, Known, take};
use crate::tables::{Cell, Table, TableError, folded};

const fn known(
    key: &'static str,
    vi: &'static str,
    en: &'static str,
    also: &'static [&'static str],
    needed: bool,
) -> Known {
    Known { key, vi, en, also, needed }
}

const GROUP: Known = known(
    "group",
    "Doanh nghiệp",
    "Enterprise",
    &["cong ty", "ma doanh nghiep", "don vi", "ten doanh nghiep", "company"],
    false,
);
const SCHEDULE: Known =
    known("schedule", "Ca làm việc", "Schedule", &["ca", "lich", "gio vao ra", "shift"], false);
const GATES: Known = known("gates", "Cổng", "Gates", &["cong duoc vao", "gate"], false);
const FROM: Known = known("from", "Từ ngày", "Valid from", &["ngay bat dau", "hieu luc tu", "from"], false);
const UNTIL: Known =
    known("until", "Đến ngày", "Valid until", &["ngay het han", "hieu luc den", "until", "to"], false);
const ESCORT: Known = known("escort", "Cần người đi cùng", "Escort", &["co nguoi di cung", "di kem"], false);
const STAY: Known = known(
    "stay",
    "Số phút được ở lại",
    "Longest stay minutes",
    &["thoi gian luu lai phut", "luu tru phut"],
    false,
);

/// Columns of a file of people.
pub const PERSON: &[Known] = &[
    known("name", "Họ và tên", "Full name", &["ho ten", "ten", "name", "ho va ten nguoi lao dong"], true),
    known(
        "number",
        "Số định danh",
        "Card number",
        &[
            "so cccd",
            "cccd",
            "so can cuoc",
            "can cuoc",
            "so can cuoc cong dan",
            "so dinh danh ca nhan",
            "cmnd cccd",
            "so cmnd cccd",
            "id number",
            "citizen number",
        ],
        false,
    ),
    known("passport", "Số hộ chiếu", "Passport number", &["ho chieu", "passport"], false),
    known("country", "Quốc tịch", "Nationality", &["nuoc", "country"], false),
    known(
        "birth",
        "Ngày sinh",
        "Date of birth",
        &["ngay thang nam sinh", "dob", "birth date", "sinh ngay"],
        false,
    ),
    known("guardian", "Người giám hộ", "Guardian", &["giam ho"], false),
    known("face", "Đăng ký khuôn mặt", "Enrol face", &["khuon mat", "face"], false),
    GROUP,
    SCHEDULE,
    GATES,
    FROM,
    UNTIL,
    ESCORT,
    STAY,
];

/// Columns of a file of vehicles.
pub const VEHICLE: &[Known] = &[
    known(
        "plate",
        "Biển kiểm soát",
        "Plate",
        &["bien so", "bien so xe", "bks", "licence plate", "license plate"],
        true,
    ),
    known("vehicle_group", "Loại xe", "Vehicle type", &["loai phuong tien", "type"], false),
    known("label", "Mô tả", "Description", &["ghi chu xe", "ten xe"], false),
    known(
        "drivers",
        "Số định danh người lái",
        "Drivers",
        &["nguoi lai", "lai xe", "tai xe", "driver"],
        false,
    ),
    GROUP,
    SCHEDULE,
    GATES,
    FROM,
    UNTIL,
    ESCORT,
    STAY,
];

/// A row that was understood. What the file has no column for is `None` twice: it is left as it is when the entry exists.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Line in the file.
    pub line: u32,
    /// Vehicle or person.
    pub kind: Kind,
    /// Full name of a person.
    pub name: Option<String>,
    /// Card number or `CCC:PASSPORT`.
    pub number: Option<String>,
    /// Canonical plate.
    pub plate: Option<String>,
    /// Car or motorcycle.
    pub vehicle_group: Option<Option<String>>,
    /// What the guard sees of a vehicle.
    pub label: Option<Option<String>>,
    /// Numbers of the people who may drive it.
    pub drivers: Option<Vec<String>>,
    /// Group.
    pub group: Option<String>,
    /// Schedule.
    pub schedule: Option<Option<String>>,
    /// Gates.
    pub gates: Option<Vec<String>>,
    /// Valid from, ms.
    pub valid_from_ms: Option<Option<i64>>,
    /// Valid until, exclusive, ms.
    pub valid_until_ms: Option<Option<i64>>,
    /// Escort.
    pub escort: Option<bool>,
    /// Longest stay, minutes.
    pub stay_minutes: Option<Option<i64>>,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draft(line {}, {})", self.line, self.kind.as_str())
    }
}

/// A file that was read: good rows, problems that keep rows out, warnings that do not.
#[derive(Debug, Default)]
pub struct Read {
    /// Rows below the heading.
    pub rows: u32,
    /// Rows without a problem.
    pub good: Vec<Draft>,
    /// Problems.
    pub errors: Vec<RowProblem>,
    /// What to look at before applying.
    pub warnings: Vec<RowProblem>,
    /// Headings that were not understood.
    pub ignored: Vec<String>,
}

/// Which kind a file is, by its heading: one with a plate column holds vehicles.
pub fn kind_of(table: &Table) -> Kind {
    let mut copy = Table { rows: table.rows.iter().take(10).cloned().collect() };
    if take(&mut copy, VEHICLE).is_ok() { Kind::Vehicle } else { Kind::Person }
}

/// Reads a table as people or vehicles of one site.
///
/// # Errors
/// When the file as a whole cannot be understood.
pub fn read(mut table: Table, kind: Kind, setting: &Setting) -> Result<Read, TableError> {
    let columns = take(&mut table, if kind == Kind::Person { PERSON } else { VEHICLE })?;
    if kind == Kind::Person && !columns.has("number") && !columns.has("passport") {
        return Err(TableError::new(
            "column_missing",
            "thiếu cột: Số định danh hoặc Số hộ chiếu",
            "missing columns: Card number or Passport number",
        ));
    }
    let mut read = Read { rows: u32::try_from(table.rows.len()).unwrap_or(u32::MAX), ..Read::default() };
    for (line, cells) in &table.rows {
        let mut row =
            Row { columns: &columns, cells, line: *line, setting, errors: Vec::new(), warnings: Vec::new() };
        let draft = row.draft(kind);
        if row.errors.is_empty() {
            read.good.push(draft);
        }
        read.errors.append(&mut row.errors);
        read.warnings.append(&mut row.warnings);
    }
    read.ignored = columns.ignored;
    Ok(read)
}

struct Row<'a> {
    columns: &'a Columns,
    cells: &'a [Cell],
    line: u32,
    setting: &'a Setting,
    errors: Vec<RowProblem>,
    warnings: Vec<RowProblem>,
}

impl Row<'_> {
    fn draft(&mut self, kind: Kind) -> Draft {
        let mut draft = Draft {
            line: self.line,
            kind,
            name: None,
            number: None,
            plate: None,
            vehicle_group: None,
            label: None,
            drivers: None,
            group: self.group(),
            schedule: self.named("schedule", "schedule_unknown", ("ca làm việc", "schedule")),
            gates: self.gates(),
            valid_from_ms: None,
            valid_until_ms: None,
            escort: self.yes("escort"),
            stay_minutes: self.minutes("stay"),
        };
        match kind {
            Kind::Person => self.person(&mut draft),
            Kind::Vehicle => self.vehicle(&mut draft),
        }
        self.validity(&mut draft);
        draft
    }

    fn person(&mut self, draft: &mut Draft) {
        draft.name = self.needed("name").and_then(|text| self.take("name", check::name(&text)));
        let birth = self.date("birth").flatten();
        if birth.is_some_and(|birth| birth > self.setting.today) {
            self.error(
                "birth",
                wrong("future", "ngày sinh ở tương lai", "the date of birth is in the future"),
            );
        }
        let number = self.typed("number").filter(|text| !text.is_empty());
        let passport = self.typed("passport").filter(|text| !text.is_empty());
        draft.number = match (number, passport) {
            (Some(_), Some(_)) => {
                let problem = wrong(
                    "two_papers",
                    "chỉ nhập số định danh hoặc số hộ chiếu, không nhập cả hai",
                    "enter the card number or the passport, not both",
                );
                self.error("passport", problem);
                None
            }
            (None, None) => {
                let column = if self.columns.has("number") { "number" } else { "passport" };
                self.error(
                    column,
                    wrong("empty", "ô này không được để trống", "this cell must not be empty"),
                );
                None
            }
            (Some(number), None) => self.card(&number, birth),
            (None, Some(passport)) => self.passport(&passport),
        };
        self.minor(birth);
    }

    fn card(&mut self, typed: &str, birth: Option<Date>) -> Option<String> {
        let (number, warning) =
            self.take("number", check::citizen_number(typed, birth, self.setting.today))?;
        if let Some(warning) = warning {
            let problem = self.problem("number", warning);
            self.warnings.push(problem);
        }
        Some(number.as_str().to_owned())
    }

    fn passport(&mut self, typed: &str) -> Option<String> {
        let Some(code) = self.typed("country").and_then(|text| countries::code(&text)) else {
            let problem = wrong(
                "country_unknown",
                "người có hộ chiếu cần quốc tịch: tên nước hoặc mã 3 chữ (KOR)",
                "a passport needs a nationality: its name or three letters (KOR)",
            );
            self.error(if self.columns.has("country") { "country" } else { "passport" }, problem);
            return None;
        };
        let number = countries::passport(&code, typed).ok_or_else(|| {
            wrong(
                "bad_passport",
                "số hộ chiếu gồm 5 đến 15 chữ và số",
                "a passport number has 5 to 15 letters and digits",
            )
        });
        self.take("passport", number)
    }

    fn minor(&mut self, birth: Option<Date>) {
        if self.yes("face") != Some(true) {
            return;
        }
        let guardian = self.typed("guardian").is_some_and(|text| !text.is_empty());
        let minor =
            birth.is_none_or(|birth| check::age(birth, self.setting.today) < check::ADULT_CONSENT_AGE);
        if minor && !guardian {
            let problem = wrong(
                "minor_without_guardian",
                "chưa đủ 16 tuổi (hoặc thiếu ngày sinh): không đăng ký khuôn mặt khi chưa có người giám hộ đồng ý",
                "under 16 (or no date of birth): no face is enrolled without a guardian's consent",
            );
            return self.error("face", problem);
        }
        let note = wrong(
            "face_elsewhere",
            "tệp này không đăng ký khuôn mặt: làm tại bàn đăng ký, khi khu vực đã được phê duyệt",
            "no face is enrolled from a file: do it at the enrolment desk, once the site is approved",
        );
        let note = self.problem("face", note);
        self.warnings.push(note);
    }

    fn vehicle(&mut self, draft: &mut Draft) {
        draft.plate = self.needed("plate").and_then(|text| self.take("plate", check::plate(&text)));
        draft.vehicle_group = self
            .typed("vehicle_group")
            .map(|text| match folded(&text).as_str() {
                "" => Ok(None),
                "o to" | "oto" | "xe o to" | "car" | "xe con" | "xe tai" | "xe khach" | "truck" | "bus" => {
                    Ok(Some("car".to_owned()))
                }
                "xe may" | "mo to" | "xe mo to" | "motorcycle" | "motorbike" => {
                    Ok(Some("motorcycle".to_owned()))
                }
                _ => {
                    Err(wrong("type_unknown", "loại xe: ô tô hoặc xe máy", "vehicle type: car or motorcycle"))
                }
            })
            .and_then(|group| self.take("vehicle_group", group));
        draft.label = self
            .typed("label")
            .map(|text| match text.as_str() {
                "" => Ok(None),
                _ => check::name(&text).map(Some),
            })
            .and_then(|label| self.take("label", label));
        draft.drivers = self.typed("drivers").and_then(|text| {
            let numbers: Result<Vec<String>, Wrong> = text
                .split([';', ',', '/'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| {
                    check::citizen_number(part, None, self.setting.today)
                        .map(|(number, _)| number.as_str().to_owned())
                })
                .collect();
            self.take("drivers", numbers)
        });
    }

    fn validity(&mut self, draft: &mut Draft) {
        let (from, until) = (self.date("from"), self.date("until"));
        if let (Some(Some(from)), Some(Some(until))) = (from, until)
            && until < from
        {
            self.error(
                "until",
                wrong("ends_before", "ngày kết thúc trước ngày bắt đầu", "the last day is before the first"),
            );
        }
        if let Some(Some(until)) = until
            && until < self.setting.today
        {
            let problem = wrong("ended", "đã hết hạn trước hôm nay", "it ended before today");
            let problem = self.problem("until", problem);
            self.warnings.push(problem);
        }
        draft.valid_from_ms = from.map(|day| day.and_then(|day| self.setting.day_ms(day)));
        // A file names the last day; the store keeps the first moment that no longer counts.
        draft.valid_until_ms = until.map(|day| day.and_then(|day| self.setting.after_day_ms(day)));
    }

    fn group(&mut self) -> Option<String> {
        let only = self.setting.only_group.clone();
        let Some(text) = self.typed("group").filter(|text| !text.is_empty()) else { return only };
        let found = find_named(&self.setting.groups, &text).map(str::to_owned);
        match (found, only) {
            (Some(group), None) => Some(group),
            (Some(group), Some(only)) if group == only => Some(group),
            // An enterprise is not told whether another of that name is there.
            (_, Some(_)) => {
                let problem = wrong(
                    "other_group",
                    "dòng này của đơn vị khác: chỉ nhập người và xe của đơn vị mình",
                    "the row is another group's: only its own people and vehicles are imported",
                );
                self.error("group", problem);
                None
            }
            (None, None) => {
                let problem = wrong(
                    "group_unknown",
                    "chưa có đơn vị này: thêm đơn vị trước",
                    "there is no such group: add it first",
                );
                self.error("group", problem);
                None
            }
        }
    }

    fn gates(&mut self) -> Option<Vec<String>> {
        let text = self.typed("gates")?;
        let mut gates = Vec::new();
        for part in text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
            match find_named(&self.setting.gates, part) {
                Some(gate) => gates.push(gate.to_owned()),
                None => {
                    let known = self
                        .setting
                        .gates
                        .iter()
                        .map(|(_, name)| name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ");
                    let problem = wrong(
                        "gate_unknown",
                        format!("không có cổng này; các cổng: {known}"),
                        format!("there is no such gate; gates: {known}"),
                    );
                    self.error("gates", problem);
                }
            }
        }
        gates.sort();
        gates.dedup();
        Some(gates)
    }

    fn named(&mut self, key: &'static str, code: &'static str, what: (&str, &str)) -> Option<Option<String>> {
        let text = self.typed(key)?;
        if text.is_empty() {
            return Some(None);
        }
        if let Some(id) = find_named(&self.setting.schedules, &text) {
            return Some(Some(id.to_owned()));
        }
        let known =
            self.setting.schedules.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
        let problem = wrong(
            code,
            format!("không có {} này; đang có: {known}", what.0),
            format!("there is no such {}; there are: {known}", what.1),
        );
        self.error(key, problem);
        None
    }

    fn minutes(&mut self, key: &'static str) -> Option<Option<i64>> {
        let text = self.typed(key)?;
        if text.is_empty() {
            return Some(None);
        }
        let minutes =
            text.parse::<i64>().ok().filter(|minutes| (1..=525_600).contains(minutes)).ok_or_else(|| {
                wrong(
                    "bad_minutes",
                    "số phút là số nguyên từ 1 đến 525600",
                    "minutes are a whole number from 1 to 525600",
                )
            });
        self.take(key, minutes).map(Some)
    }

    fn yes(&mut self, key: &'static str) -> Option<bool> {
        let (cell, _) = self.columns.cell(key, self.cells)?;
        let yes = match (cell, folded(&cell.typed()).as_str()) {
            (Cell::Bool(yes), _) => Ok(*yes),
            (_, "co" | "x" | "yes" | "y" | "1" | "true" | "dung") => Ok(true),
            (_, "" | "khong" | "no" | "n" | "0" | "false" | "sai") => Ok(false),
            _ => Err(wrong("bad_yes", "nhập «có» hoặc «không»", "enter yes or no")),
        };
        self.take(key, yes)
    }

    /// `None` without the column (or with a problem), `Some(None)` for an empty cell.
    fn date(&mut self, key: &'static str) -> Option<Option<Date>> {
        let (cell, _) = self.columns.cell(key, self.cells)?;
        if cell.is_empty() {
            return Some(None);
        }
        let day = cell.day().ok_or_else(|| {
            wrong(
                "bad_date",
                "không phải ngày: nhập ngày/tháng/năm, ví dụ 31/12/2026",
                "not a date: enter day/month/year, such as 31/12/2026",
            )
        });
        self.take(key, day).map(Some)
    }

    fn needed(&mut self, key: &'static str) -> Option<String> {
        let text = self.typed(key).filter(|text| !text.is_empty());
        if text.is_none() {
            self.error(key, wrong("empty", "ô này không được để trống", "this cell must not be empty"));
        }
        text
    }

    /// The cell as text; `None` without the column. An error of the spreadsheet is a problem.
    fn typed(&mut self, key: &'static str) -> Option<String> {
        let (cell, _) = self.columns.cell(key, self.cells)?;
        if *cell == Cell::Broken {
            self.error(
                key,
                wrong(
                    "broken_cell",
                    "ô có lỗi của bảng tính (#REF!, #N/A): nhập lại giá trị",
                    "the cell holds a spreadsheet error (#REF!, #N/A): type the value",
                ),
            );
            return None;
        }
        Some(cell.typed())
    }

    fn take<T>(&mut self, key: &'static str, value: Result<T, Wrong>) -> Option<T> {
        value.map_err(|problem| self.error(key, problem)).ok()
    }

    fn error(&mut self, key: &'static str, problem: Wrong) {
        let problem = self.problem(key, problem);
        self.errors.push(problem);
    }

    fn problem(&self, key: &'static str, (code, vi, en): Wrong) -> RowProblem {
        let column =
            self.columns.cell(key, self.cells).map(|(_, title)| title.to_owned()).unwrap_or_default();
        RowProblem { row: self.line, column, code, vi, en }
    }
}
