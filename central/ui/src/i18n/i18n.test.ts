import { expect, test } from "vitest";
import { en as enConsole, vi as viConsole } from "./index";
import enCitizen from "./citizen.en.json";
import viCitizen from "./citizen.vi.json";
import enVerification from "./verification.en.json";
import viVerification from "./verification.vi.json";
import enVisitor from "./visitor.en.json";
import viVisitor from "./visitor.vi.json";

const en = { ...enConsole, ...enVisitor, ...enCitizen, ...enVerification };
const vi = { ...viConsole, ...viVisitor, ...viCitizen, ...viVerification };

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();

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
