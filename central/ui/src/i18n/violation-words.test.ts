import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import enCitizen from "./citizen.en.json";
import viCitizen from "./citizen.vi.json";
import enVerification from "./verification.en.json";
import viVerification from "./verification.vi.json";
import { en, vi } from "./index";

/** Central's own words are read, so that one that is new there cannot be forgotten here. */
const root = resolve(import.meta.dirname, "../../../..");
const source = (path: string) => readFileSync(resolve(root, path), "utf8");
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((found) => found[1]))];
/** What stands between a head and the next line that closes an item. */
const item = (text: string, head: string) => {
  const at = text.indexOf(head);
  expect(at, `${head} is in the source`).toBeGreaterThanOrEqual(0);
  return text.slice(at, text.indexOf("\n    }\n", at));
};
/** A column of a CSV file without quotes before it, or by its place from the end. */
const column = (path: string, name: string) => {
  const [head, ...rows] = source(path).split("\n").filter((line) => line && !line.startsWith("#"));
  const names = head.split(",");
  const from_end = names.length - names.indexOf(name);
  const fields = (line: string) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
  return [...new Set(rows.map((line) => fields(line).at(-from_end) ?? ""))];
};
const states = source("central/src/cases/state.rs");
const steps = source("central/data/handling/steps.toml");
const kinds = JSON.parse(source("wire/data/violation-kinds.json")) as { kind: string; moments: string[] }[];

/** Words of an enum as serde writes them: variants in snake case. */
const variants = (text: string, name: string) => {
  const at = text.indexOf(`pub enum ${name} {`);
  expect(at, `${name} is in the source`).toBeGreaterThanOrEqual(0);
  return all(text.slice(at, text.indexOf("\n}", at)), /^ {4}(\w+)(?:,| \{|\()/gm).map((variant) => variant.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase());
};
/** Words that the comment over a field of a struct names: `` `taken`, `postponed` ``. */
const commented = (text: string, struct: string, field: string) => {
  const body = text.slice(text.indexOf(`pub struct ${struct} {`));
  const before = body.slice(0, body.indexOf(`pub ${field}: `));
  return all(before.slice(before.lastIndexOf("\n\n") + 1).split("\n").findLast((line) => line.includes("///")) ?? "", /`(\w+)`/g);
};
/** Codes of refusals that bring no words of their own. */
const refusals = (...paths: string[]) => [...new Set(paths.flatMap((path) => [...all(source(path), /(?:unacceptable|bad_request|conflict|overtaken)\(\s*"(\w+)"/g), ...all(source(path), /StatusCode::(?:CONFLICT|FORBIDDEN),\s*"(\w+)"/g)]))];
const files = (folder: string) => readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs") && !file.includes("test")).map((file) => `${folder}/${file}`);
const record = source("central/src/handling/record.rs");
const outside = source("central/src/handling/outside.rs");
const registry = source("central/src/matching/registry.rs");
const violations = files("edge-agent/src").filter((path) => /violation/.test(path)).map(source).join("\n");
/** What the machine writes into a log beside its steps. */
const notes = files("central/src/handling").filter((path) => !path.includes("simulation")).flatMap((path) => all(source(path), /\.note\(\s*"(\w+)"/g));
/** What a paper may lack: fields of the templates, those of blocks too. */
const paper_fields = readdirSync(resolve(root, "central/data/documents")).flatMap((file) => all(source(`central/data/documents/${file}`), /\{(\w+)\}/g));

const WORDS: [string, string[]][] = [
  ["case_state", all(item(states, "pub fn as_str(self)"), /Self::\w+ => "(\w+)"/g)],
  ["case_step", all(item(states.slice(states.indexOf("impl Action")), "pub fn as_str(self)"), /Self::\w+ => "(\w+)"/g)],
  ["flag", all(item(source("central/src/cases/flags.rs"), "pub fn as_str(self)"), /Self::\w+ => "(\w+)"/g)],
  ["conflict", all(item(source("central/src/cases/review.rs"), "pub fn code(self)"), /Self::\w+ => "(\w+)"/g).filter((code) => code !== "incomplete")],
  ["decision", ["approve", "reject", "escalate"]],
  ["moment", [...new Set(kinds.flatMap(({ moments }) => moments))]],
  ["handling_state", all(source("central/src/handling/state.rs"), /^ {4}\w+ "(\w+)" "/gm)],
  ["channel", all(item(source("central/src/handling/record.rs"), "pub fn word(&self)"), /=> "(\w+)"/g)],
  ["liable_basis", all(steps.slice(steps.indexOf('name = "basis"')).split("\n")[0].replace(/.*options = /, ""), /"(\w+)"/g)],
  ["due", column("central/data/law/deadlines.csv", "kind")],
  ["law_from", column("central/data/law/deadlines.csv", "from")],
  ["law_unit", column("central/data/law/deadlines.csv", "unit")],
  ["law_vehicle", column("central/data/law/behaviours.csv", "vehicle")],
  ["law_camera", ["usual", "possible", "never"]],
  ["device_type", column("central/data/cases/device_types.csv", "type")],
  ["law_day", column("central/data/law/holidays.csv", "kind").concat("work")],
  ["law_confidence", ["H", "M", "L"]],
  ["rank", column("central/data/law/caps.csv", "role")],
  ["device_status", all(/!\[(.*)\]\.contains\(&self\.status/.exec(source("central/src/cases/device.rs"))?.[1] ?? "", /"(\w+)"/g)],
  ["class", variants(source("wire/src/scene/mod.rs"), "VehicleClass")],
  ["lamp", variants(source("wire/src/signal.rs"), "LampState")],
  ["lamp_at", variants(source("wire/src/signal.rs"), "LampState")],
  ["signal_source", variants(source("wire/src/signal.rs"), "SignalSource")],
  ["evidence_role", variants(source("wire/src/envelope.rs"), "EvidenceRole")],
  ["measured", all(violations, /what: "(\w+)"\.to_owned/g)],
  ["doubt", [...all(violations, /vec!\["(\w+)"\]/g), ...all(violations, /doubts\.push\("(\w+)"/g), ...all(violations, /doubt\([^;]*?"(\w+)"\)/g)]],
  ["may_not", all(item(source("central/src/cases/review.rs"), "pub fn code(self)"), /Self::(?!NotPlayed|PlateNotConfirmed|Incomplete)\w+ => "(\w+)"/g)],
  ["refused", refusals(...files("central/src/web/cases").filter((path) => !path.endsWith("adapter.rs")), ...files("central/src/web/handling").filter((path) => !path.endsWith("callbacks.rs")), "central/src/web/law.rs", "central/src/web/sections.rs")],
  ["handling_note", [...new Set(notes)]],
  ["handling_role", ["officer", "signer", "citizen"]],
  ["handling_doubt", [...variants(registry, "RegistryStatus").filter((status) => !["found", "not_asked", "unavailable"].includes(status)), "unanswered", ...all(outside, /doubts\.push\("(\w+)"/g), ...all(registry, /Some\("(vehicle_\w+)"\)/g), ...all(registry, /OTHER_GROUP: &str = "(\w+)"/g)]],
  ["message_state", [...commented(record, "Order", "state"), ...all(source("central/src/web/handling/callbacks.rs"), /"([A-Z]{4,})"/g).map((word) => word.toLowerCase())]],
  ["document_state", all(source("central/src/web/handling/detail.rs"), /=> "(drafted|signed|issued)"/g)],
  ["document_field", paper_fields],
  ["response_kind", commented(record, "Answer", "kind")],
  ["response_by", commented(record, "Answer", "by")],
  ["points_state", commented(record, "Points", "state")],
  ["warning_state", commented(record, "Warning", "state")],
  ["warning_target", [...commented(record, "Warning", "target"), "commune"]],
  ["section_problem", all(source("central/src/sections.rs"), /Some\("(no_partner|differs|twice)"\)/g)],
  ["section_problem_means", all(source("central/src/sections.rs"), /Some\("(\w+)"\);/g)],
  ["document_kind", readdirSync(resolve(root, "central/data/documents")).map((file) => file.replace(".toml", ""))],
];

test.each(WORDS)("every word of %s has a text in both languages", (kind, words) => {
  expect(words.length).toBeGreaterThan(1);
  for (const texts of [vi, en] as unknown as Record<string, Record<string, string>>[]) {
    expect(words.filter((word) => !texts[kind]?.[word])).toEqual([]);
  }
});

test("every thing that a reject reason teaches has a text", () => {
  const words = column("central/data/law/reject_reasons.csv", "teaches");
  expect(words.length).toBeGreaterThan(3);
  for (const texts of [vi, en]) expect(words.filter((word) => !(texts.reviewers.teach as Record<string, string>)[word])).toEqual([]);
});

test("tables and fields of the law that a change may name have a text", () => {
  const tables = all(source("central/src/law/edition.rs").replace(/[\s\S]*macro_rules! each_table/, "").replace(/pub\(super\) use[\s\S]*/, ""), /(\w+): [A-Z]/g);
  expect(tables.length).toBeGreaterThan(10);
  for (const texts of [vi, en]) expect(tables.filter((table) => !(texts.law.tab as Record<string, string>)[table])).toEqual([]);
  const fields = readdirSync(resolve(root, "central/data/law")).flatMap((file) => {
    const text = source(`central/data/law/${file}`);
    return file.endsWith(".csv") ? (text.split("\n").find((line) => line && !line.startsWith("#")) ?? "").split(",") : all(text, /^(\w+) = /gm);
  });
  expect(fields.length).toBeGreaterThan(50);
  for (const texts of [vi, en]) expect([...new Set(fields)].filter((field) => !(texts.law.field as Record<string, string>)[field])).toEqual([]);
});

test("what a citizen may meet has a text: steps, papers, pictures, refusals", () => {
  const detail = source("central/src/web/citizen/detail.rs");
  const web = files("central/src/web/citizen").map(source).join("\n");
  const kinds_of_papers = readdirSync(resolve(root, "central/data/documents")).map((file) => file.replace(".toml", ""));
  const codes = [...new Set([...all(web, /(?:unacceptable|refused)\("(\w+)"/g), ...all(web, /StatusCode::\w+,\s*"(\w+)"/g)])].filter((code) => code !== "bad_form");
  const needed: [string, string[]][] = [
    ["step", all(detail, /step\("(\w+)"/g)],
    ["document", kinds_of_papers],
    ["picture", [...new Set([...kinds.flatMap(({ moments }) => moments), ...variants(source("wire/src/envelope.rs"), "EvidenceRole").filter((role) => !["clip", "overlay"].includes(role))])]],
    ["failed", codes],
  ];
  for (const [name, words] of needed) {
    expect(words.length, name).toBeGreaterThan(2);
    for (const texts of [viCitizen.citizen, enCitizen.citizen] as unknown as Record<string, Record<string, string>>[]) expect(words.filter((word) => !texts[name][word]), name).toEqual([]);
  }
  for (const texts of [viVerification.paper, enVerification.paper]) {
    expect(kinds_of_papers.filter((kind) => !(texts.kind as Record<string, string>)[kind])).toEqual([]);
    expect([...all(source("central/src/store/documents.rs"), /"(replaced|voided)"/g), "valid"].filter((state) => !(texts.state as Record<string, string>)[state])).toEqual([]);
  }
});
