import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
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
  ["document_kind", readdirSync(resolve(root, "central/data/documents")).map((file) => file.replace(".toml", ""))],
];

test.each(WORDS)("every word of %s has a text in both languages", (kind, words) => {
  expect(words.length).toBeGreaterThan(2);
  for (const texts of [vi, en] as unknown as Record<string, Record<string, string>>[]) {
    expect(words.filter((word) => !texts[kind]?.[word])).toEqual([]);
  }
});

test("every thing that a reject reason teaches has a text", () => {
  const words = column("central/data/law/reject_reasons.csv", "teaches");
  expect(words.length).toBeGreaterThan(3);
  for (const texts of [vi, en]) expect(words.filter((word) => !(texts.reviewers.teach as Record<string, string>)[word])).toEqual([]);
});
