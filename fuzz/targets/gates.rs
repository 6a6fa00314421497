//! Gate lists: any body. Nothing panics; what is accepted makes sense, travels, and decides about all that it names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Name;
use wire::gate::{
    Ask, EntryKey, Freshness, GateIndex, GateList, Presence, Reason, SeenPerson, SeenVehicle, Verdict, decide,
};
use wire::payload::Direction;

fuzz_target!(|body: &[u8]| {
    let (Ok(site), Ok(agent)) = (Name::new("kcn"), Name::new("edge-1")) else { return };
    let Ok(list) = GateList::open(body, &site, &agent) else { return };
    assert!(list.problems().is_empty(), "a list with problems was opened");
    let asks: Vec<Ask> = list.lanes().flat_map(|(_, lane)| asks(&list, &lane.id)).collect();
    let index = GateIndex::new(list);
    for ask in asks {
        let decision = decide(Some(&index), &Presence::default(), &ask);
        assert_ne!(decision.freshness, Freshness::None);
        assert_ne!(decision.reason, Reason::UnknownLane);
        let open = decide(Some(&index), &Presence::default(), &Ask { emergency: true, ..ask });
        assert_eq!(open.verdict, Verdict::Admit);
    }
});

/// One question about each of the first entries.
fn asks(list: &GateList, lane: &Name) -> Vec<Ask> {
    let ask = |key: &EntryKey| {
        let (vehicle, person) = match key {
            EntryKey::Plate { text, group } => {
                let text = Some(text.clone());
                (Some(SeenVehicle { text, score: 0.9, group: *group, ..SeenVehicle::default() }), None)
            }
            EntryKey::Digest { of, digest } => {
                (None, Some(SeenPerson { keys: vec![(*of, *digest)], ..SeenPerson::default() }))
            }
        };
        Ask {
            at: list.made_at,
            lane: lane.clone(),
            direction: Direction::In,
            vehicle,
            person,
            escort: false,
            open_lanes: vec![],
            emergency: false,
            face_hint: false,
        }
    };
    list.entries.iter().take(8).flat_map(|entry| &entry.keys).map(ask).collect()
}
