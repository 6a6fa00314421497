//! Plate grammar: any text, any layout. Nothing panics, and what is called a plate is one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::plate::{Hint, PlateColour, PlateKind, VehicleGroup, normalise, parse, read};

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses what is known besides the text.
    let Some((&bits, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let hint = Hint {
        lines: [None, Some(1), Some(2), Some(9)][usize::from(bits & 3)],
        vehicle: [None, Some(VehicleGroup::Car), Some(VehicleGroup::Motorcycle), None]
            [usize::from(bits >> 2 & 3)],
        colour: [None, Some(PlateColour::Red), Some(PlateColour::Blue), Some(PlateColour::White)]
            [usize::from(bits >> 4 & 3)],
        break_at: (bits & 0x40 != 0).then_some(usize::from(bits >> 5)),
        ..Hint::default()
    };
    let canonical = normalise(text);
    assert_eq!(normalise(&canonical), canonical, "normalising twice changes the text");
    for plate in parse(&canonical, &hint).candidates {
        assert_eq!(plate.canonical, canonical);
        assert_eq!(normalise(&plate.display()), canonical, "the printed form is another plate");
    }
    let lines: Vec<&str> = text.lines().collect();
    let reading = read(&lines, &hint);
    assert_eq!(reading.valid, reading.kind.is_some());
    if reading.kind == Some(PlateKind::Military) || hint.colour == Some(PlateColour::Red) {
        assert!(reading.edits.is_empty(), "a military read was repaired");
    }
    if reading.valid {
        assert_eq!(normalise(&reading.display), reading.text);
    }
});
