import { expect, test } from "vitest";
import type { DeviceRecord } from "../../api/case-types";
import { admissible, deviceDiff, validity } from "./validity";

const at = (day: string) => Date.parse(`${day}T12:00:00+07:00`);
const device: DeviceRecord = {
  site: "s", camera: "c", serial: "1", type: "t", model: "m", annex_item: "21", approval_decision: { no: "1", on: "2026-01-01", by: "x", from: "2026-01-05", to: null },
  approved_position: { lat: 1, lon: 2, radius_m: 3, vi: "Cột 4" }, calibration: { cert_no: "k", agency: "a", from: "2026-02-20", to: "2027-02-19" }, max_clock_offset_ms: 1000, trained_users: ["police"], sign_installed: null, status: "in_use",
};

test("a certificate holds from its first day to the end of its last one, and warns a month before", () => {
  expect(validity("2026-02-20", "2027-02-19", at("2026-02-19")).state).toBe("future");
  expect(validity("2026-02-20", "2027-02-19", at("2026-08-21"))).toMatchObject({ state: "valid", share: expect.closeTo(0.5, 1) });
  expect(validity("2026-02-20", "2027-02-19", at("2027-01-25")).state).toBe("soon");
  expect(validity("2026-02-20", "2027-02-19", at("2027-02-19")).state).toBe("soon");
  expect(validity("2026-02-20", "2027-02-19", at("2027-02-20")).state).toBe("over");
  expect(validity(null, null, at("2027-02-20")).state).toBe("missing");
  expect(validity("2026-01-05", null, at("2036-02-20")).state).toBe("valid");
});

test("one condition that fails is enough to make a device's pictures inadmissible", () => {
  const now = at("2026-11-21");
  expect(admissible(device, now)).toBe("yes");
  expect(admissible({ ...device, calibration: null }, now)).toBe("depends");
  for (const change of [{ approval_decision: null }, { approved_position: null }, { trained_users: [] }, { status: "off" }]) expect(admissible({ ...device, ...change }, now)).toBe("no");
  expect(admissible(device, at("2027-03-01"))).toBe("no");
});

test("a proposal shows the fields that differ and no others", () => {
  const next = { ...device, calibration: { ...device.calibration!, to: "2028-02-19" }, trained_users: ["police", "police2"] };
  expect(deviceDiff(device, next)).toEqual([
    { path: "calibration.to", from: "2027-02-19", to: "2028-02-19" },
    { path: "trained_users", from: "police", to: "police, police2" },
  ]);
  expect(deviceDiff(device, device)).toEqual([]);
});
