import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { BARRIERS, CAMERA_WORDS, FRESHNESS, GUARD_ACTS, LADDER_STEPS, OUTCOMES, REASONS, SHOWN, TRUST_LEVELS, VERDICTS, WARNINGS } from "../api/types";
import en from "./en.json";
import vi from "./vi.json";

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();
const WIRE = resolve(import.meta.dirname, "../../../../../wire/src");

/** The contract's source, whichever file of it a word stands in. */
const wire = () =>
  readdirSync(WIRE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".rs"))
    .map((file) => readFileSync(join(WIRE, file), "utf8"))
    .join("\n");

/** The words of an enum that is written with the `words!` macro. */
function macroWords(source: string, name: string): string[] {
  const bodies = [...source.matchAll(new RegExp(`\\b${name} \\{([^}]*)\\}`, "g"))].map((found) => [...found[1].matchAll(/= "(\w+)"/g)].map((m) => m[1]));
  return bodies.find((words) => words.length > 0) ?? [];
}

/** The words of an enum whose `as_str` names them. */
function matchWords(source: string, name: string): string[] {
  const body = new RegExp(`impl ${name} \\{[\\s\\S]*?\\n\\}`).exec(source)?.[0] ?? "";
  return [...body.matchAll(/Self::\w+ => "(\w+)"/g)].map((m) => m[1]);
}

test("both languages have the same keys", () => {
  expect(flatten(en).map(([key]) => key)).toEqual(flatten(vi).map(([key]) => key));
});

test("both languages fill the same holes in each sentence", () => {
  const english = new Map(flatten(en));
  for (const [key, text] of flatten(vi)) expect([key, holes(english.get(key) ?? "")]).toEqual([key, holes(text)]);
});

test("no sentence is empty, and Vietnamese is composed (NFC)", () => {
  for (const [key, text] of [...flatten(vi), ...flatten(en)]) {
    expect(text.trim(), key).not.toBe("");
    expect(text.normalize("NFC"), key).toBe(text);
  }
});

test("the words here are those of the wire contract", () => {
  const source = wire();
  expect(macroWords(source, "Reason")).toEqual([...REASONS]);
  expect(macroWords(source, "Warning")).toEqual([...WARNINGS]);
  expect(matchWords(source, "Verdict")).toEqual([...VERDICTS]);
  expect(matchWords(source, "GuardAct")).toEqual([...GUARD_ACTS]);
  expect(matchWords(source, "BarrierWord")).toEqual([...BARRIERS]);
  expect(matchWords(source, "AccessOutcome")).toEqual([...OUTCOMES]);
  expect(matchWords(source, "LadderStep")).toEqual([...LADDER_STEPS]);
  expect(matchWords(source, "CameraWord")).toEqual([...CAMERA_WORDS]);
});

test("every word that the desk may be sent has a text in both languages", () => {
  const groups: [string, readonly string[]][] = [
    ["reason", REASONS], ["warning", WARNINGS], ["act", GUARD_ACTS], ["verdict", VERDICTS], ["ladder.step", LADDER_STEPS],
    ["ladder.works", LADDER_STEPS], ["barrier", BARRIERS], ["outcome", OUTCOMES], ["lane.camera", CAMERA_WORDS], ["freshness", FRESHNESS],
    ["trust", TRUST_LEVELS], ["shown", SHOWN],
  ];
  for (const texts of [new Set(flatten(vi).map(([key]) => key)), new Set(flatten(en).map(([key]) => key))]) {
    for (const [group, words] of groups) for (const word of words) expect(texts.has(`${group}.${word}`), `${group}.${word}`).toBe(true);
  }
});

test("check_papers says nothing but to check papers", () => {
  expect(vi.reason.check_papers).toBe("Mời kiểm tra giấy tờ");
  expect(en.reason.check_papers).toBe("Please check papers");
});
