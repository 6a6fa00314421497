import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REASONS } from "../pages/accesses/filters";
import { INCIDENT_ICON } from "../pages/alerts/incident";
import { en, vi } from "./index";

/** The contract itself is read, so that a word that is new there cannot be forgotten here. */
const source = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

function body(rust: string, head: string): string {
  const at = rust.indexOf(head);
  expect(at, `${head} is in the contract`).toBeGreaterThanOrEqual(0);
  const from = rust.indexOf("{", at);
  let depth = 0;
  for (let to = from; to < rust.length; to += 1) {
    if (rust[to] === "{") depth += 1;
    if (rust[to] === "}" && (depth -= 1) === 0) return rust.slice(from + 1, to);
  }
  throw new Error(`${head} has no end`);
}

/** Words of a plain enum: its variants in snake case, or what `serde(rename)` says. */
function variants(path: string, name: string): string[] {
  const renamed = body(source(path), `enum ${name} `).replace(/\/\/.*$/gm, "").replace(/#\[serde\(rename = "(\w+)"\)\]\s*\w+/g, '= "$1"');
  const fields = renamed.replace(/\{[^}]*\}/g, "");
  return fields
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => /= "(\w+)"/.exec(part)?.[1] ?? snake(/\w+/.exec(part)?.[0] ?? ""));
}

/** Words of an enum that the `words!` macro makes: they stand in quotes. */
const quoted = (path: string, name: string) => [...body(source(path), `    ${name} {`).matchAll(/= "(\w+)"/g)].map((found) => found[1]);

const GATE = "wire/src/gate";
const KINDS: [string, string[]][] = [
  ["reason", quoted(`${GATE}/decide.rs`, "Reason")],
  ["reason_means", quoted(`${GATE}/decide.rs`, "Reason")],
  ["warning", quoted(`${GATE}/decide.rs`, "Warning")],
  ["gate_verdict", variants(`${GATE}/decide.rs`, "Verdict")],
  ["freshness", variants(`${GATE}/decide.rs`, "Freshness")],
  ["barrier", variants(`${GATE}/event.rs`, "BarrierWord")],
  ["outcome", variants(`${GATE}/event.rs`, "AccessOutcome")],
  ["act", variants(`${GATE}/event.rs`, "GuardAct")],
  ["incident", variants(`${GATE}/event.rs`, "IncidentKind")],
  ["group_kind", variants(`${GATE}/list.rs`, "GroupKind")],
  ["lane_way", variants(`${GATE}/list.rs`, "LaneWay")],
  ["list_kind", variants(`${GATE}/list.rs`, "ListKind")],
  ["day", variants(`${GATE}/calendar.rs`, "DayKind")],
  ["day_short", variants(`${GATE}/calendar.rs`, "DayKind")],
  ["wanted", variants(`${GATE}/policy.rs`, "Wanted")],
  ["wanted_means", variants(`${GATE}/policy.rs`, "Wanted")],
  ["passback", variants(`${GATE}/policy.rs`, "AntiPassback")],
  ["passback_means", variants(`${GATE}/policy.rs`, "AntiPassback")],
  ["trust", variants("wire/src/identity/trust.rs", "TrustLevel")],
  ["ladder", variants("wire/src/status.rs", "LadderStep")],
  ["ladder_means", variants("wire/src/status.rs", "LadderStep")],
  ["role", variants("central/src/auth.rs", "Role")],
];

test.each(KINDS)("every word of %s has a text in both languages", (kind, words) => {
  expect(words.length).toBeGreaterThan(1);
  for (const texts of [vi, en] as unknown as Record<string, Record<string, string>>[]) {
    expect(words.filter((word) => !texts[kind]?.[word])).toEqual([]);
  }
});

test("the filter offers every reason there is", () => {
  expect([...REASONS].sort()).toEqual(quoted(`${GATE}/decide.rs`, "Reason").sort());
});

test("every kind of incident has its picture sign", () => {
  expect(variants(`${GATE}/event.rs`, "IncidentKind").filter((kind) => !INCIDENT_ICON[kind])).toEqual([]);
});

test("every reason that a desk offers has a text", () => {
  const reasons = Object.values(JSON.parse(source("edge-agent/data/reasons.json")) as Record<string, { code: string }[]>).flat();
  expect(reasons.length).toBeGreaterThan(20);
  for (const texts of [vi, en]) expect(reasons.filter(({ code }) => !(texts.desk_reason as Record<string, string>)[code])).toEqual([]);
});
