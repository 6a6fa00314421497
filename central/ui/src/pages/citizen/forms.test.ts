import { expect, test } from "vitest";
import { wrongWith } from "./driver-form";
import { MOST_BYTES, size, trouble, together } from "./statement-form";
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

test("files chosen one after the other come together, and the same one is there once", () => {
  const file = (name: string, size = 1) => ({ name, size });
  expect(together([file("a.jpg")], [file("b.pdf"), file("a.jpg")]).map(({ name }) => name)).toEqual(["a.jpg", "b.pdf"]);
  expect(together([file("a.jpg", 1)], [file("a.jpg", 2)])).toHaveLength(2);
});

test("money is written as it is in Vietnam, and as the English read it", () => {
  expect(dong(19_000_000, "vi")).toBe("19.000.000 đ");
  expect(dong(0, "vi")).toBe("0 đ");
  expect(dong(19_000_000, "en")).toBe("19,000,000 VND");
});

test("a small file is not told in megabytes", () => {
  expect(size(320, "vi")).toBe("320 byte");
  expect(size(12 * 1024, "vi")).toBe("12 KB");
  expect(size(1.5 * 1024 * 1024, "vi")).toBe("1,5 MB");
});
