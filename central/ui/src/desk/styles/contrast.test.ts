import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const tokens = new Map([...readFileSync(resolve(import.meta.dirname, "tokens.css"), "utf8").matchAll(/--(v-[\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));

/** Relative luminance by WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test.each(["admit", "wait", "deny"])("the verdict %s is written with a contrast of AAA", (verdict) => {
  const ratio = contrast(tokens.get(`v-${verdict}`) ?? "", tokens.get(`v-${verdict}-ink`) ?? "");
  expect(ratio).toBeGreaterThanOrEqual(7);
});
