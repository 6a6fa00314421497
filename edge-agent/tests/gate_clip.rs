//! Every vehicle of the rendered gate clip is decided as its policy says, by the real pipeline.

#[path = "support/clip_gate.rs"]
#[allow(dead_code)]
mod clip_gate;

use std::collections::BTreeMap;

use clip_gate::{ClipGate, car, list, policy, repository, secret};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wire::gate::{Access, AccessOutcome, IncidentKind, KeyKind, Reason, Verdict};
use wire::{Payload, Phase};

fn plates() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("tests/clips/gate.json")).unwrap();
    let clip: serde_json::Value = serde_json::from_str(&text).unwrap();
    clip["vehicles"].as_array().unwrap().iter().map(|v| v["plate"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vehicle_of_the_clip_is_decided_as_its_policy_says() {
    let watched = secret().digest(KeyKind::Plate, "35A24681");
    let expired = Timestamp::now() - SignedDuration::from_hours(1);
    let entries = vec![
        car("30K13579", "allow", None),
        car("35B134641", "allow", None),
        car("35C14142", "block", None),
        car("36A97531", "allow", Some(expired)),
        car("35A24681", "allow", None),
    ];
    let watch = vec![json!({"of": "plate", "digest": watched, "valid_until": null})];
    let mut policy = policy("vehicle", "wait");
    // However slow the machine: whoever is still coming when an admission ends would be opened for again.
    policy["tailgating"]["window_s"] = json!(600);
    let list = list(&policy, "both", entries, watch);
    let gate =
        ClipGate::start(list, "camera = 'cong-2'\nline = 'vach-cong'", &tokio::runtime::Handle::current());
    let (events, commands, inside) = tokio::task::spawn_blocking(move || {
        gate.replay(gate.models());
        gate.stop()
    })
    .await
    .unwrap();

    let mut settled: BTreeMap<String, Access> = BTreeMap::new();
    let mut provisional: BTreeMap<String, Access> = BTreeMap::new();
    let mut passages = Vec::new();
    for event in &events {
        match (&event.payload, event.phase) {
            (Payload::Access(access), phase) => {
                let plate =
                    access.ask.vehicle.as_ref().and_then(|seen| seen.text.clone()).unwrap_or_default();
                let by_plate = if phase == Phase::Settled { &mut settled } else { &mut provisional };
                assert!(
                    phase == Phase::Provisional || !by_plate.contains_key(&plate),
                    "{plate} is settled twice"
                );
                by_plate.insert(plate, access.as_ref().clone());
            }
            (Payload::Vehicle(_), _) => passages.push(event.id),
            _ => {}
        }
    }
    let said = |plate: &str| {
        let access =
            settled.get(plate).unwrap_or_else(|| panic!("{plate} was not decided: {:?}", settled.keys()));
        (access.verdict, access.decision.reason, access.outcome)
    };
    use AccessOutcome::{Passed, PassedUnadmitted};
    assert_eq!(said("30K13579"), (Verdict::Admit, Reason::Listed, Passed));
    assert_eq!(said("35B134641"), (Verdict::Admit, Reason::Listed, Passed));
    assert_eq!(said("35C14142"), (Verdict::Deny, Reason::Blocked, PassedUnadmitted));
    assert_eq!(said("36A97531"), (Verdict::Deny, Reason::Expired, PassedUnadmitted));
    assert_eq!(said("35A24681"), (Verdict::Wait, Reason::CheckPapers, PassedUnadmitted));
    assert_eq!(said("35AA40012"), (Verdict::Wait, Reason::NotListed, PassedUnadmitted));
    assert_eq!(said("90B237416"), (Verdict::Wait, Reason::NotListed, PassedUnadmitted));
    assert_eq!(settled.len(), plates().len(), "one decision each: {:?}", settled.keys());

    for plate in plates() {
        assert!(provisional.contains_key(&plate), "{plate} was decided before it passed");
        let passage = settled[&plate].passage;
        assert!(
            passage.is_some_and(|passage| passages.contains(&passage)),
            "{plate} and its passage are joined"
        );
    }
    for plate in ["30K13579", "35B134641"] {
        let access = &settled[plate];
        assert!(access.legible_at.is_some() && access.command_ms.is_some(), "{plate}: {access:?}");
        println!("{plate}: {:?} ms from legible to command", access.command_ms);
    }
    let opened = commands.iter().filter(|(_, word)| word == "open").count();
    assert_eq!(opened, 2, "the barrier opened for those who were let in: {commands:?}");
    let against = events.iter().filter(|event| {
        matches!(&event.payload, Payload::Incident(incident)
            if matches!(incident.incident, IncidentKind::PassedUnadmitted | IncidentKind::Tailgating))
    });
    assert_eq!(against.count(), 5, "nobody who drove on against the word goes unseen");
    // 4 cars came in; of 3 motorcycles that left nobody had seen the way in.
    assert_eq!(inside.0, 0);
    let came = settled.values().filter(|access| access.ask.direction == wire::payload::Direction::In).count();
    assert_eq!(came, 4);
}
