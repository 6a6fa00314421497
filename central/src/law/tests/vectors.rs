//! `vectors.csv`: each line is a question to the first edition.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::law::{Act, Circumstances, Facts, Law, Road};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn facts(words: &[&str]) -> Facts {
    let mut facts = Facts::default();
    for word in words {
        match word.split_once('=') {
            Some(("place", value)) => facts.place = Some(value.to_owned()),
            Some(("who", value)) => facts.who = Some(value.to_owned()),
            Some(("people", value)) => facts.people = Some(value.parse().unwrap()),
            Some(("excess", value)) => facts.excess_kmh = Some(value.parse().unwrap()),
            None if *word == "motorway" => facts.motorway = true,
            None if *word == "jam" => facts.jam = true,
            None if *word == "lane_change" => facts.lane_change = true,
            None if *word == "road_banned" => facts.road_banned = true,
            _ => panic!("{word}"),
        }
    }
    facts
}

fn answer(law: &Law, what: &str, given: &str, on: &str) -> Option<String> {
    let words: Vec<&str> = given.split(' ').collect();
    let moment = |index: usize| words.get(index).map(|text| text.parse::<Timestamp>().unwrap());
    let number = |index: usize| words[index].parse::<i64>().unwrap();
    Some(match what {
        "speed" => {
            let bracket = law.speed_bracket(words[0], words[1].parse().unwrap(), day(on))?;
            let row = law.behaviour(&bracket.behaviour, day(on)).unwrap();
            format!("{} {} {} {}", row.key, row.fine_low, row.fine_high, row.points)
        }
        "amount" => {
            let circumstances = Circumstances { mitigating: number(1) as u8, aggravating: number(2) as u8 };
            let amount = law.amount(law.behaviour(words[0], day(on))?, circumstances, day(on));
            format!("{} {} {}", amount.low, amount.high, amount.proposed)
        }
        "combine" => {
            let act = |key: &str| Act {
                behaviour: key.to_owned(),
                on: day(on),
                circumstances: Circumstances::default(),
                organisation: false,
            };
            let acts: Vec<Act> = given.split('+').map(act).collect();
            let all = law.combine(&acts).ok()?;
            assert_eq!(all.amounts.len(), acts.len());
            let revoke =
                all.revoke_months.map_or_else(|| "none".into(), |(low, high)| format!("{low}-{high}"));
            format!("{} {} {revoke} {}", all.total, all.points, all.max_of_range)
        }
        "text" => {
            let basis = &law.behaviour(given, day(on))?.legal_basis;
            assert!(basis.contains("NĐ 168/2024/NĐ-CP"));
            let with = if basis.contains("NĐ 238/2026/NĐ-CP") { "with" } else { "without" };
            format!("NĐ 168/2024/NĐ-CP {with} NĐ 238/2026/NĐ-CP")
        }
        "due" => law.due(words[0], moment(1).unwrap()).ok()?.day.to_string(),
        "statute" => law.statute_ends(moment(0).unwrap(), moment(1)).ok()?.day.to_string(),
        "interest" => law.late_interest(number(0), number(1) as u32, day(on)).ok()?.to_string(),
        "cap" => {
            let high = law.behaviour(words[1], day(on)).unwrap().fine_high;
            let check = law.check_cap(high, words[0], day(on)).ok()?;
            format!("{} {}", if check.allowed { "allowed" } else { "blocked" }, check.cap)
        }
        "points" => {
            let points = law.licence_points(number(0) as u8, number(1) as u8);
            let state = if points.exhausted { "exhausted" } else { "left" };
            format!("{} {} {state}", points.after, points.taken)
        }
        "explanation" => {
            let organisation = words[2] == "organisation";
            let applies = law.explanation_applies(number(0), words[1] == "revoked", organisation, day(on));
            if applies.ok()? { "yes".into() } else { "no".into() }
        }
        "kind" => law.behaviour_for(words[0], words[1], &facts(&words[2..]), day(on))?.key.clone(),
        "limit" => {
            let known = |word: &str| (word != "?").then(|| word.to_owned());
            let sign_kmh = words.get(3).map(|word| word.trim_start_matches("sign=").parse().unwrap());
            let road = Road { area: known(words[0]), carriageway: known(words[1]), sign_kmh };
            let limit = law.speed_limit(&road, known(words[2]).as_deref(), day(on))?;
            let note = if limit.from_sign {
                " sign"
            } else if limit.doubted {
                " doubted"
            } else {
                ""
            };
            format!("{}{note}", limit.kmh)
        }
        other => panic!("no such question: {other}"),
    })
}

#[test]
fn every_vector_of_the_law_is_answered_as_fixed() {
    let law = Law::first();
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(include_str!("vectors.csv").as_bytes());
    let mut wrong = Vec::new();
    let mut asked = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let found = answer(&law, &row[0], &row[1], &row[2]).unwrap_or_else(|| "none".to_owned());
        asked += 1;
        if found != row[3] {
            wrong.push(format!("{} {} on {}: {found}, not {}", &row[0], &row[1], &row[2], &row[3]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 130, "{asked}");
}
