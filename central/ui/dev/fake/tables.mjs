// What the stand-in shares with central: the law's tables, the steps of handlings and the names of states, read from central's own files.
import { readFileSync } from "node:fs";

const read = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

/** Fields of a CSV line; quotes hold commas. */
function fields(line) {
  const found = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) found.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  return found;
}

/** Rows of a CSV file with `#` comments, all of them texts. */
export function csv(path) {
  const [head, ...lines] = read(path).split(/\r?\n/).filter((line) => line && !line.startsWith("#"));
  const names = fields(head);
  return lines.map((line) => Object.fromEntries(fields(line).map((value, at) => [names[at], value])));
}

const NUMBERS = new Set(["fine_low", "fine_high", "points", "revoke_months_low", "revoke_months_high", "cap", "amount", "value", "rank"]);
const FLAGS = new Set(["serious", "rolls", "note_needed"]);

/** Rows of a table of the law as central tells them: numbers, flags, null for an open end. */
export function table(name) {
  const value = (key, text) => {
    if (FLAGS.has(key)) return text === "true";
    if (text === "" && (NUMBERS.has(key) || key === "valid_to")) return null;
    return NUMBERS.has(key) ? Number(text) : text;
  };
  return csv(`data/law/${name}.csv`).map((row) => Object.fromEntries(Object.entries(row).map(([key, text]) => [key, value(key, text)])));
}

/** `key = value` of an inline table or a line, as JSON. */
const json = (text) => JSON.parse(text.replace(/([{,]\s*)(\w+) = /g, '$1"$2": ').replace(/,(\s*[\]}])/g, "$1"));

/** Every step of a handling, in the order of central's file. */
export const STEPS = read("data/handling/steps.toml")
  .split("[[step]]")
  .slice(1)
  .map((block) => {
    const step = { signature: false, danger: false, fields: [] };
    for (const [, key, value] of block.replace(/^#.*$/gm, "").matchAll(/^(\w+) = (\[\n[\s\S]*?^\]|.+)$/gm)) step[key] = json(`{"v": ${value}}`).v;
    return { ...step, fields: step.fields.map((field) => ({ ...field, person: field.person ?? false })) };
  });

/** Names of a handling's states in both languages. */
export const STATES = new Map([...read("src/handling/state.rs").matchAll(/^ {4}\w+ "(\w+)" "([^"]+)" "([^"]+)",$/gm)].map(([, state, vi, en]) => [state, { state, state_vi: vi, state_en: en }]));
export const FINAL = ["closed", "expired", "handed_over", "lapsed", "transferred_out", "voided"];

/** Whether a row of the law holds on a day. */
export const holds = (row, on) => row.valid_from <= on && (!row.valid_to || on <= row.valid_to);
/** A day of Vietnam. */
export const dayOf = (ms) => new Date(ms + 25_200_000).toISOString().slice(0, 10);

/** What is wrong, in both languages, as central's problems carry it. */
export const trouble = (path, code, vi, en) => ({ path, code, vi, en });
