import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startI18n } from "../i18n";
import { NoPlate, Plate, PlateFindingBadge } from "./plate";

beforeAll(startI18n);
afterEach(cleanup);

test("a motorcycle's plate is drawn on two lines and read out whole", () => {
  render(<Plate display="59-P1 664.80" kind="motorcycle_old" lines={2} />);
  const plate = screen.getByRole("img", { name: "Biển số 59-P1 664.80" });
  expect([...plate.children].map((line) => line.textContent)).toEqual(["59-P1", "664.80"]);
  expect(plate.className).toContain("plate-two");
});

test("a long car plate is drawn on one line", () => {
  render(<Plate display="30A-123.45" kind="car" lines={1} />);
  const plate = screen.getByRole("img", { name: "Biển số 30A-123.45" });
  expect(plate.children).toHaveLength(1);
  expect(plate.className).toContain("plate-white");
});

test("a coloured plate says its colour, for those who cannot see it", () => {
  render(<Plate display="KV-69-38" kind="military" lines={1} />);
  expect(screen.getByRole("img").getAttribute("aria-label")).toContain("quân đội");
  expect(screen.getByRole("img").className).toContain("plate-red");
});

test("a yellow plate is drawn yellow and says what that means", () => {
  render(<Plate display="51F-970.22" kind="car" colour="yellow" lines={1} />);
  expect(screen.getByRole("img").className).toContain("plate-yellow");
  expect(screen.getByRole("img").getAttribute("aria-label")).toContain("kinh doanh vận tải");
});

test("a finding about the plate asks for a check and accuses nobody", () => {
  const { rerender } = render(<PlateFindingBadge finding={{ kind: "covered", score: 0.8, looks: 6 }} />);
  expect(screen.getByText("Biển có thể bị che, cần kiểm tra")).toBeTruthy();
  rerender(<PlateFindingBadge finding={{ kind: "from_the_future", score: 0.8, looks: 6 }} />);
  expect(screen.getByText("Biển số cần kiểm tra")).toBeTruthy();
  rerender(<PlateFindingBadge finding={null} />);
  expect(screen.queryByText(/kiểm tra/)).toBeNull();
});

test("a plate that was not read says why", () => {
  render(<NoPlate reason="too_small" />);
  expect(screen.getByText("Biển quá nhỏ")).toBeTruthy();
});
