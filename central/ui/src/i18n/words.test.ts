import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { REASONS } from "../pages/accesses/filters";
import { INCIDENT_ICON } from "../pages/alerts/incident";
import { en, vi } from "./index";

/** The contract itself is read, so that a word that is new there cannot be forgotten here. */
const root = resolve(import.meta.dirname, "../../../..");
const source = (path: string) => readFileSync(resolve(root, path), "utf8");
const gate = readdirSync(resolve(root, "wire/src/gate"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".rs"))
  .map((file) => source(`wire/src/gate/${file}`))
  .join("\n");

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
function variants(rust: string, name: string): string[] {
  const renamed = body(rust, `enum ${name} `).replace(/\/\/.*$/gm, "").replace(/#\[serde\(rename = "(\w+)"\)\]\s*\w+/g, '= "$1"');
  const fields = renamed.replace(/\{[^}]*\}/g, "");
  return fields
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => /= "(\w+)"/.exec(part)?.[1] ?? snake(/\w+/.exec(part)?.[0] ?? ""));
}

/** Words of an enum that the `words!` macro makes: they stand in quotes. */
const quoted = (name: string) => [...body(gate, `    ${name} {`).matchAll(/= "(\w+)"/g)].map((found) => found[1]);

const KINDS: [string, string[]][] = [
  ["reason", quoted("Reason")],
  ["reason_means", quoted("Reason")],
  ["warning", quoted("Warning")],
  ["gate_verdict", variants(gate, "Verdict")],
  ["freshness", variants(gate, "Freshness")],
  ["barrier", variants(gate, "BarrierWord")],
  ["outcome", variants(gate, "AccessOutcome")],
  ["act", variants(gate, "GuardAct")],
  ["incident", variants(gate, "IncidentKind")],
  ["group_kind", variants(gate, "GroupKind")],
  ["lane_way", variants(gate, "LaneWay")],
  ["list_kind", variants(gate, "ListKind")],
  ["day", variants(gate, "DayKind")],
  ["day_short", variants(gate, "DayKind")],
  ["wanted", variants(gate, "Wanted")],
  ["wanted_means", variants(gate, "Wanted")],
  ["passback", variants(gate, "AntiPassback")],
  ["passback_means", variants(gate, "AntiPassback")],
  ["trust", variants(source("wire/src/identity/trust.rs"), "TrustLevel")],
  ["ladder", variants(source("wire/src/status.rs"), "LadderStep")],
  ["ladder_means", variants(source("wire/src/status.rs"), "LadderStep")],
  ["role", variants(source("central/src/auth.rs"), "Role")],
];

test.each(KINDS)("every word of %s has a text in both languages", (kind, words) => {
  expect(words.length).toBeGreaterThan(1);
  for (const texts of [vi, en] as unknown as Record<string, Record<string, string>>[]) {
    expect(words.filter((word) => !texts[kind]?.[word])).toEqual([]);
  }
});

test("the filter offers every reason there is", () => {
  expect([...REASONS].sort()).toEqual(quoted("Reason").sort());
});

test("every kind of incident has its picture sign", () => {
  expect(variants(gate, "IncidentKind").filter((kind) => !INCIDENT_ICON[kind])).toEqual([]);
});

test("every reason that a desk offers has a text", () => {
  const reasons = [...source("configs/desk-reasons.toml").matchAll(/code = "(\w+)"/g)].map((found) => found[1]);
  expect(reasons.length).toBeGreaterThan(20);
  for (const texts of [vi, en]) expect(reasons.filter((code) => !(texts.desk_reason as Record<string, string>)[code])).toEqual([]);
});
