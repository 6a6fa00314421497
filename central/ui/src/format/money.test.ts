import { expect, test } from "vitest";
import { dong, grouped } from "./money";

test("dong are written in groups, wherever they stand", () => {
  expect(dong(19_000_000, "vi")).toBe("19.000.000 ₫");
  expect(dong(19_000_000, "en")).toBe("19,000,000 VND");
  expect(grouped("vượt thẩm quyền: khung cao nhất 40000000 đ, thẩm quyền 22500000 đ", "vi")).toBe("vượt thẩm quyền: khung cao nhất 40.000.000 đ, thẩm quyền 22.500.000 đ");
  expect(grouped("up to 22500000 VND, file 000042 of 2026", "en")).toBe("up to 22,500,000 VND, file 000042 of 2026");
});
