//! How fast a gate decides: from the frame that makes a plate legible to the command at the barrier on the gate clip, and people with
//! cards at rising rates. One JSON object on stdout; `tests/bench/run.sh` runs it.

#[path = "../tests/support/clip_gate.rs"]
#[allow(dead_code)]
mod clip_gate;

use std::time::{Duration, Instant};

use clap::Parser;
use clip_gate::{ClipGate, car, list, policy, repository, secret};
use edge_agent::access::lane::Input;
use edge_agent::access::sight::Sighting;
use edge_agent::access::view::PresentRequest;
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use wire::gate::{AccessOutcome, KeyKind};
use wire::payload::Direction;
use wire::{Envelope, Name, Payload, Phase};

#[derive(Parser)]
struct Args {
    /// Times that the clip is replayed.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Seconds per rate.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let runtime = Handle::current();
    let outcome = tokio::task::spawn_blocking(move || {
        let clip = latency(args.rounds, &runtime);
        let flow: Vec<Value> =
            [15, 30, 60, 120].into_iter().map(|rate| flow(rate, args.seconds, &runtime)).collect();
        json!({"clip": clip, "flow": flow, "burst": burst(&runtime)})
    })
    .await?;
    println!("{outcome}");
    Ok(())
}

/// Process CPU time, seconds.
fn cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Every vehicle of the clip is listed; how long after the legible frame the command was given, and had arrived at the barrier.
fn latency(rounds: u32, runtime: &Handle) -> Value {
    let text = std::fs::read_to_string(repository().join("tests/clips/gate.json")).expect("the clip");
    let clip: Value = serde_json::from_str(&text).expect("JSON");
    let plates: Vec<&str> =
        clip["vehicles"].as_array().into_iter().flatten().filter_map(|v| v["plate"].as_str()).collect();
    let (mut commanded, mut arrived, mut passed) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let entries = plates.iter().map(|plate| car(plate, "allow", None)).collect();
        let list = list(&policy("vehicle", "deny"), "both", entries, vec![]);
        let gate = ClipGate::start(list, "camera = 'cong-2'\nline = 'vach-cong'", runtime);
        let models = gate.models();
        let (wall, mono) = (Timestamp::now(), Instant::now());
        gate.replay(models);
        let (events, commands, _) = gate.stop();
        let opens: Vec<f64> = commands
            .iter()
            .filter(|(_, word)| word == "open")
            .map(|(at, _)| at.saturating_duration_since(mono).as_secs_f64() * 1e3)
            .collect();
        for access in settled(&events) {
            passed += u32::from(access.outcome == AccessOutcome::Passed);
            let (Some(ms), Some(legible)) = (access.command_ms, access.legible_at) else { continue };
            commanded.push(f64::from(ms));
            let legible_ms = legible.duration_since(wall).as_secs_f64() * 1e3;
            let after = opens.iter().copied().find(|open| *open >= legible_ms + f64::from(ms) - 1.0);
            arrived.extend(after.map(|open| open - legible_ms));
        }
    }
    json!({"rounds": rounds, "vehicles": plates.len(), "passed": passed, "commanded_ms": commanded, "arrived_ms": arrived})
}

fn settled(events: &[Envelope]) -> impl Iterator<Item = &wire::gate::Access> {
    events.iter().filter(|event| event.phase == Phase::Settled).filter_map(|event| match &event.payload {
        Payload::Access(access) => Some(access.as_ref()),
        _ => None,
    })
}

fn number(person: u64) -> String {
    format!("037090{person:06}")
}

fn card(person: u64) -> PresentRequest {
    PresentRequest::Card {
        text: format!("{}||Nguyễn Văn Minh|01011990|Nam|Ninh Bình|01012022", number(person)),
    }
}

/// A turnstile for `people` workers.
fn turnstile(people: u64, runtime: &Handle) -> ClipGate {
    let worker = |person: u64| {
        let digest = secret().digest(KeyKind::Card, &number(person));
        json!({"id": format!("nv-{person}"), "list": "allow", "kind": "person", "group": null, "label": "Nguyễn V. M.",
            "keys": [{"digest": {"of": "card", "digest": digest}}]})
    };
    let list = list(&policy("person", "deny"), "in", (0..people).map(worker).collect(), vec![]);
    ClipGate::start(list, "camera = 'cong-2'\nline = 'vach-cong'\nsubjects = 'people'", runtime)
}

fn crossed(track: u64) -> Sighting {
    let lane = Name::new("lan-1").expect("a name");
    Sighting::At(lane, Input::PersonCrossed { track, direction: Direction::In })
}

/// People come at a rate, show a card, and go through 0.8 s after the barrier was told, each after the one before.
fn flow(per_minute: u64, seconds: u64, runtime: &Handle) -> Value {
    let people = (per_minute * seconds / 60).max(2);
    let gate = turnstile(people, runtime);
    let lane = Name::new("lan-1").expect("a name");
    let (begin, cpu) = (Instant::now(), cpu_s());
    let mut decided = Vec::new();
    let mut free = begin;
    for person in 0..people {
        let due = begin + Duration::from_secs_f64(60.0 * person as f64 / per_minute as f64);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let shown = Instant::now();
        gate.gates.present(&lane, card(person), None).expect("a card");
        decided.push(shown.elapsed().as_secs_f64() * 1e3);
        free = free.max(Instant::now()) + Duration::from_millis(800);
        let (gates, at) = (gate.gates.clone(), free);
        runtime.spawn(async move {
            tokio::time::sleep_until(at.into()).await;
            gates.take(crossed(person));
        });
    }
    std::thread::sleep(free.saturating_duration_since(Instant::now()) + Duration::from_millis(300));
    let (wall_s, cpu_s) = (begin.elapsed().as_secs_f64(), cpu_s() - cpu);
    let (events, _, inside) = gate.stop();
    let passed = settled(&events).filter(|access| access.outcome == AccessOutcome::Passed).count();
    json!({"per_minute": per_minute, "people": people, "passed": passed, "inside": inside.0, "decided_ms": decided,
        "wall_s": wall_s, "cpu_ms_per_person": 1e3 * cpu_s / people as f64})
}

/// Decisions as fast as they go, each written durably twice, among 10,000 people on the list.
fn burst(runtime: &Handle) -> Value {
    const PEOPLE: u64 = 500;
    let gate = turnstile(10_000, runtime);
    let lane = Name::new("lan-1").expect("a name");
    let (begin, cpu) = (Instant::now(), cpu_s());
    for person in 0..PEOPLE {
        gate.gates.present(&lane, card(person), None).expect("a card");
        gate.gates.take(crossed(person));
    }
    let (wall_s, cpu_s) = (begin.elapsed().as_secs_f64(), cpu_s() - cpu);
    let (events, _, _) = gate.stop();
    let passed = settled(&events).filter(|access| access.outcome == AccessOutcome::Passed).count();
    json!({"people": PEOPLE, "passed": passed, "decisions_per_s": PEOPLE as f64 / wall_s,
        "cpu_ms_per_decision": 1e3 * cpu_s / PEOPLE as f64})
}
