use jiff::civil::date;
use proptest::prelude::*;

use super::file::{Read, kind_of, read};
use super::plan::{Author, Change, Plan, plan};
use super::previews::{KEEP_MS, MOST, Preview, Previews};
use super::*;
use crate::store::gates::Member;
use crate::tables;

fn setting() -> Setting {
    let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    Setting {
        today: date(2026, 11, 21),
        clock_minutes: 420,
        schedules: vec![pair("ca-1", "Ca 1"), pair("ca-2", "Ca 2")],
        gates: vec![pair("cong-1", "Cổng số 1"), pair("cong-2", "Cổng số 2")],
        groups: vec![pair("may-10", "Công ty CP May 10"), pair("gom-su", "Gốm sứ Ninh Bình")],
        only_group: None,
    }
}

fn file(text: &str, setting: &Setting) -> Read {
    let table = tables::read(text.as_bytes()).unwrap();
    let kind = kind_of(&table);
    read(table, kind, setting).unwrap()
}

fn codes(read: &Read) -> Vec<(u32, &'static str)> {
    read.errors.iter().map(|problem| (problem.row, problem.code)).collect()
}

fn planned(text: &str, existing: &[Member]) -> (Plan, Vec<RowProblem>) {
    let setting = setting();
    let read = file(text, &setting);
    assert_eq!(codes(&read), []);
    plan(read.good, existing, &setting, Author { site: "kcn", by: "hr", now_ms: 5 })
}

#[test]
fn every_problem_of_a_row_is_named_with_its_column_and_what_to_do() {
    let text = "Họ và tên,CCCD,Ngày sinh,Doanh nghiệp,Ca,Từ ngày,Đến ngày,Cổng\n\
        Nguyễn Văn Mẫu,037090001234,15/08/1990,May-10,ca 1,1/1/2026,31/12/2026,Cổng số 1\n\
        ,03709000123,31/02/1990,Không có,ca 9,2/1/2026,1/1/2026,Cổng số 9\n\
        =cmd(),037490001234,1990-01-01,may-10,,,,\n\
        Trần Thị B,\"3,7090E+10\",,may-10,,,,\n\
        Lê C,161234567,,may-10,,,,\n\
        Lê D,037090001234,01/01/1991,may-10,,,,\n\
        Lê E,037390001234,,may-10,,,,\n";
    let read = file(text, &setting());
    assert_eq!(read.rows, 7);
    let expected = [
        (3, "group_unknown"),
        (3, "schedule_unknown"),
        (3, "gate_unknown"),
        (3, "empty"),
        (3, "bad_date"),
        (3, "bad_number"),
        (3, "ends_before"),
        (4, "formula"),
        (4, "number_century"),
        (5, "number_mangled"),
        (6, "old_number"),
        (7, "number_birth"),
        (8, "number_future"),
    ];
    assert_eq!(codes(&read), expected);
    let gate = read.errors.iter().find(|problem| problem.code == "gate_unknown").unwrap();
    assert_eq!(gate.column, "Cổng");
    assert!(gate.vi.contains("Cổng số 1") && gate.en.contains("gates:"));
    assert!(read.errors.iter().all(|problem| !problem.vi.is_empty() && !problem.en.is_empty()));
    assert!(read.errors.iter().all(|problem| !problem.vi.contains("0370") && !problem.en.contains("0370")));
}

#[test]
fn a_zero_that_a_spreadsheet_dropped_is_put_back_with_a_warning_or_refused() {
    let read = file(
        "Họ tên;CCCD\nAn Văn;37090001234\nBình Văn;1085900101\nCó Văn;99090001234\nDu Văn;3709000123\n",
        &setting(),
    );
    assert_eq!(
        read.good.iter().map(|d| d.number.as_deref().unwrap()).collect::<Vec<_>>(),
        ["037090001234", "001085900101"]
    );
    assert_eq!(
        read.warnings.iter().map(|w| (w.row, w.code)).collect::<Vec<_>>(),
        [(2, "zero_restored"), (3, "zero_restored")]
    );
    assert_eq!(codes(&read), [(4, "bad_number"), (5, "bad_number")]);
}

#[test]
fn foreigners_come_by_passport_and_minors_are_not_enrolled_without_a_guardian() {
    let text = "Full name,Card number,Passport,Nationality,Date of birth,Enrol face,Guardian\n\
        Kim Min-jun,,m1234 5678,Hàn Quốc,,,\n\
        John Doe,,123456789,xx land,,,\n\
        Jane Doe,037090001234,X1234567,USA,,,\n\
        Nguyễn Nhỏ,037212001234,,,01/01/2012,có,\n\
        Nguyễn Nhỏ,037212001235,,,01/01/2012,có,Nguyễn Văn Mẫu\n\
        Nguyễn Lớn,037090001236,,,01/01/1990,x,\n";
    let read = file(text, &setting());
    assert_eq!(codes(&read), [(3, "country_unknown"), (4, "two_papers"), (5, "minor_without_guardian")]);
    assert_eq!(read.good[0].number.as_deref(), Some("KOR:M12345678"));
    assert_eq!(read.warnings.iter().filter(|w| w.code == "face_elsewhere").count(), 2);
}

#[test]
fn an_enterprise_imports_only_into_its_own_group_and_learns_of_no_other() {
    let setting = Setting { only_group: Some("may-10".into()), ..setting() };
    let read = file(
        "Họ tên,CCCD,Doanh nghiệp\nAn Văn,037090001234,\nAn Văn,037090001235,Gốm sứ Ninh Bình\nAn Văn,037090001236,Lạ\n",
        &setting,
    );
    assert_eq!(codes(&read), [(3, "other_group"), (4, "other_group")]);
    assert_eq!(read.errors[0].vi, read.errors[1].vi, "the answer does not tell whether the group is there");
    assert_eq!(read.good[0].group.as_deref(), Some("may-10"));
}

#[test]
fn the_same_file_twice_changes_nothing_and_a_changed_cell_is_one_change() {
    let text = "Họ tên,CCCD,Doanh nghiệp,Ca,Đến ngày\nĐỗ Thị Ánh,037190001234,may-10,ca 1,31/12/2026\nAn Văn Bình,037090001235,may-10,,\n";
    let (first, problems) = planned(text, &[]);
    assert_eq!((first.counts(), problems.len()), ((2, 0, 0), 0));
    assert_eq!(first.rows[0].member.label, "Đỗ T. Á.");
    assert_eq!(
        first.rows[0].member.valid_until_ms,
        Some("2026-12-31T17:00:00Z".parse::<Timestamp>().unwrap().as_millisecond())
    );
    let list = first.to_write();
    assert_eq!(planned(text, &list).0.counts(), (0, 0, 2));
    let (other, _) = planned(&text.replace("ca 1", "ca 2"), &list);
    assert_eq!(other.counts(), (0, 1, 1));
    assert_eq!(other.rows[0].change, Change::Changed(vec!["schedule"]));
    assert_eq!(other.rows[0].member.member_id, list[0].member_id);
    // A column that the file does not have leaves its values alone.
    let (short, _) = planned("Họ tên,CCCD,Doanh nghiệp\nĐỗ Thị Ánh,037190001234,may-10\n", &list);
    assert_eq!((short.counts(), short.missing.len()), ((0, 0, 1), 1));
    assert_eq!(short.missing[0].member_id, list[1].member_id);
}

#[test]
fn vehicles_need_plates_that_exist_and_drivers_that_are_known() {
    let people = planned("Họ tên,CCCD,Doanh nghiệp\nĐỗ Thị Ánh,037190001234,may-10\n", &[]).0.to_write();
    let text = "Biển số;Loại xe;Doanh nghiệp;Người lái\n35A-123.45;ô tô;may-10;037190001234\n35B1-234.56;xe máy;may-10;\n35A 123 45;;may-10;\n35C-111.11;;may-10;037090009999\n";
    let setting = setting();
    let read = file(text, &setting);
    assert_eq!(codes(&read), []);
    let (plan, problems) = plan(read.good, &people, &setting, Author { site: "kcn", by: "hr", now_ms: 5 });
    assert_eq!(
        problems.iter().map(|p| (p.row, p.code)).collect::<Vec<_>>(),
        [(4, "row_twice"), (5, "driver_unknown")]
    );
    assert_eq!(plan.rows[0].member.drivers, [people[0].member_id.clone()]);
    assert_eq!(
        (plan.rows[0].member.label.as_str(), plan.rows[0].member.plate.as_deref()),
        ("Công ty CP May 10", Some("35A12345"))
    );
    assert_eq!(plan.rows[1].member.vehicle_group.as_deref(), Some("motorcycle"));
    assert_eq!(
        codes(&file("Biển số\nABC\n\n35A-00000000\n", &setting)),
        [(2, "bad_plate"), (4, "bad_plate")]
    );
}

#[test]
fn a_template_is_understood_by_its_own_reader_in_both_languages() {
    use crate::auth::Language::{En, Vi};
    for (kind, language) in [(Kind::Person, Vi), (Kind::Person, En), (Kind::Vehicle, Vi), (Kind::Vehicle, En)]
    {
        for bytes in [template::csv(kind, language).into_bytes(), template::workbook(kind, language).unwrap()]
        {
            let table = tables::read(&bytes).unwrap();
            assert_eq!(kind_of(&table), kind);
            let read = read(table, kind, &setting()).unwrap();
            assert_eq!((read.rows, read.ignored.len()), (0, 0));
        }
    }
}

#[test]
fn a_preview_waits_half_an_hour_for_its_own_account_and_memory_is_bounded() {
    let previews = Previews::default();
    let preview = |at| Preview {
        site: "kcn".into(),
        user_id: "u".into(),
        list_version: 1,
        bad_rows: 0,
        end_missing: false,
        plan: Plan::default(),
        made_at_ms: at,
    };
    let id = previews.keep(preview(0));
    assert!(previews.get(&id, "u", KEEP_MS - 1).is_some());
    assert!(previews.get(&id, "other", 1).is_none() && previews.get(&id, "u", KEEP_MS).is_none());
    let ids: Vec<String> = (0..MOST as i64 + 3).map(|at| previews.keep(preview(at + 1))).collect();
    assert_eq!(ids.iter().filter(|id| previews.get(id, "u", 100).is_some()).count(), MOST);
    previews.forget(&ids[MOST]);
    assert!(previews.get(&ids[MOST], "u", 100).is_none());
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{8,13}",
        "\\PC{0,12}",
        "[=+@-]\\PC{0,6}",
        "[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}",
        Just("037090001234".to_owned()),
        Just("may-10".to_owned()),
        Just("35A-123.45".to_owned()),
        Just("Nguyễn Văn Mẫu".to_owned()),
        Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn no_rows_make_the_import_panic_and_every_row_is_good_or_has_a_problem(
        heads in proptest::sample::subsequence(
            vec!["Họ tên", "CCCD", "Hộ chiếu", "Quốc tịch", "Ngày sinh", "Doanh nghiệp", "Ca", "Cổng", "Từ ngày", "Đến ngày", "Biển số", "Người lái"], 2..12),
        rows in proptest::collection::vec(proptest::collection::vec(cell(), 0..12), 0..20),
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(&heads).unwrap();
        for row in &rows {
            writer.write_record(if row.is_empty() { &[""][..] } else { &[] }).ok();
            if !row.is_empty() { writer.write_record(row).unwrap(); }
        }
        let bytes = writer.into_inner().unwrap();
        if let Ok(table) = tables::read(&bytes) {
            let (kind, setting) = (kind_of(&table), setting());
            if let Ok(read) = read(table, kind, &setting) {
                let bad: std::collections::BTreeSet<u32> = read.errors.iter().map(|problem| problem.row).collect();
                prop_assert_eq!(read.good.len() + bad.len(), read.rows as usize);
                prop_assert!(read.good.iter().all(|draft| !bad.contains(&draft.line)));
                let good = read.good.len();
                let (plan, problems) = plan(read.good, &[], &setting, Author { site: "kcn", by: "hr", now_ms: 5 });
                prop_assert_eq!(plan.rows.len() + problems.len(), good);
                // Applied and planned again, the same rows change nothing.
                let list = plan.to_write();
                prop_assert_eq!(list.len(), plan.counts().0);
            }
        }
    }
}
