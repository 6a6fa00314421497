//! What a vote makes of looks, and what its score may claim.

use proptest::prelude::*;

use super::super::{CharChoice, PlateSeen};
use super::*;
use crate::geometry::BBox;

const PLACE: BBox = BBox { x: 1.0, y: 2.0, w: 30.0, h: 20.0 };

fn look(raw: &[&str], confidence: f32) -> PlateRead {
    let hint = Hint { lines: Some(raw.len() as u8), ..Hint::default() };
    let reading = wire::plate::read(raw, &hint);
    PlateRead {
        lines: raw.len() as u8,
        score: confidence,
        characters: CharChoice::alone(&reading.text, &vec![confidence; reading.text.len()]),
        colour: None,
        bbox: PLACE,
        corners: None,
        reading,
    }
}

fn of(looks: Vec<PlateRead>) -> PlateVote {
    let mut vote = PlateVote::new(None);
    for (i, read) in looks.into_iter().enumerate() {
        vote.push(i as u64, PlateOutcome::Read(read));
    }
    vote
}

fn vote(reads: &[(&[&str], f32)]) -> VoteResult {
    of(reads.iter().map(|(raw, confidence)| look(raw, *confidence)).collect()).result().expect("a result")
}

fn seen(value: PlateColour, score: f32) -> PlateOutcome {
    PlateOutcome::Seen(PlateSeen {
        reason: NoReading::Unreadable,
        bbox: PLACE,
        corners: None,
        score: 0.8,
        legible: 0,
        colour: Some(ColourSeen { value, score }),
    })
}

#[test]
fn three_looks_with_different_errors_give_the_right_text_but_not_a_sure_one() {
    let got = vote(&[(&["59-P1", "664.30"], 0.7), (&["59-F1", "664.80"], 0.7), (&["59-P1", "661.80"], 0.7)]);
    assert_eq!(got.reading.text, "59P166480");
    assert_eq!(got.reading.display, "59-P1 664.80");
    assert!(got.reading.valid && got.reading.score < 0.9, "{}", got.reading.score);
    assert_eq!((got.reading.votes, got.reading.reads), (0, 3));
    assert_eq!(got.reading.candidates.len(), 3);
    let first = &got.reading.candidates[0];
    assert_eq!((first.kind.as_deref(), first.reason.as_deref()), (Some("motorcycle_old"), Some("read")));
}

#[test]
fn one_clear_look_beats_two_blurred_ones_and_is_the_best_shot() {
    let got = vote(&[(&["30A-123.45"], 0.5), (&["30A-128.45"], 0.98), (&["30A-123.45"], 0.4)]);
    assert_eq!(got.reading.text, "30A12845");
    assert_eq!(got.best_shot, 1);
}

#[test]
fn a_second_choice_that_other_looks_confirm_wins() {
    let mut doubtful = look(&["51F-970.22"], 0.6);
    doubtful.characters[3] = CharChoice { best: '9', prob: 0.5, others: vec![('8', 0.45)] };
    let clear = look(&["51F-870.22"], 0.9);
    let got = of(vec![doubtful, clear]).result().expect("a result");
    assert_eq!((got.reading.text.as_str(), got.best_shot), ("51F87022", 1));
    assert_eq!(got.reading.candidates[0].text, "51F97022", "the other reading is kept");
}

#[test]
fn a_text_that_no_grammar_knows_loses_to_a_plate() {
    let got = vote(&[(&["I3O-X"], 0.9), (&["30A-123.45"], 0.8)]);
    assert_eq!(got.reading.text, "30A12345");
}

#[test]
fn equal_looks_make_a_sure_result_and_a_split_vote_an_unsure_one() {
    let sure = vote(&[(&["30A-123.45"], 0.95), (&["30A-123.45"], 0.95)]).reading.score;
    let split = vote(&[(&["30A-123.45"], 0.95), (&["30A-123.46"], 0.95)]).reading.score;
    assert!(sure > 0.9 && split < 0.8, "{sure} {split}");
}

#[test]
fn looks_that_all_contradict_each_other_give_no_reading_but_a_reason() {
    let texts = ["30A-123.45", "51F-970.22", "60C-555.11", "92H-318.77", "14K-040.96"];
    let vote = of(texts.iter().map(|text| look(&[text], 0.5)).collect());
    assert_eq!(vote.result(), None);
    assert_eq!(vote.no_reading(), Some(NoReading::Unreadable));
}

#[test]
fn a_military_read_and_a_civil_one_are_never_mixed() {
    let looks = [(&["KV", "69-38"][..], 0.9), (&["29A-1234"], 0.6), (&["KV", "69-36"], 0.6)];
    let got = vote(&looks);
    assert_eq!((got.reading.text.as_str(), got.reading.kind.as_deref()), ("KV6938", Some("military")));
    assert_eq!(got.reading.class.as_deref(), Some("military"));
    for candidate in &got.reading.candidates {
        assert!(["KV6936", "29A1234"].contains(&candidate.text.as_str()), "{candidate:?}");
    }
}

#[test]
fn a_plate_of_another_country_is_reported_as_it_was_read() {
    let got = vote(&[(&["2AB-1234"], 0.9), (&["2AB-1234"], 0.8)]).reading;
    assert_eq!((got.text.as_str(), got.display.as_str(), got.valid), ("2AB1234", "2AB-1234", false));
    assert_eq!((got.country.as_deref(), got.kind), (Some("cambodia"), None));
}

#[test]
fn without_a_read_the_reason_that_came_nearest_is_given() {
    let mut vote = PlateVote::new(None);
    assert_eq!(vote.no_reading(), Some(NoReading::NoPlateFound));
    vote.push(0, PlateOutcome::Nothing(NoReading::NoPlateFound));
    vote.push(1, PlateOutcome::Nothing(NoReading::TooSmall));
    assert_eq!(vote.no_reading(), Some(NoReading::TooSmall));
    assert_eq!(vote.result(), None);
    vote.push(2, PlateOutcome::Read(look(&["30A-123.45"], 0.9)));
    assert_eq!(vote.no_reading(), None);
}

#[test]
fn the_colour_is_told_when_the_looks_agree_and_kept_back_when_they_do_not() {
    let mut vote = PlateVote::new(None);
    vote.push(0, seen(PlateColour::Yellow, 0.9));
    vote.push(1, seen(PlateColour::Yellow, 0.7));
    assert_eq!(vote.colour().map(|c| c.value), Some(PlateColour::Yellow));
    vote.push(2, seen(PlateColour::White, 0.9));
    assert!(vote.colour().is_none_or(|c| c.score < 0.75), "{:?}", vote.colour());
    assert_eq!(PlateVote::new(None).colour(), None);
}

#[test]
fn a_sure_colour_tells_the_bearer() {
    let mut read = look(&["30A-123.45"], 0.95);
    read.colour = Some(ColourSeen { value: PlateColour::Yellow, score: 0.95 });
    let got = of(vec![read]).result().expect("a result").reading;
    assert_eq!(got.class.as_deref(), Some("business"));
    assert_eq!(got.colour.map(|c| c.value).as_deref(), Some("yellow"));
    assert_eq!(vote(&[(&["30A-123.45"], 0.95)]).reading.class, None);
}

/// Tracks whose looks err as looks do: together. Of single looks at least 0.9 sure 2 in 1,000 are wrong here, and of those
/// of 0.85 about 20: repetition must not make the second kind look like the first.
#[test]
fn of_votes_that_claim_nine_tenths_at_most_five_in_a_thousand_are_wrong() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f32 / (1u64 << 53) as f32
    };
    let (mut sure, mut wrong) = (0u32, 0u32);
    for _ in 0..3000 {
        // How clear this vehicle's plate is; on an unclear one the same character is misread again and again.
        let clear = 0.55 + 0.44 * draw();
        let error = if clear >= 0.9 { 0.002 } else { (1.0 - clear) * 0.15 };
        let shared_error = draw() < error;
        let looks = 1 + (draw() * 8.0) as usize;
        let reads = (0..looks).map(|_| {
            let own_error = draw() < error;
            let misread = if draw() < 0.75 { shared_error } else { own_error };
            look(&[if misread { "30A-128.45" } else { "30A-123.45" }], clear)
        });
        let Some(got) = of(reads.collect()).result() else { continue };
        if got.reading.score >= 0.9 {
            sure += 1;
            wrong += u32::from(got.reading.text != "30A12345");
        }
    }
    assert!(sure > 300, "{sure}");
    assert!(wrong * 200 <= sure, "{wrong} of {sure}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_the_looks_does_not_change_the_text(
        scores in prop::collection::vec(0.3f32..0.99, 3), turn in 0usize..3
    ) {
        let texts = ["51G-429.71", "51G-429.77", "51C-429.71"];
        let mut looks: Vec<PlateRead> = texts.iter().zip(&scores).map(|(t, s)| look(&[t], *s)).collect();
        let forward = of(looks.clone()).result().map(|r| (r.reading.text, r.reading.score));
        looks.rotate_left(turn);
        let turned = of(looks).result().map(|r| (r.reading.text, r.reading.score));
        prop_assert_eq!(forward.clone().map(|r| r.0), turned.clone().map(|r| r.0));
        prop_assert!((forward.map_or(0.0, |r| r.1) - turned.map_or(0.0, |r| r.1)).abs() < 1e-4);
    }

    #[test]
    fn an_agreeing_look_never_lowers_the_score(scores in prop::collection::vec(0.3f32..0.99, 1..8), more in 0.3f32..0.99) {
        let mut looks: Vec<PlateRead> = scores.iter().map(|s| look(&["30A-123.45"], *s)).collect();
        let before = of(looks.clone()).result().map_or(0.0, |r| r.reading.score);
        looks.push(look(&["30A-123.45"], more));
        let after = of(looks).result().map_or(0.0, |r| r.reading.score);
        prop_assert!(after >= before - 1e-4 && after <= 0.995, "{} {}", before, after);
    }
}
