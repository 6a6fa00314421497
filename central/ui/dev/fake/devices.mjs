// Records of enforcement devices: proposed by an officer, approved by a commander, every version kept.
import { CAMERAS } from "./data.mjs";
import { DEVICE, SITE } from "./cases.mjs";
import { csv, dayOf, trouble } from "./tables.mjs";

const TYPES = csv("data/cases/device_types.csv");
const version = (camera, number, record, more) => ({ site: SITE, camera, version: number, record, state: "approved", proposed_by: "police2", proposed_at: "2026-03-04T02:00:00.000Z", decided_by: "signer", decided_at: "2026-03-05T02:00:00.000Z", note: null, valid_from: "2026-03-05T02:00:00.000Z", ...more });
const south = { ...DEVICE, serial: "LHP-0418", approved_position: { ...DEVICE.approved_position, lat: 20.2571, lon: 105.9712, vi: "Cột đèn số 2, hướng Nam" }, calibration: { ...DEVICE.calibration, cert_no: "KĐ-2025-1190", from: "2025-12-10", to: "2026-12-09" } };
const versions = [
  version("huong-bac", 1, DEVICE),
  version("huong-nam", 1, south),
  version("huong-nam", 2, { ...south, calibration: { cert_no: "KĐ-2026-1733", agency: DEVICE.calibration.agency, from: "2026-11-18", to: "2027-11-17" } }, { state: "proposed", proposed_at: new Date(Date.now() - 7_200_000).toISOString(), decided_by: null, decided_at: null, valid_from: null, note: "Kiểm định lại ngày 18/11/2026" }),
  version("cau-lim", 1, { ...DEVICE, serial: "LHP-0501", calibration: null, approved_position: { lat: 20.2488, lon: 105.9781, radius_m: 30, vi: "Đầu cầu Lim" } }),
  version("huong-dong", 1, { ...DEVICE, serial: "LHP-0377", calibration: { ...DEVICE.calibration, cert_no: "KĐ-2025-0214", from: "2025-10-01", to: "2026-09-30" }, sign_installed: null }),
];

const flat = (row) => ({ ...row.record, site: row.site, camera: row.camera, version: row.version });
const of = (site, camera) => versions.filter((row) => row.site === site && row.camera === camera).toSorted((a, b) => b.version - a.version);

/** The record that counts for a camera now; null for none. */
export const deviceAt = (site, camera) => {
  const row = of(site, camera).find(({ state }) => state === "approved");
  return row ? flat(row) : null;
};

function device(rows, user) {
  const approved = rows.find(({ state }) => state === "approved");
  const proposed = rows.find(({ state }) => state === "proposed");
  const proposal = proposed ? { id: String(proposed.version), record: flat(proposed), by: proposed.proposed_by, at: proposed.proposed_at, note: proposed.note, mine: proposed.proposed_by === user.username } : null;
  return { ...flat(approved ?? proposed ?? rows[0]), approved_by: approved?.decided_by ?? null, approved_at: approved?.decided_at ?? null, valid_from: approved?.valid_from ?? null, proposal };
}
const whole = (rows, user) => ({ ...device(rows, user), versions: rows.map((row) => ({ record: flat(row), state: row.state, proposed_by: row.proposed_by, proposed_at: row.proposed_at, decided_by: row.decided_by, decided_at: row.decided_at, note: row.note, valid_from: row.valid_from })) });

function problems(record, valid_from) {
  const found = [];
  const bad = (is, path, vi, en, code = "bad_field") => is && found.push(trouble(path, code, vi, en));
  const { approval_decision: approval, approved_position: place, calibration } = record;
  bad(!record.serial, "serial", "số máy: 1 đến 200 ký tự", "1 to 200 characters");
  bad(!TYPES.some(({ type, annex_item }) => type === record.type && annex_item === record.annex_item), "type", "loại thiết bị không có trong danh mục, hoặc không khớp mục của phụ lục", "not a kind of device of the list, or not of this item of the annex");
  bad(!approval.no || !approval.by, "approval_decision", "cần số và người ký", "needs number and signer");
  bad(approval.to && approval.to < approval.from, "approval_decision.to", "trước ngày bắt đầu", "before its first day");
  bad(!(place.radius_m >= 1 && place.radius_m <= 2000), "approved_position.radius_m", "từ 1 đến 2000 mét", "1 to 2000 metres");
  bad(calibration && (!calibration.cert_no || calibration.to < calibration.from), "calibration", "cần số giấy, cơ quan và thời hạn đúng", "needs number, agency and a window");
  bad(!(record.max_clock_offset_ms >= 1 && record.max_clock_offset_ms <= 60_000), "max_clock_offset_ms", "từ 1 đến 60000", "1 to 60000");
  record.trained_users.forEach((name, n) => bad(!["police", "police2", "police3", "signer", "signer2"].includes(name), `trained_users[${n}]`, "không có tài khoản cảnh sát này", "there is no police account of this name", "unknown_user"));
  bad(valid_from && dayOf(Date.parse(valid_from)) < approval.from, "valid_from", "không được trước ngày quyết định có hiệu lực", "not before the decision is in force", "before_decision");
  return found;
}

/** Answers `/enforcement/devices…`; `undefined` for another path. */
export function deviceRoutes({ method, path, user, body, send, refuse }) {
  const [, resource, , site, camera, word] = path.split("/");
  if (resource !== "enforcement") return undefined;
  const forbidden = () => refuse(403, "forbidden", "the role of this account may not do that");
  if (!["traffic_police", "police_signer", "admin"].includes(user.role)) return forbidden();
  if (!site) {
    const keys = [...new Set(versions.map((row) => `${row.site}/${row.camera}`))].toSorted();
    return send(200, keys.map((key) => device(of(...key.split("/")), user)));
  }
  const rows = of(site, camera);
  if (method === "GET") return rows.length ? send(200, whole(rows, user)) : refuse(404, "not_found", "there is no such device, or not for this account");
  if (method === "PUT") {
    if (user.role !== "traffic_police") return forbidden();
    if (!CAMERAS.some(({ row }) => row.site === site && row.camera === camera)) return refuse(404, "not_found", "there is no such camera, or not for this account");
    const { note, valid_from = null, site: _, camera: __, camera_name: ___, version: ____, ...record } = body;
    const found = problems(record, valid_from);
    if (found.length) return refuse(422, "bad_fields", found.map(({ path: at, en }) => `${at}: ${en}`).join("; "), found);
    for (const row of rows) if (row.state === "proposed") row.state = "refused";
    versions.push(version(camera, (rows[0]?.version ?? 0) + 1, record, { site, state: "proposed", proposed_by: user.username, proposed_at: new Date().toISOString(), decided_by: null, decided_at: null, valid_from, note: note ?? null }));
    return send(200, whole(of(site, camera), user));
  }
  if (user.role !== "police_signer") return forbidden();
  const row = rows.find(({ state, version: number }) => state === "proposed" && String(number) === body.proposal);
  if (!row) return refuse(409, "stale", "this proposal is decided, or a newer one took its place: read again");
  if (row.proposed_by === user.username) return refuse(403, "own_proposal", "another account than the one that proposed must decide");
  const at = new Date().toISOString();
  Object.assign(row, { state: word === "approve" ? "approved" : "refused", decided_by: user.username, decided_at: at, valid_from: word === "approve" ? (row.valid_from ?? at) : null });
  return send(200, whole(of(site, camera), user));
}
