import { expect, test } from "vitest";
import type { DeviceRecord } from "../../api/case-types";
import { formOf, recordOf, troublesOf } from "./record";

const record: DeviceRecord = {
  site: "s", camera: "c", serial: "SN-1", type: "traffic_camera", model: "VG-8M", annex_item: "21", approval_decision: { no: "142/QĐ", on: "2026-03-02", by: "Trưởng phòng", from: "2026-03-05", to: null },
  approved_position: { lat: 20.2539, lon: 105.975, radius_m: 30, vi: "Cột đèn số 4" }, calibration: { cert_no: "KĐ-1", agency: "Trung tâm", from: "2026-02-20", to: "2027-02-19" }, max_clock_offset_ms: 1000, trained_users: ["police", "police2"], sign_installed: { on: "2026-03-01", photo_sha256: "ab" }, status: "in_use",
};

test("a record that is opened and sent without a change is the same record", () => {
  expect(recordOf(formOf(record), record)).toEqual(record);
  expect(recordOf(formOf({ ...record, calibration: null, sign_installed: null }), record)).toEqual({ ...record, calibration: null, sign_installed: null });
});

test("what is missing is said group by group, and half a certificate is none", () => {
  expect([...troublesOf(formOf(null))]).toEqual(["machine", "approval", "position"]);
  expect(troublesOf(formOf(record)).size).toBe(0);
  const form = formOf(record);
  expect([...troublesOf({ ...form, calibration: { ...form.calibration, agency: "" } })]).toEqual(["calibration"]);
  expect([...troublesOf({ ...form, approval: { ...form.approval, to: "2026-01-01" } })]).toEqual(["approval"]);
  expect([...troublesOf({ ...form, position: { ...form.position, lat: "91" }, use: { ...form.use, clock: "0" } })]).toEqual(["position", "use"]);
  expect(recordOf({ ...form, position: { ...form.position, lat: "20,5" } }, record).approved_position?.lat).toBe(20.5);
});
