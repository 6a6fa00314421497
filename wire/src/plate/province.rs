//! Two-digit province codes of plates. The code says where a vehicle was **first registered**, not where its owner
//! lives: a notice is never routed by it.

use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/provinces.csv");

/// One issued code. Codes from before the mergers of 2025 stay valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province {
    /// The code, `11..=99`.
    pub code: u8,
    /// The province that issued the code before the mergers.
    pub old_name: &'static str,
    /// The province it belongs to now.
    pub current_name: &'static str,
    /// Since when `current_name` holds, ISO date.
    pub current_from: &'static str,
    /// The regulation behind the row.
    pub legal_basis: &'static str,
}

/// All issued codes in ascending order.
pub fn all() -> &'static [Province] {
    static ROWS: OnceLock<Vec<Province>> = OnceLock::new();
    ROWS.get_or_init(|| TABLE.lines().skip(1).filter_map(row).collect())
}

/// The province of a code, or `None` when the code was never issued.
pub fn by_code(code: u8) -> Option<&'static Province> {
    let rows = all();
    rows.binary_search_by_key(&code, |p| p.code).ok().map(|i| &rows[i])
}

fn row(line: &'static str) -> Option<Province> {
    let mut fields = line.split(',');
    Some(Province {
        code: fields.next()?.parse().ok()?,
        old_name: fields.next()?,
        current_name: fields.next()?,
        current_from: fields.next()?,
        legal_basis: fields.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_one_codes_are_issued_and_sorted() {
        assert_eq!(all().len(), 81);
        assert_eq!(all().len(), TABLE.lines().count() - 1, "a row of the table could not be read");
        assert!(all().windows(2).all(|w| w[0].code < w[1].code));
    }

    #[test]
    fn codes_that_were_never_issued_have_no_province() {
        for code in [0, 10, 13, 42, 44, 45, 46, 87, 91, 96, 100] {
            assert_eq!(by_code(code), None, "{code}");
        }
    }

    #[test]
    fn a_merged_province_is_known_by_its_old_and_its_current_name() {
        let p = by_code(90).expect("90 is issued");
        assert_eq!((p.old_name, p.current_name), ("Hà Nam", "Ninh Bình"));
        let p = by_code(35).expect("35 is issued");
        assert_eq!((p.old_name, p.current_name), ("Ninh Bình", "Ninh Bình"));
        let current: std::collections::BTreeSet<_> = all().iter().map(|p| p.current_name).collect();
        assert_eq!(current.len(), 34 + 1, "34 provinces and the central traffic police department");
    }
}
