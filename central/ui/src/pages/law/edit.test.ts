import { expect, test } from "vitest";
import { changesFor, holdsOn, keyOf, rowWith, typedOf } from "./edit";

const cap = { role: "team_chief", title_vi: "Đội trưởng", title_en: "Team chief", cap: 22_500_000, valid_from: "2026-08-15", valid_to: null, legal_basis: "Điều 13", confidence: "M" as const };

test("a changed row begins on its day and the old one ends the day before, so that older acts keep their law", () => {
  const next = rowWith("caps", cap, { ...typedOf("caps", cap), cap: "25.000.000" });
  expect(next?.cap).toBe(25_000_000);
  expect(changesFor("caps", cap, next ?? {}, "2027-03-01")).toEqual([
    { op: "end", table: "caps", key: "team_chief", valid_from: "2026-08-15", valid_to: "2027-02-28" },
    { op: "put", table: "caps", row: { ...cap, cap: 25_000_000, valid_from: "2027-03-01", valid_to: null } },
  ]);
  expect(changesFor("caps", cap, next ?? {}, "2026-08-15")).toHaveLength(1);
});

test("what is no number is not made into one", () => {
  for (const wrong of ["", "abc", "-1", "1e400"]) expect(rowWith("caps", cap, { ...typedOf("caps", cap), cap: wrong })).toBeNull();
});

test("a holiday that moves leaves its old day", () => {
  const tet = { kind: "off", title_vi: "Tết", title_en: "Tet", valid_from: "2027-02-05", valid_to: "2027-02-11", legal_basis: "dự kiến", confidence: "L" as const };
  const moved = rowWith("holidays", tet, { ...typedOf("holidays", tet), valid_from: "2027-02-06", valid_to: "" });
  expect(changesFor("holidays", tet, moved ?? {}, "2026-12-01").map(({ op }) => op)).toEqual(["remove", "put"]);
  expect(moved?.valid_to).toBeNull();
  expect(changesFor("holidays", null, tet, "2026-12-01")).toHaveLength(1);
  expect(keyOf("holidays", tet)).toBe("day");
});

test("a row holds from its first day to its last one, both included", () => {
  const row = { valid_from: "2025-01-01", valid_to: "2026-08-14", legal_basis: "", confidence: "H" as const };
  expect(["2024-12-31", "2025-01-01", "2026-08-14", "2026-08-15"].map((day) => holdsOn(row, day))).toEqual([false, true, true, false]);
  expect(holdsOn({ ...row, valid_to: null }, "2099-01-01")).toBe(true);
});
