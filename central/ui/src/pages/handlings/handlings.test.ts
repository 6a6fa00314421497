import { expect, test } from "vitest";
import type { HandlingAct, HandlingAction } from "../../api/handling-types";
import { actTrouble, asksSure, bodyOf, numberOf, startValues, troubleOf, troubles } from "./fields";
import { ALL_STATES, STATIONS, stateTone, stationOf } from "./station";

const action = (danger: boolean, ...fields: HandlingAction["fields"]): HandlingAction => ({ action: "x", vi: "", en: "", allowed: true, why_not: null, why_not_vi: null, why_not_en: null, fields, needs_signature: false, danger });

test("every state of the way lies at a station, those that end from anywhere at none", () => {
  expect(ALL_STATES).toHaveLength(31);
  expect(new Set(ALL_STATES).size).toBe(31);
  for (const state of ALL_STATES) if (!["voided", "expired"].includes(state)) expect(STATIONS).toContain(stationOf(state));
  expect(stationOf("voided")).toBeNull();
  expect(stationOf("a_newer_state")).toBeNull();
  expect([stateTone("paid"), stateTone("disputed"), stateTone("voided"), stateTone("notice_draft")]).toEqual(["admit", "deny", "unknown", "wait"]);
});

test("what cannot be undone asks for a reason in words, or for a sign that it is meant", () => {
  const reason = { name: "reason", type: "longtext", required: true, vi: "", en: "", person: false };
  expect(asksSure(action(true))).toBe(true);
  expect(asksSure(action(true, reason))).toBe(false);
  expect(asksSure(action(false))).toBe(false);
  expect([troubleOf(reason, "", true), troubleOf(reason, "ok", true), troubleOf(reason, "trùng vụ 118", true)]).toEqual(["required", "reason_short", null]);
});

const act = { case_id: "c1", low: 18_000_000, high: 20_000_000, proposed: 19_000_000, amount: null, expired: false } as HandlingAct;
const old = { ...act, case_id: "c0", expired: true };
const decision = action(false, { name: "acts", type: "acts", required: true, vi: "", en: "", person: false }, { name: "revocation_months", type: "number", required: false, vi: "", en: "", person: false });

test("money is read however it is grouped, and kept within the act's range", () => {
  expect([numberOf("19.000.000"), numberOf("19,000,000 ₫"), numberOf("19000000"), numberOf("19 triệu"), numberOf("-1"), numberOf("")]).toEqual([19_000_000, 19_000_000, 19_000_000, null, null, null]);
  const of = (amount: string, why = "") => actTrouble(act, { "acts.c1": amount, "mitigating.c1": why });
  expect([of("17.999.999"), of("20.000.001"), of("x"), of("19.000.000"), of("18.500.000"), of("18.500.000", "tự nguyện khai báo")]).toEqual(["least", "most", "number", null, "circumstance", null]);
});

test("a decision starts from the average, leaves out what is statute-barred, and sends an amount per act", () => {
  const values = startValues(decision, [old, act]);
  expect(values).toEqual({ "acts.c1": "19000000", "mitigating.c1": "", "aggravating.c1": "", revocation_months: "" });
  expect(troubles(decision, [old, act], values).size).toBe(0);
  expect(bodyOf(decision, [old, act], { ...values, "acts.c1": "18.500.000", "mitigating.c1": "khai báo; khắc phục" })).toEqual({ acts: [{ case_id: "c1", amount: 18_500_000, mitigating: ["khai báo", "khắc phục"], aggravating: [] }] });
  expect([...troubles(decision, [act], { ...values, "acts.c1": "1", revocation_months: "x" })]).toEqual([["acts.c1", "least"], ["revocation_months", "number"]]);
});

test("numbers are sent as numbers, empty fields not at all", () => {
  const form = action(false, { name: "amount", type: "money", required: true, vi: "", en: "", person: false }, { name: "on", type: "date", required: false, vi: "", en: "", person: false }, { name: "note", type: "longtext", required: false, vi: "", en: "", person: false });
  expect(bodyOf(form, [], { amount: "5.000.000", on: "2026-11-21", note: "  " })).toEqual({ amount: 5_000_000, on: "2026-11-21" });
});
