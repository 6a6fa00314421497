//! A timetable from a file: headings in Vietnamese or English, times as `HH:MM`.

use jiff::civil::Time;
use wire::gate::DayKind;

use super::Train;
use crate::members::RowProblem;
use crate::members::check::{Wrong, wrong};
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

const COLUMNS: &[Known] = &[
    known("train", "Tàu", "Train", &["mac tau", "so hieu tau", "so tau", "train number"], true),
    known("from", "Ga đi", "From", &["ga xuat phat", "tu ga"], false),
    known("to", "Ga đến", "To", &["ga cuoi", "den ga"], false),
    known("arrives", "Giờ đến", "Arrives", &["den", "gio tau den", "arrival"], false),
    known("departs", "Giờ đi", "Departs", &["di", "gio tau di", "departure"], false),
    known("platform", "Ke", "Platform", &["duong", "ke ga", "san ga"], false),
    known("days", "Ngày chạy", "Days", &["cac ngay", "thu"], false),
    known("valid_from", "Từ ngày", "Valid from", &["from date"], false),
    known("valid_until", "Đến ngày", "Valid until", &["to date"], false),
];

/// Reads a file; rows with problems are left out and named.
///
/// # Errors
/// When the file as a whole is no timetable.
pub fn read(mut table: Table) -> Result<(Vec<Train>, Vec<RowProblem>), TableError> {
    let columns = take(&mut table, COLUMNS)?;
    let (mut trains, mut problems) = (Vec::new(), Vec::new());
    for (line, cells) in &table.rows {
        let mut row = Row { columns: &columns, cells, line: *line, problems: Vec::new() };
        let train = row.train();
        if row.problems.is_empty() {
            trains.push(train);
        }
        problems.append(&mut row.problems);
    }
    Ok((trains, problems))
}

struct Row<'a> {
    columns: &'a Columns,
    cells: &'a [Cell],
    line: u32,
    problems: Vec<RowProblem>,
}

impl Row<'_> {
    fn train(&mut self) -> Train {
        let train = Train {
            train: self.text("train"),
            from: self.text("from"),
            to: self.text("to"),
            arrives: self.time("arrives"),
            departs: self.time("departs"),
            platform: self.text("platform"),
            days: self.days(),
            valid_from: self.day("valid_from"),
            valid_until: self.day("valid_until"),
        };
        if self.problems.is_empty() {
            for (_, vi, en) in super::problems(std::slice::from_ref(&train)) {
                self.problems.push(RowProblem {
                    row: self.line,
                    column: String::new(),
                    code: "bad_train",
                    vi,
                    en,
                });
            }
        }
        train
    }

    fn cell(&self, key: &str) -> &Cell {
        self.columns.cell(key, self.cells).map_or(&Cell::Empty, |(cell, _)| cell)
    }

    fn text(&self, key: &str) -> String {
        self.cell(key).typed()
    }

    fn time(&mut self, key: &'static str) -> Option<Time> {
        let time = match self.cell(key) {
            Cell::Empty => return None,
            // A time of day without its own form is a share of the day.
            Cell::Number(share) if (0.0..1.0).contains(share) => {
                let minutes = (share * 1440.0).round() as i64 % 1440;
                Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).ok()
            }
            Cell::Day(at) => Some(at.time()),
            cell => typed_time(&cell.typed()),
        };
        if time.is_none() {
            self.error(
                key,
                wrong("bad_time", "giờ dạng HH:MM, ví dụ 21:05", "a time is HH:MM, such as 21:05"),
            );
        }
        time
    }

    fn day(&mut self, key: &'static str) -> Option<jiff::civil::Date> {
        if self.cell(key).is_empty() {
            return None;
        }
        let day = self.cell(key).day();
        if day.is_none() {
            self.error(
                key,
                wrong("bad_date", "không phải ngày: nhập ngày/tháng/năm", "not a date: enter day/month/year"),
            );
        }
        day
    }

    fn days(&mut self) -> Vec<DayKind> {
        let text = self.text("days");
        if matches!(folded(&text).as_str(), "" | "hang ngay" | "daily" | "moi ngay") {
            return Vec::new();
        }
        let mut days = Vec::new();
        for part in text.split([',', ';', ' ', '.']).filter(|part| !part.trim().is_empty()) {
            use DayKind::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
            let day = match folded(part).as_str() {
                "2" | "t2" | "mon" => Mon,
                "3" | "t3" | "tue" => Tue,
                "4" | "t4" | "wed" => Wed,
                "5" | "t5" | "thu" => Thu,
                "6" | "t6" | "fri" => Fri,
                "7" | "t7" | "sat" => Sat,
                "8" | "cn" | "sun" => Sun,
                _ => {
                    let problem = wrong(
                        "bad_days",
                        "ngày chạy: hàng ngày, hoặc T2,T3,…,CN",
                        "days: daily, or Mon,Tue,…,Sun",
                    );
                    self.error("days", problem);
                    return days;
                }
            };
            if !days.contains(&day) {
                days.push(day);
            }
        }
        days
    }

    fn error(&mut self, key: &'static str, (code, vi, en): Wrong) {
        let column =
            self.columns.cell(key, self.cells).map(|(_, title)| title.to_owned()).unwrap_or_default();
        self.problems.push(RowProblem { row: self.line, column, code, vi, en });
    }
}

fn typed_time(text: &str) -> Option<Time> {
    let (hour, rest) = text.split_once([':', 'h', 'H', 'g'])?;
    let minute = rest.split(':').next()?;
    let number = |part: &str| (1..=2).contains(&part.len()).then(|| part.parse::<i8>().ok()).flatten();
    let minute = if minute.is_empty() { 0 } else { number(minute)? };
    Time::new(number(hour)?, minute, 0, 0).ok()
}
