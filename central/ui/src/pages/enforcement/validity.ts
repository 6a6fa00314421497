import type { DeviceRecord } from "../../api/case-types";

export type Validity = { state: "missing" | "future" | "valid" | "soon" | "over"; share: number; days: number };

/** Days before the end from which on it is time to renew. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** Whether something holds at a moment, and how much of its time has gone. Last days are included. */
export function validity(from: string | null | undefined, to: string | null | undefined, now: number): Validity {
  if (!from) return { state: "missing", share: 0, days: 0 };
  const start = Date.parse(from.length === 10 ? `${from}T00:00:00+07:00` : from);
  if (now < start) return { state: "future", share: 0, days: Math.ceil((start - now) / DAY_MS) };
  if (!to) return { state: "valid", share: 0, days: Infinity };
  const end = Date.parse(to.length === 10 ? `${to}T23:59:59+07:00` : to);
  if (now > end) return { state: "over", share: 1, days: Math.floor((now - end) / DAY_MS) };
  const days = Math.floor((end - now) / DAY_MS);
  return { state: days < SOON_DAYS ? "soon" : "valid", share: (now - start) / (end - start), days };
}

/**
 * Whether what a device records can be used as evidence now: every condition that does not hang on the single case. Without a
 * certificate it depends on the kind of device: some need none.
 */
export function admissible(device: DeviceRecord, now: number): "yes" | "no" | "depends" {
  const holds = ({ state }: Validity) => state === "valid" || state === "soon";
  const rest = holds(validity(device.approval_decision?.from, device.approval_decision?.to, now)) && device.approved_position !== null && device.trained_users.length > 0 && device.status === "in_use";
  if (!rest) return "no";
  if (!device.calibration) return "depends";
  return holds(validity(device.calibration.from, device.calibration.to, now)) ? "yes" : "no";
}

/** Fields that differ between what holds and what is proposed, as paths with both values; of a first record, all that are filled. */
export function deviceDiff(before: DeviceRecord | null, after: DeviceRecord): { path: string; from: string; to: string }[] {
  const flat = (value: unknown, path = ""): [string, string][] => {
    if (value === null || value === undefined) return path ? [[path, ""]] : [];
    if (Array.isArray(value)) return [[path, value.join(", ")]];
    if (typeof value === "object") return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key));
    return [[path, String(value)]];
  };
  const [old, next] = [new Map(flat(before)), new Map(flat(after))];
  const skip = new Set(["site", "camera", "version", "approved_by", "approved_at", "valid_from", "proposal"]);
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((path) => !skip.has(path.split(".")[0]) && (old.get(path) ?? "") !== (next.get(path) ?? ""))
    .map((path) => ({ path, from: old.get(path) ?? "", to: next.get(path) ?? "" }));
}
