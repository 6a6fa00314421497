//! A report as sheets to take away, in one language.

use super::{GateRow, Report};
use crate::auth::Language;
use crate::tables::{Sheet, Value};

/// The sheets: summary, gates, trains (where there are any), alerts.
pub fn sheets(report: &Report, language: Language) -> Vec<Sheet> {
    let mut sheets = vec![summary(report, language), gates(report, language)];
    if !report.trains.is_empty() {
        sheets.push(trains(report, language));
    }
    sheets.push(alerts(report, language));
    sheets
}

fn head(language: Language, titles: &[(&str, &str)]) -> Vec<String> {
    titles.iter().map(|(vi, en)| language.pick(*vi, *en).to_owned()).collect()
}

fn summary(report: &Report, language: Language) -> Sheet {
    let word = |vi: &str, en: &str| Value::from(language.pick(vi, en));
    let total = &report.total;
    let number = report.model_number.clone().unwrap_or_default();
    let mut rows = vec![
        vec![word("Tỉnh", "Province"), report.province.clone().into()],
        vec![word("Mô hình số", "Model number"), number.into()],
        vec![word("Khu vực", "Site"), report.site_name.clone().into()],
        vec![word("Kỳ báo cáo", "Reporting period"), report.period.clone().into()],
        vec![word("Lượt người vào", "People in"), total.flow.people_in.into()],
        vec![word("Lượt người ra", "People out"), total.flow.people_out.into()],
        vec![word("Lượt xe vào", "Vehicles in"), total.flow.vehicles_in.into()],
        vec![word("Lượt xe ra", "Vehicles out"), total.flow.vehicles_out.into()],
        vec![word("Đã xác định trong danh sách", "Identified on the list"), total.identified.into()],
        vec![word("Cho vào", "Admitted"), total.admitted.into()],
        vec![word("Từ chối", "Denied"), total.denied.into()],
        vec![word("Ghi đè thủ công", "Manual overrides"), total.overrides.into()],
        vec![word("Cảnh báo", "Alerts"), total.alerts.into()],
        vec![
            word("Thiết bị hoạt động (%)", "Devices available (%)"),
            Value::Number(report.availability.agents_percent),
        ],
        vec![word("Số camera", "Cameras"), report.availability.cameras.into()],
        vec![
            word("Dữ liệu thiếu", "Not in these numbers"),
            language.pick(&report.loss.note_vi, &report.loss.note_en).clone().into(),
        ],
    ];
    if let Some(due) = &report.due {
        rows.push(vec![word("Hạn nộp", "Due"), due.by.clone().into()]);
        rows.push(vec![word("Nơi nhận", "Recipient"), due.recipient.clone().into()]);
    }
    Sheet {
        name: language.pick("Tổng hợp", "Summary").to_owned(),
        head: head(language, &[("Chỉ tiêu", "Figure"), ("Giá trị", "Value")]),
        rows,
    }
}

fn gates(report: &Report, language: Language) -> Sheet {
    let titles = [
        ("Cổng", "Gate"),
        ("Người vào", "People in"),
        ("Người ra", "People out"),
        ("Xe vào", "Vehicles in"),
        ("Xe ra", "Vehicles out"),
        ("Đông nhất trong giờ", "Most inside"),
        ("Cho vào", "Admitted"),
        ("Từ chối", "Denied"),
        ("Mời chờ", "Waited"),
        ("Ghi đè", "Overrides"),
        ("Đã xác định", "Identified"),
    ];
    let row = |row: &GateRow, name: String| {
        let flow = &row.flow;
        let numbers = [
            flow.people_in,
            flow.people_out,
            flow.vehicles_in,
            flow.vehicles_out,
            row.most_inside,
            row.admitted,
            row.denied,
            row.waited,
            row.overrides,
            row.identified,
        ];
        std::iter::once(Value::from(name)).chain(numbers.map(Value::from)).collect()
    };
    let mut rows: Vec<Vec<Value>> = report.rows.iter().map(|gate| row(gate, gate.name.clone())).collect();
    rows.push(row(&report.total, language.pick("Cộng", "Total").to_owned()));
    Sheet { name: language.pick("Cổng", "Gates").to_owned(), head: head(language, &titles), rows }
}

fn trains(report: &Report, language: Language) -> Sheet {
    let titles = [
        ("Tàu", "Train"),
        ("Ngày", "Date"),
        ("Đến", "Arrives"),
        ("Đi", "Departs"),
        ("Trễ (phút)", "Late (min)"),
        ("Người vào", "People in"),
        ("Người ra", "People out"),
    ];
    let text = |text: &Option<String>| text.clone().map_or(Value::Empty, Value::from);
    let rows = report.trains.iter().map(|train| {
        vec![
            train.train.clone().into(),
            train.date.clone().into(),
            text(&train.arrives),
            text(&train.departs),
            train.delay_minutes.into(),
            train.people_in.into(),
            train.people_out.into(),
        ]
    });
    Sheet {
        name: language.pick("Theo tàu", "By train").to_owned(),
        head: head(language, &titles),
        rows: rows.collect(),
    }
}

fn alerts(report: &Report, language: Language) -> Sheet {
    let rows = report
        .alerts
        .iter()
        .map(|row| vec![row.kind.clone().into(), row.state.clone().into(), row.count.into()]);
    Sheet {
        name: language.pick("Cảnh báo", "Alerts").to_owned(),
        head: head(language, &[("Loại", "Kind"), ("Trạng thái", "State"), ("Số", "Count")]),
        rows: rows.collect(),
    }
}
