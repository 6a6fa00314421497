//! A gate list for tests: one gate with a lane in and a lane out, an enterprise, a vehicle, two guards.

use jiff::Timestamp;
use serde_json::json;
use wire::gate::GateList;
use wire::{DeviceKey, Name};

/// PIN of the guard `an`.
pub const PIN_AN: &str = "246810";
/// PIN of the supervisor `binh`.
pub const PIN_BINH: &str = "135791";

pub fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

/// The Argon2id hash of a PIN, with little work: these are tests.
pub fn pin_hash(pin: &str) -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8, 1, 1, None).expect("small");
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    argon2.hash_password(pin.as_bytes()).expect("hashes").to_string()
}

fn policy() -> serde_json::Value {
    json!({
        "id": "xe", "wanted": "vehicle",
        "rules": [{"id": "dn-a", "groups": ["dn-a"], "lists": [], "schedule": null, "verdict": "admit"}],
        "unknown": "wait", "least_trust": null, "least_score": 0.6,
        "anti_passback": {"mode": "off"}, "quotas": false, "interlock": [],
        "tailgating": {"bodies": 1, "window_s": 10},
        "staleness": {"fresh_s": 300, "usable_s": 86400, "when_old": "wait"},
        "faces": "off", "pair_s": 20,
    })
}

/// A list of a version for an agent.
pub fn list(site: &str, agent: &str, version: u64, made_at: Timestamp) -> GateList {
    let lane = |id: &str, way: &str, vi: &str, en: &str| json!({"id": id, "name_vi": vi, "name_en": en, "way": way, "policy": policy()});
    let gate = |id: &str, lanes: Vec<serde_json::Value>| {
        json!({"id": id, "name_vi": format!("Cổng {id}"), "name_en": format!("Gate {id}"), "area": "khu-a",
            "person_capacity": null, "vehicle_capacity": 100, "lanes": lanes})
    };
    let value = json!({
        "v": 1, "site": site, "agent": agent, "version": version, "made_at": made_at, "clock": 420,
        "holidays": [], "schedules": [],
        "groups": [{"id": "dn-a", "kind": "enterprise", "name": "Cty TNHH A", "vehicle_quota": null, "person_quota": null}],
        "gates": [
            gate("cong-2", vec![lane("lan-1", "in", "Làn 1", "Lane 1"), lane("lan-2", "out", "Làn 2", "Lane 2")]),
            gate("cong-3", vec![lane("lan-3", "both", "Làn 3", "Lane 3")]),
        ],
        "entries": [{"id": "xe-1", "list": "allow", "kind": "vehicle", "group": "dn-a", "label": "Cty TNHH A",
            "keys": [{"plate": {"text": "35A12345"}}]}],
        "watch": [],
        "guards": [
            {"user": "an", "name": "Trần Văn An", "pin_hash": pin_hash(PIN_AN), "gates": ["cong-2"], "supervisor": false},
            {"user": "binh", "name": "Lê Thị Bình", "pin_hash": pin_hash(PIN_BINH), "gates": [], "supervisor": true},
        ],
        "faces_until": null, "paper_form": "BM-05",
    });
    serde_json::from_value(value).expect("a gate list")
}

/// As central seals it.
pub fn sealed(list: &GateList, central: &DeviceKey) -> Vec<u8> {
    wire::seal(central, &serde_json::to_vec(list).expect("serialises"))
}
