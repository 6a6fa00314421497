import type { DeviceRecord } from "../../api/case-types";

export type Group = "machine" | "approval" | "position" | "calibration" | "use";
/** A record as it is typed: texts, by group. */
export type RecordForm = Record<Group, Record<string, string>>;

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));
const texts = (names: string[], from: object | null | undefined) => Object.fromEntries(names.map((name) => [name, text((from as Record<string, unknown> | null | undefined)?.[name])]));

/** The form of a record; of none, an empty one. */
export function formOf(record: DeviceRecord | null): RecordForm {
  return {
    machine: { ...texts(["type", "annex_item", "model", "serial"], record), ...(!record && { type: "traffic_camera", annex_item: "21" }) },
    approval: texts(["no", "by", "on", "from", "to"], record?.approval_decision),
    position: { ...texts(["vi", "lat", "lon", "radius_m"], record?.approved_position), ...(!record && { radius_m: "30" }) },
    calibration: texts(["cert_no", "agency", "from", "to"], record?.calibration),
    use: { clock: text(record?.max_clock_offset_ms ?? 1000), users: record?.trained_users.join(", ") ?? "", status: record?.status ?? "in_use", sign_on: text(record?.sign_installed?.on), sign_photo: text(record?.sign_installed?.photo_sha256) },
  };
}

const number = (value: string) => (value.trim() === "" ? Number.NaN : Number(value.trim().replace(",", ".")));
const within = (value: string, least: number, most: number) => number(value) >= least && number(value) <= most;
const usersOf = (users: string) => users.split(/[,;\s]+/).filter(Boolean);

/** Groups in which something is missing or wrong, as far as one can know before central looks. */
export function troublesOf({ machine, approval, position, calibration, use }: RecordForm): Set<Group> {
  const found = new Set<Group>();
  const filled = (...values: string[]) => values.every((value) => value.trim() !== "");
  if (!filled(machine.type, machine.annex_item, machine.model, machine.serial)) found.add("machine");
  if (!filled(approval.no, approval.by, approval.on, approval.from) || (approval.to !== "" && approval.to < approval.from)) found.add("approval");
  if (!filled(position.vi) || !within(position.lat, -90, 90) || !within(position.lon, -180, 180) || !within(position.radius_m, 1, 2000)) found.add("position");
  const certified = Object.values(calibration).some((value) => value.trim() !== "");
  if (certified && (!filled(...Object.values(calibration)) || calibration.to < calibration.from)) found.add("calibration");
  if (!/^\d{1,5}$/.test(use.clock) || !within(use.clock, 1, 60_000)) found.add("use");
  return found;
}

/** The record that is sent. */
export function recordOf({ machine, approval, position, calibration, use }: RecordForm, at: { site: string; camera: string }): DeviceRecord {
  return {
    site: at.site,
    camera: at.camera,
    type: machine.type,
    annex_item: machine.annex_item.trim(),
    model: machine.model.trim(),
    serial: machine.serial.trim(),
    approval_decision: { no: approval.no.trim(), by: approval.by.trim(), on: approval.on, from: approval.from, to: approval.to || null },
    approved_position: { lat: number(position.lat), lon: number(position.lon), radius_m: number(position.radius_m), vi: position.vi.trim() },
    calibration: calibration.cert_no.trim() ? { cert_no: calibration.cert_no.trim(), agency: calibration.agency.trim(), from: calibration.from, to: calibration.to } : null,
    max_clock_offset_ms: Number(use.clock),
    trained_users: usersOf(use.users),
    sign_installed: use.sign_on ? { on: use.sign_on, photo_sha256: use.sign_photo || null } : null,
    status: use.status,
  };
}
