import { expect, test } from "vitest";
import type { HandlingAction } from "../../api/handling-types";
import { bodyOf, fieldsOf, numberOf, startValues, troubleOf } from "./fields";
import { ALL_STATES, STATIONS, stateTone, stationOf } from "./station";

const action = (danger: boolean, ...fields: HandlingAction["fields"]): HandlingAction => ({ action: "x", vi: "", en: "", allowed: true, why_not_vi: null, why_not_en: null, fields, needs_signature: false, danger });

test("every state of the way lies at a station, those that end from anywhere at none", () => {
  expect(ALL_STATES).toHaveLength(31);
  expect(new Set(ALL_STATES).size).toBe(31);
  for (const state of ALL_STATES) if (!["voided", "expired"].includes(state)) expect(STATIONS).toContain(stationOf(state));
  expect(stationOf("voided")).toBeNull();
  expect(stationOf("a_newer_state")).toBeNull();
  expect([stateTone("paid"), stateTone("disputed"), stateTone("voided"), stateTone("notice_draft")]).toEqual(["admit", "deny", "unknown", "wait"]);
});

test("what cannot be undone asks for a reason in words, even where central did not name one", () => {
  const fields = fieldsOf(action(true));
  expect(fields.map(({ name }) => name)).toEqual(["reason"]);
  expect(troubleOf(fields[0], "", true)).toBe("required");
  expect(troubleOf(fields[0], "ok", true)).toBe("reason_short");
  expect(troubleOf(fields[0], "trùng vụ 118", true)).toBeNull();
  expect(fieldsOf(action(true, { name: "reason", type: "text", required: true }))).toHaveLength(1);
});

test("money is read however it is grouped, and kept within its range", () => {
  expect([numberOf("19.000.000"), numberOf("19,000,000 ₫"), numberOf("19000000"), numberOf("19 triệu"), numberOf("")]).toEqual([19_000_000, 19_000_000, 19_000_000, null, null]);
  const amount = { name: "amount", type: "money", required: true, min: 18_000_000, max: 20_000_000 };
  expect([troubleOf(amount, "17.999.999", false), troubleOf(amount, "20.000.001", false), troubleOf(amount, "x", false), troubleOf(amount, "19.000.000", false)]).toEqual(["least", "most", "number", null]);
});

test("numbers are sent as numbers, moments in UTC, empty fields not at all", () => {
  const form = action(false, { name: "amount", type: "money", required: true, value: 5_000_000 }, { name: "at", type: "datetime", required: false }, { name: "note", type: "textarea", required: false }, { name: "sure", type: "checkbox", required: true });
  expect(startValues(form)).toEqual({ amount: "5000000", at: "", note: "", sure: false });
  expect(bodyOf(form, { amount: "5.000.000", at: "2026-11-21T09:00", note: "  ", sure: true })).toEqual({ amount: 5_000_000, at: "2026-11-21T02:00:00.000Z", sure: true });
});
