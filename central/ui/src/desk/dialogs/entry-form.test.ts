import { expect, test } from "vitest";
import { dayOf, EMPTY, requestOf } from "./entry-form";

const TODAY = new Date("2026-11-21T00:00:00Z");

test("a date of birth is taken as it is spoken, and a day that is none is refused", () => {
  expect(dayOf("15/08/1990", TODAY)).toBe("1990-08-15");
  expect(dayOf("15081990", TODAY)).toBe("1990-08-15");
  expect(dayOf("5-8-1990", TODAY)).toBe("1990-08-05");
  for (const wrong of ["31/02/1990", "15/08/2030", "1990-08-15", "15/13/1990", "", "abc"]) expect(dayOf(wrong, TODAY), wrong).toBeNull();
});

test("a card typed by hand needs number, name and date of birth", () => {
  const draft = { ...EMPTY, number: "037 090 001 234", name: "  Nguyễn  Văn Mẫu ", birth: "15/08/1990" };
  expect(requestOf("card", draft, TODAY)).toEqual({ shown: "typed_card", number: "037090001234", name: "Nguyễn Văn Mẫu", birth: "1990-08-15" });
  expect(requestOf("card", { ...draft, number: "123" }, TODAY)).toEqual({ field: "number", text: "bad_number" });
  expect(requestOf("card", { ...draft, name: " " }, TODAY)).toEqual({ field: "name", text: "needed" });
  expect(requestOf("card", { ...draft, birth: "1990" }, TODAY)).toEqual({ field: "birth", text: "bad_birth" });
});

test("passport, PIN, plate, ticket and codes become what the desk takes", () => {
  expect(requestOf("passport", { ...EMPTY, country: "fra", passport: "12 ab 34567", passportName: "Marie Curie" })).toEqual({ shown: "passport", country: "FRA", number: "12AB34567", name: "Marie Curie" });
  expect(requestOf("passport", { ...EMPTY, country: "fr" })).toEqual({ field: "country", text: "bad_country" });
  expect(requestOf("pin", { ...EMPTY, pin: "0042" })).toEqual({ shown: "pin", pin: "0042" });
  expect(requestOf("plate", { ...EMPTY, plate: "35a 123.45" })).toEqual({ shown: "plate", text: "35a 123.45" });
  expect(requestOf("ticket", { ...EMPTY, ticket: "VE-1" })).toEqual({ shown: "ticket", code: "VE-1" });
  expect(requestOf("code", { ...EMPTY, code: "x", codeKind: "vneid" })).toEqual({ shown: "vneid", token: "x" });
  expect(requestOf("code", EMPTY)).toEqual({ field: "code", text: "needed" });
});
