import { beforeEach, expect, test } from "vitest";
import { type DraftRow, newRow, openRows, paperTime, rowRequest, storedPaper, storePaper, unsavedRows } from "./paper-rows";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const row = (change: Partial<DraftRow> = {}): DraftRow => ({ ...newRow(undefined), time: "1402", plate: "35A-123.45", ...change });
const paper = (rows: DraftRow[], form = "BM-07/112") => ({ form, day: "21/11/2026", rows });

beforeEach(() => sessionStorage.clear());

test("a time is taken as it is written on the form, in Vietnam's time", () => {
  for (const typed of ["1402", "14:02", "14h02", "14g02", "14.02", " 14 : 02 "]) expect(paperTime("21/11/2026", typed), typed).toBe("2026-11-21T14:02:00+07:00");
  expect(paperTime("21/11/2026", "902")).toBe("2026-11-21T09:02:00+07:00");
  for (const typed of ["2460", "25:00", "14", "", "abc", "14:2"]) expect(paperTime("21/11/2026", typed), typed).toBeNull();
  expect(paperTime("31/02/2026", "1402")).toBeNull();
});

test("a line becomes what the desk takes, without its empty cells", () => {
  expect(rowRequest(paper([]), row(), NOW)).toEqual({ form: "BM-07/112", row: 1, at: "2026-11-21T14:02:00+07:00", direction: "in", kind: "vehicle", verdict: "admit", plate: "35A-123.45" });
});

test("what is missing in a line is named", () => {
  expect(rowRequest(paper([], " "), row(), NOW)).toBe("form");
  expect(rowRequest(paper([]), row({ row: "0" }), NOW)).toBe("row");
  expect(rowRequest({ ...paper([]), day: "21/13/2026" }, row(), NOW)).toBe("day");
  expect(rowRequest({ ...paper([]), day: "22/11/2026" }, row(), NOW)).toBe("future");
  expect(rowRequest(paper([]), row({ time: "9" }), NOW)).toBe("time");
  expect(rowRequest(paper([]), row({ time: "2359" }), NOW)).toBe("future");
  expect(rowRequest(paper([]), row({ plate: "" }), NOW)).toBe("plate");
  expect(rowRequest(paper([]), row({ kind: "person", plate: "" }), NOW)).toBe("name");
  expect(rowRequest(paper([]), row({ kind: "person", plate: "", number: "037090001234" }), NOW)).toMatchObject({ number: "037090001234" });
});

test("the next line goes on where the last one was", () => {
  expect(newRow(row({ row: "7", direction: "out", kind: "person" }))).toMatchObject({ row: "8", direction: "out", kind: "person", plate: "" });
});

test("what was typed outlives a reload until it is recorded, and nothing stays after", () => {
  storePaper(paper([row({ state: "sending" }), row({ row: "2", state: "done" })]));
  expect(storedPaper()?.rows.map(({ state }) => state)).toEqual(["draft", "done"]);
  expect(unsavedRows()).toBe(1);
  storePaper(paper([row({ state: "done" }), row({ row: "2", state: "duplicate" })]));
  expect(storedPaper()).toBeNull();
  expect(sessionStorage).toHaveLength(0);
  expect(openRows([newRow(undefined)])).toEqual([]);
});

test("a damaged store is no draft", () => {
  sessionStorage.setItem("vg.desk.paper", "{");
  expect(storedPaper()).toBeNull();
});
