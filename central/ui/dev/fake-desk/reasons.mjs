// The guards' reasons, out of the file that the agent carries: `list = [` and lines of `{ code = "…", vi = "…", en = "…" }`.
import { readFileSync } from "node:fs";

const TEXT = readFileSync(new URL("../../../../configs/desk-reasons.toml", import.meta.url), "utf8");

export const REASONS = Object.fromEntries(
  [...TEXT.matchAll(/^(\w+) = \[([^\]]*)\]/gm)].map(([, list, body]) => [list, [...body.matchAll(/code = "(.*?)", vi = "(.*?)", en = "(.*?)"/g)].map(([, code, vi, en]) => ({ code, vi, en }))]),
);
