//! No path around the review: accounts of every role call whatever there is, in any order, with anything. Afterwards every confirmed case
//! has its people, each of whom held it, looked and typed; and nobody was told what they must not know.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use wire::violation::Kind;

use super::{Account, Bench, KCN, act, mild, red_light};
use crate::auth::Role;
use crate::cases::known::make;
use crate::cases::state::Decision;
use crate::store::cases::CaseRow;
use crate::web::access::RULES;

/// Turns of one run.
const TURNS: usize = 220;
const DWELL_MS: i64 = 9_000;

struct Somebody {
    account: Account,
    role: Role,
}

struct Run {
    bench: Bench,
    people: Vec<Somebody>,
    cases: Vec<String>,
    plates: BTreeMap<String, String>,
    random: StdRng,
}

async fn people(bench: &Bench) -> Vec<Somebody> {
    let mut people = Vec::new();
    for (name, role, rank) in [
        ("csgt.mot", Role::TrafficPolice, "officer"),
        ("csgt.hai", Role::TrafficPolice, "officer"),
        ("csgt.ba", Role::TrafficPolice, "officer"),
        ("doi.truong", Role::TrafficPolice, "team_chief"),
        ("doi.pho", Role::TrafficPolice, "team_chief"),
        ("chi.huy.mot", Role::PoliceSigner, "division_head"),
        ("chi.huy.hai", Role::PoliceSigner, "division_head"),
        ("quan.tri", Role::Admin, ""),
        ("truc.ban", Role::IocOperator, ""),
        ("bao.ve", Role::GateOperator, ""),
        ("ban.quan.ly", Role::SiteManager, ""),
        ("may.muoi", Role::Enterprise, ""),
    ] {
        people.push(Somebody { account: bench.account(name, role, rank).await, role });
    }
    people
}

async fn run(seed: u64) -> Run {
    let bench = Bench::new().await;
    let people = people(&bench).await;
    let (mut cases, mut plates) = (Vec::new(), BTreeMap::new());
    let mut keep = |id: String, plate: &str| {
        plates.insert(id.clone(), plate.to_owned());
        cases.push(id);
    };
    for plate in ["30A10001", "30A10002"] {
        keep(bench.opened(&red_light(plate)).await, plate);
    }
    let mut last = String::new();
    for plate in ["30A20001", "30A20002", "30A20003"] {
        last = bench.opened(&mild(plate)).await;
        keep(last.clone(), plate);
    }
    let state = &bench.site.state;
    let number = state.store.cases().get(&last).await.unwrap().unwrap().number;
    let known =
        make((&state.store, &state.evidence), &number, Some(Decision::Reject), "t", jiff::Timestamp::now());
    let known = state.store.cases().by_number(&known.await.unwrap().number).await.unwrap().unwrap();
    keep(known.case_id, &known.plate.unwrap());
    keep(bench.opened(&act(Kind::SpeedSection, "car", "30A30001", 60)).await, "30A30001");
    let mut bad = red_light("30A30002");
    bad.violation.clock.synchronised = false;
    keep(bench.opened(&bad).await, "30A30002");
    keep(bench.detected(&red_light("30A30003")).await, "30A30003");
    state.store.cases().set_own_plate(("csgt.mot", "30A10002"), true, "t", 1).await.unwrap();
    Run { people, cases, plates, random: StdRng::seed_from_u64(seed), bench }
}

impl Run {
    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of.choose(&mut self.random).unwrap().clone()
    }

    /// A body that makes sense more often than not.
    async fn body(&mut self, path: &str, who: &str, case: &str) -> Option<Value> {
        let note = format!("ghi chú của {who}");
        Some(match path.rsplit('/').next().unwrap() {
            "played" => {
                let row = self.bench.site.state.store.cases().get(case).await.unwrap().unwrap();
                let all: Vec<String> =
                    row.evidence().unwrap().iter().map(|one| one.sha256.to_string()).collect();
                let some = if self.random.random_bool(0.85) { all } else { Vec::new() };
                json!({ "ms": self.pick(&[5_000_i64, 12_000, 12_000, 12_000, 999_999_999]), "pictures": some })
            }
            "plate" => {
                let right = self.plates[case].clone();
                json!({ "plate": self.pick(&[right.clone(), right.clone(), right, "30A99999".to_owned(), String::new(), "x".to_owned()]) })
            }
            "review" => {
                let decision = self.pick(&["approve", "approve", "approve", "reject", "escalate"]);
                let row = self.bench.site.state.store.cases().get(case).await.unwrap().unwrap();
                let round = self.pick(&[row.round, row.round, row.round, row.round, 1, 2, 3]);
                let reason = (decision == "reject").then_some("not_a_violation");
                json!({ "decision": decision, "round": round, "reason": reason, "note": note })
            }
            "void" | "hold" | "separate" => json!({ "reason": note }),
            "cong" => {
                let mut record = serde_json::to_value(super::device()).unwrap();
                record["trained_users"] = json!([]);
                record
            }
            "approve" | "refuse" => json!({ "proposal": self.pick(&["1", "2", "3"]) }),
            _ => return None,
        })
    }

    /// One call of a route about a case, with what is told of it.
    async fn call(&mut self, at: usize, (method, path): (&'static str, &str), case: &str) {
        let name = self.people[at].account.name.clone();
        let path = path.replace("{id}", case).replace("{site}", KCN).replace("{camera}", "cong");
        let body = if method == "GET" { None } else { self.body(&path, &name, case).await };
        let query = ["", "mine=true", "state=review_2,review_3&sort=age", "q=30A10001"];
        let path = match path.as_str() {
            "/api/v1/cases" => format!("{path}?{}", self.pick(&query)),
            "/api/v1/review/figures" => format!("{path}?from=2025-01-01&to=2999-01-01"),
            _ => path,
        };
        let reply = self.bench.site.call(method, &path, &self.people[at].account.cookie, body).await;
        let text = String::from_utf8_lossy(&reply.bytes);
        assert!(!reply.status.is_server_error(), "{method} {path}: {text}");
        let told: Value = serde_json::from_slice(&reply.bytes).unwrap_or_default();
        tells_nothing(self, &self.people[at], &path, &told);
    }

    /// Somebody who works on a case as it is meant, but for a step that is left out now and then.
    async fn works(&mut self, at: usize, case: &str) {
        for step in ["claim", "played", "plate", "plate", "review"] {
            if self.random.random_bool(0.93) {
                self.call(at, ("POST", &format!("/api/v1/cases/{{id}}/{step}")), case).await;
            }
            if step == "claim" && self.random.random_bool(0.9) {
                self.bench.site.state.store.cases().pass(case, 15_000).await;
            }
        }
    }
}

/// Nobody who may still be asked about a case is told what others think of it.
fn tells_nothing(run: &Run, who: &Somebody, path: &str, told: &Value) {
    let text = told.to_string();
    if matches!(
        who.role,
        Role::Admin | Role::IocOperator | Role::GateOperator | Role::SiteManager | Role::Enterprise
    ) {
        assert!(!text.contains("ghi chú của"), "{} {}: {text}", who.account.name, path);
        assert!(
            !run.plates.values().any(|plate| text.contains(plate.as_str())),
            "{} {}",
            who.account.name,
            path
        );
    }
    if who.role != Role::TrafficPolice {
        return;
    }
    // Whole documents and rows of lists alike.
    let documents: Vec<&Value> = match told["items"].as_array() {
        Some(rows) => rows.iter().collect(),
        None => vec![told],
    };
    for document in documents {
        let Some(row) = document["id"].as_str().filter(|id| run.cases.iter().any(|case| case == id)) else {
            continue;
        };
        let open =
            matches!(document["state"].as_str(), Some("screened" | "review_1" | "review_2" | "review_3"));
        let has_it = document["assigned_to"] == json!(who.account.name);
        if !open || (document["state"] == "review_3" && has_it) {
            continue;
        }
        let text = document.to_string();
        for other in run.people.iter().filter(|other| other.account.name != who.account.name) {
            let tells = text.contains(&format!("\"{}\"", other.account.name))
                || text.contains(&format!("của {}", other.account.name));
            assert!(
                !tells,
                "{} is told of {} by {} about {row}: {text}",
                who.account.name, other.account.name, path
            );
        }
        for word in ["\"approve\"", "\"reject\"", "\"escalate\"", "\"escalated\"", "not_a_violation"] {
            assert!(!text.contains(word), "{} is told {word} by {}: {text}", who.account.name, path);
        }
    }
}

/// What must hold of every case, whatever happened.
async fn holds(run: &Run, id: &str) -> CaseRow {
    let cases = run.bench.site.state.store.cases();
    let row = cases.get(id).await.unwrap().unwrap();
    let answers = cases.answers(id).await.unwrap();
    let log = cases.log(id).await.unwrap();
    assert_eq!(cases.log_break(id).await.unwrap(), None, "{id}: the log is whole");
    let role = |name: &str| run.people.iter().find(|one| one.account.name == name).unwrap();
    let distinct: BTreeSet<&str> = answers.iter().map(|answer| answer.username.as_str()).collect();
    assert_eq!(distinct.len(), answers.len(), "nobody answers twice");
    for answer in &answers {
        assert_eq!(role(&answer.username).role, Role::TrafficPolice, "{}", answer.username);
        assert!(answer.round < 3 || answer.username.starts_with("doi."), "a senior decides the third round");
        assert_ne!(
            (answer.username.as_str(), row.plate.as_deref()),
            ("csgt.mot", Some("30A10002")),
            "one's own vehicle"
        );
    }
    let confirmed = log.iter().any(|step| step.to_state == "confirmed");
    if confirmed {
        let people: Vec<Value> = serde_json::from_str(row.confirmation.as_deref().unwrap()).unwrap();
        let names: BTreeSet<&str> = people.iter().map(|one| one["username"].as_str().unwrap()).collect();
        assert!(names.len() >= if row.second == 1 { 2 } else { 1 }, "{id}: {people:?}");
        for name in names {
            let answer = answers.iter().find(|answer| answer.username == name).unwrap();
            assert_eq!((&answer.decision[..], &answer.plate_typed), ("approve", &row.plate_typed), "{id}");
            let step = log.iter().find(|step| step.actor == name && step.what == "approve").unwrap();
            let did: Value = serde_json::from_str(step.detail.as_deref().unwrap()).unwrap();
            assert!(did["played_ms"].as_i64().unwrap() >= DWELL_MS, "{id}: {did}");
            let pictures =
                row.evidence().unwrap().iter().filter(|one| one.media_type == "image/jpeg").count();
            assert_eq!(did["pictures"], json!(pictures), "{id}");
        }
        assert!(row.gate().unwrap().unwrap().admissible);
    }
    assert!(
        answers.is_empty() || row.plate.as_deref().is_none_or(|plate| !plate.starts_with("30A3")),
        "inadmissible"
    );
    if row.state == "voided" {
        let last = |what: &str| log.iter().rev().find(|step| step.what == what).unwrap();
        assert_ne!(last("ask_void").actor, last("void").actor, "two people");
        assert_eq!(role(&last("void").actor).role, Role::PoliceSigner);
    }
    row
}

async fn play(seed: u64) -> BTreeMap<String, u32> {
    let mut run = run(seed).await;
    let prefixes = ["/api/v1/cases", "/api/v1/review", "/api/v1/enforcement"];
    let routes: Vec<(&str, &str)> = RULES
        .iter()
        .filter(|(_, path, _)| prefixes.iter().any(|prefix| path.starts_with(prefix)))
        .map(|(method, path, _)| (*method, *path))
        .collect();
    for _ in 0..TURNS {
        let at = match run.random.random_bool(0.8) {
            true => run.random.random_range(0..5),
            false => run.random.random_range(0..run.people.len()),
        };
        let cases = run.cases.clone();
        let case = run.pick(&cases);
        if run.random.random_bool(0.35) {
            run.works(at, &case).await;
        } else {
            let route = run.pick(&routes);
            run.call(at, route, &case).await;
        }
        match run.random.random_range(0..12) {
            0..=2 => run.bench.site.state.store.cases().pass(&case, 10_000).await,
            3..=5 => run.bench.site.state.store.cases().end_lease(&case).await,
            _ => {}
        }
    }
    let mut ended = BTreeMap::new();
    for id in &run.cases {
        let row = holds(&run, id).await;
        *ended.entry(row.state).or_default() += 1;
        assert!(row.seeded == 0 || row.handling_id.is_none());
    }
    let waiting = run.bench.site.state.store.cases().confirmed_waiting(99).await.unwrap();
    for one in waiting {
        let row = run.bench.site.state.store.cases().get(&one.case_id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.seeded), ("confirmed", 0));
    }
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_accounts_of_all_roles_try_no_case_is_confirmed_without_its_people() {
    let mut ended: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 1..=3 {
        for (state, count) in play(seed).await {
            *ended.entry(state).or_default() += count;
        }
    }
    // The tries lead somewhere, or they would show nothing.
    assert!(ended.contains_key("confirmed") && ended.contains_key("inadmissible"), "{ended:?}");
    eprintln!("{ended:?}");
}
