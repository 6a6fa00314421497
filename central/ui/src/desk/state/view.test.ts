import { expect, test } from "vitest";
import { caseView, deskView, gateView, laneView } from "./fixture";
import { chosenGate, followLane, gatesOf, isOverride, nameOf, needsGuard, newer, wordOf } from "./view";

test("a state that came late is dropped, one after a restart of the agent is taken", () => {
  const known = deskView({ revision: 40, at: "2026-11-21T07:00:10Z" });
  const late = deskView({ revision: 39, at: "2026-11-21T07:00:09Z" });
  const restarted = deskView({ revision: 1, at: "2026-11-21T07:01:00Z" });
  const next = deskView({ revision: 41, at: "2026-11-21T07:00:09Z" });
  expect(newer(null, late)).toBe(late);
  expect(newer(known, late)).toBe(known);
  expect(newer(known, restarted)).toBe(restarted);
  expect(newer(known, next)).toBe(next);
});

test("the lane under the guard's fingers never changes while somebody stands there", () => {
  const busy = laneView({ id: "lan-1", current: caseView() });
  const waits = laneView({ id: "lan-2", current: caseView({ lane: "lan-2", verdict: "deny", since: "2026-11-21T06:00:00Z" }) });
  expect(followLane("lan-1", [busy, waits])).toBe("lan-1");
  expect(followLane("lan-1", [laneView(), waits])).toBe("lan-2");
});

test("of several lanes the one that needs the guard comes first, then the one that waits longest", () => {
  const admitted = laneView({ id: "a", current: caseView({ since: "2026-11-21T05:00:00Z" }) });
  const later = laneView({ id: "b", current: caseView({ verdict: "wait", since: "2026-11-21T06:30:00Z" }) });
  const earlier = laneView({ id: "c", current: caseView({ verdict: "wait", since: "2026-11-21T06:00:00Z" }) });
  expect(followLane(null, [admitted, later, earlier])).toBe("c");
  expect(followLane("gone", [laneView({ id: "x" })])).toBe("x");
  expect(followLane(null, [])).toBeNull();
  expect([needsGuard(admitted), needsGuard(later), needsGuard(laneView())]).toEqual([false, true, false]);
});

test("a guard sees the gates of the account, and all gates if it names none that exist", () => {
  const view = deskView({ gates: [gateView(), gateView({ id: "cong-3" })] });
  expect(gatesOf(view, ["cong-3"]).map((gate) => gate.id)).toEqual(["cong-3"]);
  expect(gatesOf(view, []).length).toBe(2);
  expect(gatesOf(view, ["gone"]).length).toBe(2);
  expect(chosenGate(view.gates, "cong-3")?.id).toBe("cong-3");
  expect(chosenGate(view.gates, "gone")?.id).toBe("cong-2");
});

test("an override is a guard's word against the machine's", () => {
  const guard = { by: "guard", user: "an" } as const;
  expect(isOverride(caseView({ actor: guard, verdict: "admit", answer: "deny" }))).toBe(true);
  expect(isOverride(caseView({ actor: guard, verdict: "deny", answer: "deny" }))).toBe(false);
  expect(isOverride(caseView())).toBe(false);
});

test("a case to check papers for is never named after a list entry", () => {
  const person = { label: null, trust: null, shown: "pass", offline: false, asking: false } as const;
  expect(nameOf(caseView({ plate: null, person, label: "Ai đó", reason: "check_papers" }))).toBeNull();
  expect(nameOf(caseView({ plate: null, person, label: "Nguyễn V. M." }))).toBe("Nguyễn V. M.");
  expect(nameOf(caseView())).toBe("35A-123.45");
});

test("a case without a name is called by what stands there", () => {
  const none = { plate: null, person: null, label: null };
  expect(wordOf(caseView({ ...none, reason: "unreadable" }))).toBe("case.unread");
  expect(wordOf(caseView({ ...none, reason: "anonymous" }))).toBe("case.person");
  expect(wordOf(caseView({ ...none, reason: "interlock" }))).toBe("case.vehicle");
  expect(wordOf(caseView({ ...none, person: { label: null, trust: null, shown: "pin", offline: false, asking: false } }))).toBe("shown.pin");
});
