import { expect, test } from "vitest";
import type { CaseView } from "../api/types";
import { caseView, gateView, laneView } from "../state/fixture";
import { heardOf, soundFor } from "./choose";

const gate = (...cases: CaseView[]) => gateView({ lanes: cases.map((current, at) => laneView({ id: `lan-${at}`, current })) });

test("a page that has just opened is silent", () => {
  expect(soundFor(null, gate(caseView()))).toBeNull();
});

test("a new case sounds as its verdict, and only once", () => {
  const empty = heardOf(gateView());
  const now = gate(caseView({ verdict: "deny", answer: "deny" }));
  expect(soundFor(empty, now)).toBe("deny");
  expect(soundFor(heardOf(now), now)).toBeNull();
});

test("a verdict that the machine changed sounds again", () => {
  const before = heardOf(gate(caseView({ verdict: "wait" })));
  expect(soundFor(before, gate(caseView({ verdict: "admit" })))).toBe("admit");
});

test("a guard's own word is not told back", () => {
  const before = heardOf(gate(caseView({ verdict: "deny" })));
  expect(soundFor(before, gate(caseView({ verdict: "admit", actor: { by: "guard", user: "an" } })))).toBeNull();
});

test("of several at once the gravest is heard", () => {
  const now = gate(caseView({ access: "a" }), caseView({ access: "b", verdict: "wait" }), caseView({ access: "c", verdict: "deny" }));
  expect(soundFor(new Map(), now)).toBe("deny");
});

test("what has gone makes no sound", () => {
  expect(soundFor(new Map(), gate(caseView({ outcome: "passed" })))).toBeNull();
});
