//! Card parser: any text from any QR code. Nothing panics, and what is taken as a card holds a well-formed number.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use wire::identity::{CardQr, CitizenNumber};

fuzz_target!(|text: &str| {
    let today = date(2026, 6, 1);
    if let Ok(card) = CardQr::parse(text, today) {
        assert!(CitizenNumber::parse(card.number.as_str(), today).is_ok());
        assert!(card.born <= today && card.issued.is_none_or(|issued| issued <= today));
        let _ = card.mismatches();
        // A card must not reach a log by accident.
        let shown = format!("{card:?}");
        assert!(!shown.contains(card.number.as_str()));
    }
    let _ = CitizenNumber::parse(text, today);
});
