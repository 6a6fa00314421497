import { expect, test } from "vitest";
import { BLANK, check, codeOf, toVisit } from "./form";

const GOOD = { ...BLANK, site: "trang-an", name: " Nguyễn Văn Mẫu ", people: "3", date: "2026-11-22", time: "08:30", contact: "0912 345 678" };

test("a complete form has nothing wrong, and empty fields are not sent", () => {
  expect(check(GOOD, "2026-11-21")).toEqual({});
  expect(toVisit(GOOD)).toEqual({ site: "trang-an", name: "Nguyễn Văn Mẫu", people: 3, date: "2026-11-22", time: "08:30", contact: "0912 345 678", consent: true });
});

test("an empty form names every field that is needed, and no other", () => {
  expect(check(BLANK, "2026-11-21")).toEqual({ name: "required", date: "required", time: "required", contact: "contact" });
});

test("yesterday, no people and half a telephone number are refused", () => {
  expect(check({ ...GOOD, date: "2026-11-20", people: "0", contact: "0912" }, "2026-11-21")).toEqual({ date: "past", people: "people", contact: "contact" });
});

test("a foreign visitor needs a country of three letters and a passport", () => {
  expect(check({ ...GOOD, is_foreign: true }, "2026-11-21")).toEqual({ country: "country", passport: "passport" });
  const foreign = { ...GOOD, is_foreign: true, country: "fra", passport: "12ab34567" };
  expect(check(foreign, "2026-11-21")).toEqual({});
  expect(toVisit(foreign).foreign).toEqual({ country: "FRA", passport: "12AB34567" });
});

test("a code may be typed as it was heard", () => expect(codeOf(" ab2-9 kx")).toBe("AB29KX"));
