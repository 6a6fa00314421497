//! Every template filled with hard names, and what the PDF says when it is read back.

mod reader;

use std::path::Path;

use jiff::civil::date;

use super::fields::{long_date, moment, vnd, vnd_words};
use super::{DocumentError, Fields, Template, Templates, render, write};

const URL: &str = "https://vonggac.example/xac-minh/abcdefghijklmnopqrstuvwxyz";
/// Every stacked mark, small and capital, and a name that wraps.
const OWNER: &str = "NGUYỄN THỊ HƯỜNG ẨẪẦẤẬ ẲẴẰẮẶ ỂỄỀẾỆ ỔỖỒỐỘ ỞỠỜỚỢ ỬỮỪỨỰ";
const ADDRESS: &str = "Số 123/45/67 ngõ 89 đường Trường Chinh kéo dài, tổ dân phố số 14, phường Đông Thành, \
    thành phố Hoa Lư cũ, nay là phường Hoa Lư, tỉnh Ninh Bình; ẩẫầấậ ẳẵằắặ ểễềếệ ổỗồốộ ởỡờớợ ửữừứự ỷỹỳýỵ";

fn template(key: &str) -> &'static Template {
    Templates::find(key, date(2026, 11, 21)).unwrap()
}

fn act(n: usize) -> Fields {
    Fields::new()
        .text("act", format!("Không chấp hành hiệu lệnh của đèn tín hiệu giao thông ({n})"))
        .text("act_clause", "điểm b khoản 9 Điều 6 NĐ 168/2024/NĐ-CP")
        .text("act_basis", "điểm b khoản 9 Điều 6 NĐ 168/2024/NĐ-CP")
        .text("act_at", moment("2026-11-21T00:05:00Z".parse().unwrap()))
        .text("act_place", "nút giao Lê Đại Hành - Trần Hưng Đạo, phường Hoa Lư")
        .text("act_range", "từ 18.000.000 đồng đến 20.000.000 đồng")
        .text("act_amount", vnd(19_000_000))
}

/// Fields of every template, so many acts.
pub(crate) fn fields(acts: usize) -> Fields {
    let evidence = |n: usize| {
        Fields::new()
            .text("evidence_name", format!("Ảnh toàn cảnh số {n}"))
            .text("evidence_sha256", "7f".repeat(32))
            .text("attachment", format!("Ảnh toàn cảnh số {n}"))
            .text("attachment_sha256", "7f".repeat(32))
    };
    let texts = [
        ("parent_unit", "CÔNG AN TỈNH NINH BÌNH"),
        ("unit", "PHÒNG CẢNH SÁT GIAO THÔNG"),
        ("unit_name", "Phòng Cảnh sát giao thông Công an tỉnh Ninh Bình"),
        ("unit_code", "PC08"),
        ("number", "000123/TB-PC08"),
        ("place", "Ninh Bình"),
        ("date_long", "ngày 21 tháng 11 năm 2026"),
        ("to_name", OWNER),
        ("to_unit", "Công an phường Đông Thành, tỉnh Ninh Bình"),
        ("to_address", ADDRESS),
        ("to_number", "037090001234"),
        ("owner_name", OWNER),
        ("owner_address", ADDRESS),
        ("plate", "35A-123.45"),
        ("plate_colour", "trắng"),
        ("vehicle_type", "Ô tô con"),
        ("vehicle_make", "Toyota Vios"),
        ("detecting_unit", "Đội Chỉ huy giao thông và điều khiển đèn tín hiệu"),
        ("view_url", "https://vonggac.example/vi-pham"),
        ("view_code", "K7QX-2MPA"),
        ("office", "Đội 2, số 1 đường Lê Đại Hành"),
        ("appear_from", "ngày 01/12/2026"),
        ("appear_to", "ngày 15/12/2026"),
        ("phone", "0229 3871 113"),
        ("warning_days", "20"),
        ("signer_title", "TRƯỞNG PHÒNG"),
        ("signer_name", "Thượng tá Trần Văn Dũng"),
        ("document_id", "abcdefghijklmnopqrstuvwxyz"),
        ("decision_number", "000456/QĐ-XPHC"),
        ("decision_date", "ngày 28/11/2026"),
        ("decision_unit", "Phòng Cảnh sát giao thông"),
        ("licence_number", "370123456789"),
        ("licence_class", "B"),
        ("points", "4"),
        ("act", "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông"),
        ("act_clause", "điểm b khoản 9 Điều 6"),
        ("points_before", "12"),
        ("points_after", "8"),
        ("points_at", "ngày 28/11/2026"),
        ("restore_months", "12"),
        ("reason", "chủ phương tiện cư trú tại địa phương khác"),
        ("notice_date", "21/11/2026"),
        ("notice_number", "000123/TB-PC08"),
        ("made_at", "08 giờ 30 phút, ngày 25/11/2026"),
        ("made_place", "trụ sở Phòng Cảnh sát giao thông"),
        ("officer_name", "Đại úy Phạm Thị Ngọc Ánh"),
        ("officer_title", "Cán bộ"),
        ("device", "Camera giám sát giao thông"),
        ("device_serial", "SN-0042"),
        ("approval_number", "12/QĐ-PC08"),
        ("device_user", "Đại úy Phạm Thị Ngọc Ánh"),
        ("statement", "Đồng ý với nội dung biên bản"),
        ("explanation_request_until", "ngày 27/11/2026"),
        ("explanation_until", "ngày 02/12/2026"),
        ("signer_authority", "TRƯỞNG PHÒNG CẢNH SÁT GIAO THÔNG"),
        ("minutes_number", "000789/BB-VPHC"),
        ("minutes_date", "ngày 25/11/2026"),
        ("mitigating", "không"),
        ("aggravating", "không"),
        ("total", "19.000.000 đồng"),
        ("total_words", "Mười chín triệu đồng"),
        ("effective_date", "ngày 28/11/2026"),
        ("payment_days", "10"),
        ("treasury_account", "7111.0.1234567"),
        ("treasury", "Kho bạc Nhà nước khu vực VI"),
        ("late_rate", "0,05%"),
        ("amount", "19.000.000 đồng"),
        ("late_interest", "285.000 đồng"),
        ("late_days", "30"),
        ("paid", "19.285.000 đồng"),
        ("paid_words", "Mười chín triệu hai trăm tám mươi lăm nghìn đồng"),
        ("paid_at", "10 giờ 00 phút, ngày 08/01/2027"),
        ("bill_code", "HD-2027-1"),
        ("receipt_number", "BL-2027-000001"),
    ];
    texts
        .into_iter()
        .fold(Fields::new(), |fields, (name, value)| fields.text(name, value))
        .rows("acts", (1..=acts).map(act).collect())
        .rows("evidence", (1..=3).map(evidence).collect())
        .rows("attachments", (1..=3).map(evidence).collect())
}

/// The text of every page, as a reader copies it.
fn text_of(template: &Template, fields: &Fields) -> Vec<String> {
    let pages = reader::pages(&write(template, fields, URL, false).unwrap());
    pages.iter().map(|page| page.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Writes the PDF where a person can look at it, if asked to.
fn show(name: &str, pdf: &[u8]) {
    if let Some(folder) = std::env::var_os("SHOW_DOCUMENTS") {
        std::fs::write(Path::new(&folder).join(format!("{name}.pdf")), pdf).unwrap();
    }
}

#[test]
fn every_template_is_printed_with_its_fields_in_unicode() {
    for template in Templates::all() {
        let fields = fields(2);
        let pdf = render(template, &fields, URL).unwrap();
        show(&template.key, &pdf);
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 300_000, "{} {}", template.key, pdf.len());
        let text = text_of(template, &fields).join(" ");
        let mut expected =
            vec!["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "35A-123.45"];
        if !matches!(template.key.as_str(), "transfer" | "commune") {
            expected.push(OWNER);
        }
        for name in template.needs() {
            expected.extend(fields.get(&name));
        }
        let flat = |text: &str| text.replace([' ', '\u{a0}'], "");
        let flat_text = flat(&text);
        for value in expected.iter().filter(|value| template.key != "points" || **value != "35A-123.45") {
            assert!(flat_text.contains(&flat(value)), "{}: {value}\nis not in\n{text}", template.key);
        }
    }
}

#[test]
fn every_missing_field_is_named_at_once_and_blank_ones_are_missing() {
    let Err(DocumentError::Missing { template: name, missing }) =
        render(template("notice"), &Fields::new().text("plate", " \n ").text("phone", "1"), URL)
    else {
        panic!("a notice without fields");
    };
    assert_eq!(name, "notice");
    for needed in
        ["acts", "plate", "to_name", "to_address", "number", "signer_name", "document_id", "warning_days"]
    {
        assert!(missing.iter().any(|one| one == needed), "{needed} in {missing:?}");
    }
    assert!(!missing.iter().any(|one| one == "phone" || one == "vehicle_make" || one == "parent_unit"));
    // A row that lacks something is a missing field too.
    let rows = fields(1).rows("acts", vec![Fields::new()]);
    assert!(matches!(render(template("notice"), &rows, URL), Err(DocumentError::Missing { missing, .. })
            if missing == ["act_at", "act_place", "act_range"]),);
}

#[test]
fn blocks_without_their_field_are_left_out() {
    let plain = Fields::new();
    let all = fields(1);
    let without = template("notice").needs();
    assert!(!without.contains(&"vehicle_make".to_owned()));
    let given = without.iter().fold(plain, |fields, name| fields.maybe(name, all.get(name)));
    let given = given.rows("acts", vec![act(1)]);
    let text = text_of(template("notice"), &given).join(" ");
    assert!(!text.contains("Nhãn hiệu") && !text.contains("CÔNG AN TỈNH NINH BÌNH"), "{text}");
}

#[test]
fn a_long_document_breaks_into_numbered_pages_and_loses_nothing() {
    let pdf = render(template("decision"), &fields(40), URL).unwrap();
    show("long", &pdf);
    let pages = text_of(template("decision"), &fields(40));
    assert!(pages.len() > 3, "{}", pages.len());
    assert!(pages[1].ends_with(" 2") && pages[2].ends_with(" 3"), "{}", pages[1]);
    assert!(!pages[0].ends_with(" 1"), "{}", pages[0]);
    let text = pages.join(" ");
    for n in 1..=40 {
        assert!(text.contains(&format!("giao thông ({n})")), "act {n}");
    }
    // The signature stands with its name, and the code after it.
    let last = pages.last().unwrap();
    assert!(last.contains("Mã văn bản"), "{last}");
}

#[test]
fn signature_and_code_never_stand_on_a_page_without_text_of_the_document() {
    let ends = [
        ("notice", "ứng dụng VNeTraffic"),
        ("minutes", "ký tên dưới đây"),
        ("decision", "theo quy định của pháp luật"),
        ("points", "phục hồi đủ điểm"),
        ("transfer", "Điện thoại liên hệ"),
        ("commune", "theo số điện thoại"),
        ("receipt", "theo quy định"),
    ];
    for template in Templates::all() {
        let (_, end) = ends.iter().find(|(key, _)| *key == template.key).unwrap();
        // Wherever the page happens to break.
        for acts in 1..16 {
            let pages = text_of(template, &fields(acts));
            let last = pages.last().unwrap();
            assert!(last.contains("Mã văn bản") && last.contains(end), "{} {acts}: {last}", template.key);
        }
    }
}

#[test]
fn the_same_fields_give_the_same_bytes_and_another_field_does_not() {
    let one = render(template("decision"), &fields(3), URL).unwrap();
    assert_eq!(render(template("decision"), &fields(3), URL).unwrap(), one);
    assert_ne!(render(template("decision"), &fields(3).text("number", "2"), URL).unwrap(), one);
    assert_ne!(render(template("decision"), &fields(3), "https://other.example/").unwrap(), one);
}

#[test]
fn letters_that_no_font_has_are_refused_and_hidden_ones_are_dropped() {
    let strange = fields(1).text("to_name", "Lý Tiểu Long 李小龍");
    let Err(DocumentError::Unprintable { characters, .. }) = render(template("notice"), &strange, URL) else {
        panic!("printed as empty boxes");
    };
    assert!(characters.contains("李 (U+674E)") && characters.contains('龍'), "{characters}");
    // Turned text could make one name read as another.
    let turned = Fields::new().text("name", "An\u{202e}hniB\u{200b} \u{feff}Bình\t\r\n");
    assert_eq!(turned.get("name"), Some("AnhniB Bình"));
    let split = Fields::new().text("name", "Nguye\u{302}\u{303}n");
    assert_eq!(split.get("name"), Some("Nguyễn"));
    // What looks like markup in a field is text.
    let marked = fields(1).text("to_name", "**An** {plate} __B__");
    let page = &text_of(template("notice"), &marked)[0];
    assert!(page.contains("**An** {plate} __B__"), "{page}");
}

#[test]
fn an_address_that_fits_no_code_is_refused() {
    let long = format!("https://{}", "a".repeat(3000));
    assert_eq!(render(template("notice"), &fields(1), &long), Err(DocumentError::LongAddress(3008)));
}

#[test]
fn amounts_and_days_are_written_as_on_paper() {
    for (amount, text, words) in [
        (0, "0 đồng", "Không đồng"),
        (285_000, "285.000 đồng", "Hai trăm tám mươi lăm nghìn đồng"),
        (19_000_000, "19.000.000 đồng", "Mười chín triệu đồng"),
        (5_000_000, "5.000.000 đồng", "Năm triệu đồng"),
        (700_000, "700.000 đồng", "Bảy trăm nghìn đồng"),
        (21_000_500, "21.000.500 đồng", "Hai mươi mốt triệu năm trăm đồng"),
        (105_000, "105.000 đồng", "Một trăm linh năm nghìn đồng"),
        (1_005_015, "1.005.015 đồng", "Một triệu không trăm linh năm nghìn không trăm mười lăm đồng"),
        (2_000_000_000, "2.000.000.000 đồng", "Hai tỷ đồng"),
    ] {
        assert_eq!((vnd(amount).as_str(), vnd_words(amount).as_str()), (text, words));
    }
    assert_eq!(long_date(date(2026, 11, 5)), "ngày 05 tháng 11 năm 2026");
    assert_eq!(long_date(date(2027, 2, 1)), "ngày 01 tháng 02 năm 2027");
    assert_eq!(moment("2026-11-20T17:05:00Z".parse().unwrap()), "00 giờ 05 phút, ngày 21/11/2026");
}

#[test]
fn templates_say_since_when_and_by_which_text() {
    let mut keys: Vec<_> = Templates::all().iter().map(|one| one.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["commune", "decision", "minutes", "notice", "points", "receipt", "transfer"]);
    assert!(Templates::all().iter().all(|one| !one.legal_basis.is_empty() && !one.blocks.is_empty()));
    assert!(matches!(Templates::find("notice", date(2024, 12, 31)), Err(DocumentError::NoTemplate { .. })));
    assert!(Templates::find("letter", date(2026, 11, 21)).is_err());
}
