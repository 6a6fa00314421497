import { expect, test } from "vitest";
import { wrongWith } from "./driver-form";
import { MOST_BYTES, trouble } from "./statement-form";
import { dong } from "./words";

const file = (size: number, type: string) => ({ size, type });

test("files are judged before anything is sent", () => {
  expect(trouble([])).toBeNull();
  expect(trouble([file(MOST_BYTES, "image/jpeg"), file(1, "application/pdf")])).toBeNull();
  expect(trouble([file(MOST_BYTES + 1, "image/png")])).toBe("too_large");
  expect(trouble([file(1, "image/svg+xml")])).toBe("bad_type");
  expect(trouble(Array.from({ length: 6 }, () => file(1, "image/png")))).toBe("too_many_files");
});

test("a driver needs a name, a whole number and an address", () => {
  const whole = { name: "Trần Thị Mẫu", id_number: "037190 001234", licence_no: "", address: "Thôn 1, xã Gia Vân" };
  expect(wrongWith(whole)).toEqual([]);
  expect(wrongWith({ ...whole, id_number: "161234567" })).toEqual([]);
  expect(wrongWith({ name: " ", id_number: "03719000123", licence_no: "", address: "" })).toEqual(["name", "id_number", "address"]);
});

test("money is written as it is in Vietnam", () => {
  expect(dong(19_000_000)).toBe("19.000.000 đ");
  expect(dong(0)).toBe("0 đ");
});
