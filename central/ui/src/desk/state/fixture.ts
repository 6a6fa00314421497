import type { CaseView, DeskView, GateView, LaneView } from "../api/types";

// Invented values for the unit tests.

export const caseView = (change: Partial<CaseView> = {}): CaseView => ({
  access: "0193-a", lane: "lan-1", since: "2026-11-21T07:00:00Z", direction: "in",
  plate: { text: "35A12345", display: "35A-123.45", kind: "car", lines: 1, colour: "white", score: 0.97 },
  person: null, label: "Cty TNHH A", group: "Cty TNHH A", verdict: "admit", answer: "admit", reason: "listed", rule: "ca-2", warnings: [],
  actor: { by: "agent" }, outcome: "pending", list_version: 318, track: 7, picture: true, stay_minutes: null, ended_at: null, ...change,
});

export const laneView = (change: Partial<LaneView> = {}): LaneView => ({
  id: "lan-1", name_vi: "Làn 1", name_en: "Lane 1", way: "in", wanted: "vehicle", camera: "cong-2-vao", camera_state: "live", camera_since: null,
  barrier: "closed", reader: true, step: "full", held: false, emergency: false, current: null, queue: [], ...change,
});

export const gateView = (change: Partial<GateView> = {}): GateView => ({
  id: "cong-2", name_vi: "Cổng 2", name_en: "Gate 2", area: "kcn", people: 1204, vehicles: 87, person_capacity: null, vehicle_capacity: null,
  expected: 12, lanes: [laneView(), laneView({ id: "lan-2", name_vi: "Làn 2", name_en: "Lane 2" })], ...change,
});

export const deskView = (change: Partial<DeskView> = {}): DeskView => ({
  revision: 1, at: "2026-11-21T07:00:00Z", site: "khanh-phu", agent: "kp-edge-2", step: "full", alone_since: null, queued: 0,
  list: { version: 318, made_at: "2026-11-21T06:58:00Z", freshness: "fresh" }, paper_form: "BM-07", gates: [gateView()], muster: null, recent: [], ...change,
});
