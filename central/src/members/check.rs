//! Checks of single values, shared by files and forms: what is wrong, in both languages, and never a value that was typed.

use jiff::civil::Date;
use wire::identity::CitizenNumber;
use wire::plate::{Hint, normalise, parse};

/// What is wrong: a stable word, Vietnamese, English.
pub type Wrong = (&'static str, String, String);

/// A finding from its parts.
pub fn wrong(code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Wrong {
    (code, vi.into(), en.into())
}

/// A 12-digit identity number that may have gone through a spreadsheet. Returns the number and, where zeros had to be put back,
/// a warning.
///
/// # Errors
/// Why it is none, and what to do.
pub fn citizen_number(
    typed: &str,
    birth: Option<Date>,
    today: Date,
) -> Result<(CitizenNumber, Option<Wrong>), Wrong> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    if typed.contains(['E', 'e', '+']) && typed.bytes().any(|b| b.is_ascii_digit()) {
        return Err(wrong(
            "number_mangled",
            "bảng tính đã rút gọn số (dạng 3,7E+10) nên mất chữ số: đặt cột là Văn bản, nhập lại 12 số",
            "the spreadsheet shortened the number (3.7E+10), digits are lost: make the column Text and type the 12 digits again",
        ));
    }
    let digits = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    if digits && plain.len() == 9 {
        return Err(wrong(
            "old_number",
            "số CMND 9 số không còn giá trị: nhập số định danh 12 số",
            "identity cards with 9 digits are no longer valid: enter the 12-digit number",
        ));
    }
    let (text, padded) = match plain.len() {
        10 | 11 if digits => (format!("{plain:0>12}"), true),
        _ => (plain, false),
    };
    let number = CitizenNumber::parse(&text, today).map_err(|error| {
        use wire::identity::IdentityError as E;
        match error {
            _ if padded => missing_digits(),
            E::BornInFuture => wrong(
                "number_future",
                "số định danh ghi năm sinh trong tương lai: kiểm tra lại từng số",
                "the number says a year of birth in the future: check its digits",
            ),
            E::Century => wrong(
                "number_century",
                "số thứ tư của số định danh phải từ 0 đến 3: kiểm tra lại từng số",
                "the fourth digit must be 0 to 3: check the digits",
            ),
            _ => wrong("bad_number", "số định danh phải đủ 12 chữ số", "an identity number has 12 digits"),
        }
    })?;
    if birth.is_some_and(|birth| birth.year() != number.birth_year()) {
        return Err(wrong(
            "number_birth",
            "năm sinh không khớp với số định danh: kiểm tra cả hai",
            "the year of birth contradicts the number: check both",
        ));
    }
    if !padded {
        return Ok((number, None));
    }
    // A zero lost in front is certain only when what results is a number that can be.
    if number.place().is_none() {
        return Err(missing_digits());
    }
    let warning = wrong(
        "zero_restored",
        "bảng tính đã bỏ số 0 ở đầu, đã thêm lại: kiểm tra trước khi áp dụng",
        "the spreadsheet dropped the leading zero, it was put back: check before applying",
    );
    Ok((number, Some(warning)))
}

fn missing_digits() -> Wrong {
    wrong(
        "bad_number",
        "số định danh thiếu chữ số: đặt cột là Văn bản, nhập đủ 12 số",
        "digits of the number are missing: make the column Text and type all 12",
    )
}

/// A plate in canonical form.
///
/// # Errors
/// Why it is none.
pub fn plate(typed: &str) -> Result<String, Wrong> {
    let canonical = normalise(typed);
    if typed.chars().count() <= 24 && parse(&canonical, &Hint::default()).is_valid() {
        return Ok(canonical);
    }
    Err(wrong(
        "bad_plate",
        "không phải biển số hợp lệ: nhập như trên biển, ví dụ 35A-123.45",
        "not a plate that can be issued: enter it as printed, such as 35A-123.45",
    ))
}

/// A person's or enterprise's name.
///
/// # Errors
/// Why it is none.
pub fn name(typed: &str) -> Result<String, Wrong> {
    let name = crate::tables::tidy(typed);
    if name.starts_with(['=', '+', '-', '@']) {
        return Err(wrong(
            "formula",
            "ô bắt đầu bằng dấu của công thức (= + - @): nhập lại bằng chữ",
            "the cell begins like a formula (= + - @): type plain text",
        ));
    }
    if !(2..=100).contains(&name.chars().count()) || !name.chars().any(char::is_alphabetic) {
        return Err(wrong(
            "bad_name",
            "họ và tên phải có từ 2 đến 100 ký tự",
            "a name has 2 to 100 characters",
        ));
    }
    if name.chars().filter(char::is_ascii_digit).count() > 4 {
        return Err(wrong(
            "bad_name",
            "họ và tên không được chứa số: kiểm tra có lệch cột",
            "a name holds no numbers: check whether columns are shifted",
        ));
    }
    Ok(name)
}

/// Age in whole years on a day.
pub fn age(birth: Date, today: Date) -> i16 {
    let before = (today.month(), today.day()) < (birth.month(), birth.day());
    today.year() - birth.year() - i16::from(before)
}

/// Below this age a face is enrolled only with a guardian's consent, years.
pub const ADULT_CONSENT_AGE: i16 = 16;
