// The stand-in's gate: its state as the agent would show it, and the steps of a guard's day.
import { randomUUID } from "node:crypto";

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const plate = (display, more = {}) => ({ text: display.replace(/[^A-Z0-9]/g, ""), display, kind: "car", lines: 1, colour: "white", score: 0.97, ...more });
const person = (shown, more = {}) => ({ label: null, trust: null, shown, offline: false, asking: false, ...more });

let track = 100;
export function makeCase(change = {}) {
  track += 1;
  return {
    access: randomUUID(), lane: "lan-1", since: ago(0), direction: "in", plate: null, person: null, label: null, group: null, verdict: "admit", answer: change.verdict ?? "admit",
    reason: "listed", rule: "ca-2", warnings: [], actor: { by: "agent" }, outcome: "pending", list_version: 318, track, picture: false, stay_minutes: null, ended_at: null, ...change,
  };
}

const lane = (id, n, change = {}) => ({
  id, name_vi: `Làn ${n}`, name_en: `Lane ${n}`, way: "in", wanted: "vehicle", camera: `cam-${n}`, camera_state: "live", camera_since: null, barrier: "closed", reader: true, step: "full",
  held: false, emergency: false, current: null, queue: [], ...change,
});

const PEOPLE = [["Nguyễn V. M.", "Cty TNHH May A"], ["Trần T. H.", "Cty TNHH May A"], ["Lê Q. B.", "Cty CP Thép Bắc"], ["Phạm T. N.", "Cty CP Thép Bắc"], ["Đỗ V. K.", "Nhà thầu Hoàng Long"], ["Vũ A. T.", null]];

export function makeWorld() {
  const inside = [
    ...PEOPLE.map(([label, group], at) => ({ subject: `p-${at}`, kind: "person", label, group, area: "kcn", lane: "lan-2", since: ago(3600 * (at + 1)), overstayed: at === 4, accounted: false })),
    ...["35C-001.12", "29H-456.78", "51D-222.33"].map((label, at) => ({ subject: `plate:${label.replace(/[^A-Z0-9]/g, "")}`, kind: "vehicle", label, group: "Cty TNHH May A", area: "kcn", lane: "lan-1", since: ago(1800 * (at + 1)), overstayed: false, accounted: false })),
  ];
  const over = (change, seconds) => makeCase({ since: ago(seconds + 20), ended_at: ago(seconds), outcome: "passed", ...change });
  return {
    revision: 0,
    view: {
      site: "khanh-phu", agent: "kp-edge-2", step: "full", alone_since: null, queued: 0, list: { version: 318, made_at: ago(300), freshness: "fresh" }, paper_form: "BM-07/KCN", muster: null,
      gates: [
        {
          id: "cong-2", name_vi: "Cổng 2 · KCN Khánh Phú", name_en: "Gate 2 · Khanh Phu park", area: "kcn", people: 1204, vehicles: 87, person_capacity: 4000, vehicle_capacity: 300, expected: 3,
          lanes: [lane("lan-1", 1), lane("lan-2", 2, { wanted: "vehicle_and_driver" }), lane("lan-3", 3, { way: "both", wanted: "person", camera: null, camera_state: null })],
        },
      ],
      recent: [
        over({ plate: plate("29C-556.02", { kind: "business", colour: "yellow" }), label: "Vận tải Minh Phát", verdict: "deny", reason: "out_of_hours", outcome: "turned_back", rule: "ngoai-gio" }, 200),
        over({ plate: plate("35A-777.10"), label: "Cty TNHH May A", group: "Cty TNHH May A", actor: { by: "guard", user: "an" }, answer: "deny", reason: "not_listed", rule: null }, 420),
        over({ person: person("card", { label: "Trần T. H.", trust: "qr_and_register" }), label: "Trần T. H.", group: "Cty TNHH May A", lane: "lan-3" }, 700),
      ],
    },
    inside,
    expected: [
      { entry: "v-1", label: "Đoàn kiểm tra PCCC", group: "Ban quản lý KCN", expected_at: ago(900), plate: "35A-009.99", arrived: false },
      { entry: "v-2", label: "Marie C.", group: "Cty TNHH May A", expected_at: ago(-900), plate: null, arrived: false },
      { entry: "v-3", label: "Giao hàng Tân Phát", group: "Cty CP Thép Bắc", expected_at: ago(-2400), plate: "29C-112.23", arrived: true },
    ],
    shifts: [],
    papers: new Set(),
    log: [],
  };
}

export const laneOf = (world, id) => world.view.gates.flatMap((gate) => gate.lanes).find((each) => each.id === id);

/** A case comes to a lane, or behind whoever stands there. */
export function arrive(world, of) {
  const at = laneOf(world, of.lane);
  if (at.current) at.queue.push(of);
  else at.current = of;
  if (at.current === of) at.barrier = of.verdict === "admit" ? "opened" : "closed";
  return of;
}

/** Whoever stands at the lane goes; the next one comes up. */
export function leave(world, id, outcome = "passed") {
  const at = laneOf(world, id);
  if (!at.current) return;
  world.view.recent = [{ ...at.current, outcome, ended_at: ago(0) }, ...world.view.recent].slice(0, 50);
  at.current = at.queue.shift() ?? null;
  if (at.current) at.current.since = ago(0);
  if (!at.held && !at.emergency) at.barrier = at.current?.verdict === "admit" ? "opened" : "closed";
}

const ladder = (world, step, change = {}) => {
  for (const each of world.view.gates[0].lanes) each.step = step;
  Object.assign(world.view, { step, ...change });
};
const cameras = (world, state) => {
  for (const each of world.view.gates[0].lanes) if (each.camera) Object.assign(each, { camera_state: state, camera_since: state === "live" ? null : ago(0) });
};
const readers = (world, there) => world.view.gates[0].lanes.forEach((each) => (each.reader = there));
const barriers = (world, word) => world.view.gates[0].lanes.forEach((each) => (each.barrier = word));

/** What a test or a person at the keyboard can let happen: POST /fake/step {"name": …}. */
export const STEPS = {
  listed: (world) => arrive(world, makeCase({ plate: plate("35C-123.45", { kind: "truck" }), label: "Cty TNHH May A", group: "Cty TNHH May A", scene: "truck", picture: true, stay_minutes: 240 })),
  unknown: (world) => arrive(world, makeCase({ plate: plate("30K-888.88"), verdict: "deny", reason: "not_listed", rule: null, scene: "truck", picture: true })),
  motorcycle: (world) => arrive(world, makeCase({ plate: plate("59-P1 664.80", { kind: "motorcycle", lines: 2 }), verdict: "deny", reason: "out_of_hours", label: "Nguyễn V. M.", group: "Cty TNHH May A", scene: "motorcycle", picture: true })),
  yellow: (world) => arrive(world, makeCase({ plate: plate("29C-556.02", { kind: "business", colour: "yellow" }), verdict: "wait", reason: "escort_needed", label: "Vận tải Minh Phát", group: "Nhà thầu Hoàng Long", scene: "truck", warnings: ["list_stale"] })),
  papers: (world) => arrive(world, makeCase({ plate: plate("51F-970.22"), verdict: "wait", reason: "check_papers", rule: null, label: "SECRET-WHO", group: "SECRET-GROUP", scene: "truck" })),
  driver: (world) => arrive(world, makeCase({ lane: "lan-2", plate: plate("35C-001.12", { kind: "truck" }), verdict: "wait", reason: "person_missing", label: "Cty CP Thép Bắc", group: "Cty CP Thép Bắc", scene: "truck", picture: true })),
  person: (world) => arrive(world, makeCase({ lane: "lan-3", person: person("card", { label: "Nguyễn V. M.", trust: "qr_only", offline: true }), label: "Nguyễn V. M.", group: "Cty TNHH May A", warnings: ["unverified_offline", "already_inside"] })),
  possible: (world) => arrive(world, makeCase({ plate: plate("35A-123.4B", { score: 0.61 }), verdict: "wait", reason: "possible", rule: null, scene: "truck" })),
  unreadable: (world) => arrive(world, makeCase({ verdict: "wait", reason: "unreadable", rule: null, scene: "truck" })),
  anonymous: (world) => arrive(world, makeCase({ lane: "lan-3", reason: "anonymous", rule: null })),
  queue3: (world) => ["35A-100.01", "35A-100.02", "35A-100.03"].forEach((display) => arrive(world, makeCase({ plate: plate(display), label: "Cty CP Thép Bắc" }))),
  leave: (world) => leave(world, "lan-1"),
  centre_lost: (world) => ladder(world, "centre_lost", { alone_since: ago(60), queued: 42, list: { ...world.view.list, freshness: "stale" } }),
  camera_lost: (world) => (ladder(world, "camera_lost"), cameras(world, "unreachable")),
  reader_lost: (world) => (ladder(world, "reader_lost"), readers(world, false)),
  by_hand: (world) => (ladder(world, "by_hand"), barriers(world, "unreachable")),
  whole: (world) => (ladder(world, "full", { alone_since: null, queued: 0, list: { ...world.view.list, freshness: "fresh" } }), cameras(world, "live"), readers(world, true), barriers(world, "closed")),
  list_old: (world) => (world.view.list = { ...world.view.list, freshness: "old" }),
  full: (world) => (world.view.gates[0].people = world.view.gates[0].person_capacity),
  barrier_failed: (world) => barriers(world, "not_opened"),
  one_lane: (world) => (world.view.gates[0].lanes = world.view.gates[0].lanes.slice(0, 1)),
  quiet: (world) => {
    world.inside = [];
    world.expected = [];
    world.view.recent = [];
    world.view.gates[0].expected = 0;
  },
};
