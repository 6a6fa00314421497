import { expect, test } from "vitest";
import type { Box, Size } from "../api/types";
import { viewRound } from "./crop";

const PICTURE: Size = [1920, 1080];

test("the view holds the box, keeps the aspect and stays inside the picture", () => {
  const boxes: Box[] = [[0, 0, 100, 80], [1800, 1000, 120, 80], [700, 400, 500, 420], [0, 0, 1920, 1080], [900, 100, 60, 900]];
  for (const box of boxes) {
    const view = viewRound(box, PICTURE, 16 / 10);
    expect(view.width / view.height).toBeCloseTo(1.6);
    expect(view.x).toBeGreaterThanOrEqual(0);
    expect(view.y).toBeGreaterThanOrEqual(0);
    expect(view.x + view.width).toBeLessThanOrEqual(1920 + 1e-6);
    expect(view.y + view.height).toBeLessThanOrEqual(1080 + 1e-6);
    expect(view.x).toBeLessThanOrEqual(box[0] + box[2] / 2);
    expect(view.x + view.width).toBeGreaterThanOrEqual(box[0] + box[2] / 2);
  }
});

test("a small box is shown with enough round it to know the place", () => {
  expect(viewRound([960, 540, 10, 10], PICTURE, 1.6).width).toBeGreaterThan(400);
});
