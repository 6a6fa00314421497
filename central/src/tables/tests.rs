use proptest::prelude::*;

use super::*;

const KNOWN: &[columns::Known] = &[
    columns::Known { key: "name", vi: "Họ và tên", en: "Full name", also: &["ho ten"], needed: true },
    columns::Known {
        key: "number",
        vi: "Số định danh",
        en: "Card number",
        also: &["cccd", "so cccd"],
        needed: false,
    },
];

fn column(table: &Table, columns: &columns::Columns, key: &str) -> Vec<String> {
    table.rows.iter().map(|(_, cells)| columns.cell(key, cells).unwrap().0.typed()).collect()
}

#[test]
fn a_csv_of_any_spreadsheet_is_the_same_table() {
    let decomposed: String = "Họ Và Tên;SỐ CCCD\r\nĐỗ Thị Ánh;037190001234\r\n".nfd().collect();
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain("Số CCCD (*)\tHọ tên\n037190001234\t Đỗ  Thị Ánh \n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let files: [&[u8]; 5] = [
        "\u{feff}Họ và tên,Số định danh\nĐỗ Thị Ánh,037190001234\n".as_bytes(),
        decomposed.as_bytes(),
        &wide,
        "sep=;\nfull NAME;card number\n\"Đỗ Thị Ánh\";'037190001234\n".as_bytes(),
        "DANH SÁCH NGƯỜI LAO ĐỘNG,,\n,,\nHọ và tên,Số định danh,Ghi chú\nĐỗ Thị Ánh,037190001234,x\n,,\n"
            .as_bytes(),
    ];
    for file in files {
        let mut table = read(file).unwrap();
        let columns = columns::take(&mut table, KNOWN).unwrap();
        assert_eq!(column(&table, &columns, "name"), ["Đỗ Thị Ánh"], "{}", String::from_utf8_lossy(file));
        assert_eq!(column(&table, &columns, "number"), ["037190001234"]);
    }
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    for end in ["\n", "\r\n"] {
        let text = ["Họ tên,CCCD", "a,1", "", "\"b", "c\",2", ",,", "d,3"].join(end);
        let lines: Vec<u32> = read(text.as_bytes()).unwrap().rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 4, 7], "{end:?}");
    }
    let named = read("sep=,\nHọ tên,CCCD\na,1\n".as_bytes()).unwrap();
    assert_eq!(named.rows[1].0, 3);
}

#[test]
fn what_is_no_table_is_refused_with_what_to_do() {
    let code = |bytes: &[u8]| read(bytes).unwrap_err().code;
    assert_eq!(code(b"PK\x03\x04 no zip"), "bad_xlsx");
    assert_eq!(code(b"\xD0\xCF\x11\xE0"), "old_excel");
    assert_eq!(code(b"H\xF2 t\xEAn,S\xF4\n"), "not_utf8");
    assert_eq!(code(b"\x7fELF\0\0\0"), "not_a_table");
    assert_eq!(code(&vec![b'a'; MAX_BYTES + 1]), "too_large");
    assert_eq!(code("a\n".repeat(MAX_ROWS + 2).as_bytes()), "too_many_rows");
    let heading = |text: &str| columns::take(&mut read(text.as_bytes()).unwrap(), KNOWN).unwrap_err().code;
    assert_eq!(heading(""), "no_heading");
    assert_eq!(heading("x,y\n1,2\n"), "no_heading");
    assert_eq!(heading("CCCD\n1\n"), "column_missing");
    assert_eq!(heading("Họ tên,Họ và tên\n1,2\n"), "column_twice");
}

#[test]
fn a_workbook_comes_back_as_it_was_written_and_holds_no_formula() {
    let sheet = Sheet {
        name: "Danh sách".into(),
        head: vec!["Họ và tên".into(), "Số định danh".into()],
        rows: vec![
            vec!["=HYPERLINK(\"x\")".into(), "001085900101".into()],
            vec!["An".into(), Value::Number(1_085_900_101.0)],
        ],
    };
    let mut table = read(&xlsx(std::slice::from_ref(&sheet)).unwrap()).unwrap();
    let columns = columns::take(&mut table, KNOWN).unwrap();
    assert_eq!(column(&table, &columns, "name"), ["=HYPERLINK(\"x\")", "An"]);
    assert_eq!(column(&table, &columns, "number"), ["001085900101", "1085900101"]);
    let text = csv_text(&sheet);
    assert!(text.starts_with('\u{feff}') && text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
    let again = read(text.as_bytes()).unwrap();
    assert_eq!(again.rows[1].1[0].typed(), "=HYPERLINK(\"x\")");
}

#[test]
fn days_are_understood_as_people_here_write_them() {
    let day = |text: &str| Cell::text(text).day().map(|day| day.to_string());
    for text in [
        "01/02/1990",
        "1-2-1990",
        "1.2.1990",
        "1990-02-01",
        "01021990",
        "1990-02-01T00:00:00",
        "01/02/1990 08:00",
    ] {
        assert_eq!(day(text).as_deref(), Some("1990-02-01"), "{text}");
    }
    for text in [
        "13/13/1990",
        "31/02/1990",
        "1/2/90",
        "hôm nay",
        "1990",
        "0102199",
        "-1/2/1990",
        "+1/2/1990",
        "đđđđđđđđ",
    ] {
        assert_eq!(day(text), None, "{text}");
    }
    assert_eq!(Cell::Number(32_905.0).day().unwrap().to_string(), "1990-02-01");
    assert_eq!(Cell::Number(5.0).day(), None);
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000), zip in any::<bool>()) {
        let bytes = if zip { [b"PK\x03\x04".to_vec(), bytes].concat() } else { bytes };
        if let Ok(mut table) = read(&bytes) {
            let _ = columns::take(&mut table, KNOWN);
        }
    }

    #[test]
    fn no_text_makes_a_day_panic(text in "\\PC{0,20}") {
        let _ = Cell::text(&text).day();
        let _ = folded(&text);
    }

    #[test]
    fn a_workbook_with_damaged_bytes_is_refused_or_read_and_never_panics(at in 0usize..4000, byte in any::<u8>()) {
        let sheet = Sheet { name: "a".into(), head: vec!["Họ tên".into()], rows: vec![vec!["x".into()]; 3] };
        let mut bytes = xlsx(&[sheet]).unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes);
    }
}
