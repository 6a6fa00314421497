import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { lackOf } from "./lacks";

test("a missing field is told from where it comes from", () => {
  expect(lackOf("to_unit (the address names no commune)")).toEqual({ field: "to_unit", from: "commune", key: null });
  expect(lackOf("phone (handling.phone)")).toEqual({ field: "phone", from: "config", key: "handling.phone" });
  expect(lackOf("act_clause")).toEqual({ field: "act_clause", from: null, key: null });
  expect(lackOf("template notice: no such block")).toEqual({ field: "template notice: no such block", from: null, key: null });
});

test("every origin that central names is known here", () => {
  const source = readFileSync(resolve(import.meta.dirname, "../../../../src/handling/papers/mod.rs"), "utf8");
  const origins = [...source.slice(source.indexOf("const ORIGINS"), source.indexOf("];")).matchAll(/\("(\w+)", "([^"]+)"\)/g)];
  expect(origins.length).toBeGreaterThan(10);
  expect(origins.filter(([, field, origin]) => lackOf(`${field} (${origin})`).from === null)).toEqual([]);
});
