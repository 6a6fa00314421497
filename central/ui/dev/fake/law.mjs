// Invented access to the law's tables: a few rows with their texts, proposals of one commander that another approves; device records.
import { DEVICE } from "./cases.mjs";

const S168 = (point) => `${point} NĐ 168/2024/NĐ-CP`;
const B = (key, clause, title_vi, title_en, fine_low, fine_high, points, basis, confidence = "H", camera = "usual", more = {}) => ({ key, vehicle: key.startsWith("car") ? "car" : "motorcycle", clause, title_vi, title_en, text_vi: `${title_vi}.`, text_confidence: confidence, fine_low, fine_high, points, revoke_months_low: null, revoke_months_high: null, camera, serious: fine_high > 15_000_000, valid_from: "2025-01-01", valid_to: null, legal_basis: S168(basis), confidence, ...more });
let behaviours = [
  B("car.red_light", "6.9.b", "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông", "Signal lights not obeyed", 18e6, 20e6, 4, "điểm b khoản 9 Điều 6"),
  B("car.wrong_way", "6.9.d", "Đi ngược chiều đường một chiều", "Wrong way on a one-way road", 18e6, 20e6, 4, "điểm d khoản 9 Điều 6"),
  B("car.wrong_lane", "6.5.b", "Không đi đúng phần đường, làn đường", "Wrong part of road or lane", 4e6, 6e6, 2, "điểm b khoản 5 Điều 6"),
  B("car.lane_change_unsafe", "6.2.a", "Chuyển làn không đúng nơi cho phép", "Unsafe lane change", 6e5, 8e5, 0, "điểm a khoản 2 Điều 6", "H", "usual", { valid_to: "2026-08-14" }),
  B("car.lane_change_unsafe", "6.2.a", "Chuyển làn không bảo đảm khoảng cách an toàn", "Lane change without safe distance", 6e5, 8e5, 0, "điểm a khoản 2 Điều 6", "M", "usual", { valid_from: "2026-08-15", legal_basis: "Điều 19 NĐ 238/2026/NĐ-CP" }),
  B("car.weaving", "6.12", "Lạng lách, đánh võng", "Weaving", 4e7, 5e7, 0, "khoản 12 Điều 6", "H", "possible", { revoke_months_low: 10, revoke_months_high: 12 }),
  B("moto.red_light", "7.7.c", "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông", "Signal lights not obeyed", 4e6, 6e6, 4, "điểm c khoản 7 Điều 7"),
  B("moto.wrong_lane", "7.3.d", "Đi không đúng phần đường, làn đường", "Wrong side, part or lane", 6e5, 8e5, 0, "điểm d khoản 3 Điều 7"),
  B("moto.carry_3plus", "7.3.b", "Chở theo từ 03 người trở lên", "Three or more passengers", 6e5, 8e5, 2, "điểm b khoản 3 Điều 7", "M", "usual"),
  B("moto.no_helmet_rider", "7.2.h", "Không đội mũ bảo hiểm", "Rider without helmet", 4e5, 6e5, 0, "điểm h khoản 2 Điều 7"),
];
const cap = (role, title_vi, title_en, most) => ({ role, title_vi, title_en, cap: most, valid_from: "2026-08-15", valid_to: null, legal_basis: "Điều 13, Điều 14 NĐ 238/2026/NĐ-CP", confidence: "M" });
export const CAPS = [cap("officer", "Chiến sĩ Cảnh sát giao thông", "Traffic police officer", 7_500_000), cap("team_chief", "Đội trưởng, Trạm trưởng", "Team or station chief", 18_500_000), cap("commune_chief", "Trưởng Công an cấp xã", "Commune police chief", 37_500_000), cap("division_head", "Trưởng phòng Cảnh sát giao thông", "Head of the traffic police division", 60_000_000), cap("provincial_director", "Giám đốc Công an cấp tỉnh", "Provincial police director", 75_000_000)];
const step = (kind, title_vi, title_en, amount, unit, from, basis, confidence = "H", rolls = false) => ({ kind, title_vi, title_en, amount, unit, from, rolls, valid_from: "2025-01-01", valid_to: null, legal_basis: basis, confidence });
const deadlines = [step("notice", "Gửi thông báo vi phạm", "Violation notice", 10, "calendar_days", "detected", "Điều 24 TT 73/2024/TT-BCA"), step("warning", "Cảnh báo đăng kiểm nếu không đến", "Warning after no answer", 20, "calendar_days", "notice_sent", "Điều 24 TT 73/2024/TT-BCA", "H", true), step("minutes", "Lập biên bản vi phạm hành chính", "Minutes", 5, "working_days", "violator_identified", "điểm c khoản 1 Điều 15 NĐ 61/2026/NĐ-CP"), step("decision", "Ra quyết định xử phạt", "Penalty decision", 7, "working_days", "minutes_signed", "Điều 66 Luật Xử lý vi phạm hành chính", "M"), step("payment", "Nộp phạt", "Payment", 10, "calendar_days", "decision_delivered", "Điều 73 Luật Xử lý vi phạm hành chính", "M", true), step("statute", "Hết thời hiệu xử phạt", "Statute of limitation", 1, "years", "detected", "Điều 4 NĐ 168/2024/NĐ-CP")];
const day = (title_vi, title_en, from, to, confidence = "H", kind = "off", basis = "Điều 112 Bộ luật Lao động") => ({ kind, title_vi, title_en, valid_from: from, valid_to: to, legal_basis: basis, confidence });
let holidays = [day("Tết Dương lịch", "New Year", "2026-01-01", "2026-01-01"), day("Tết Nguyên đán", "Lunar New Year", "2026-02-16", "2026-02-20", "L"), day("Giỗ Tổ Hùng Vương", "Hùng Kings' Day", "2026-04-27", "2026-04-27", "M"), day("Ngày Văn hóa Việt Nam", "Day of Vietnamese Culture", "2026-11-24", "2026-11-24", "L"), day("Làm bù", "Worked in exchange", "2026-11-28", "2026-11-28", "L", "work", "dự kiến")];
const rules = [{ key: "late_interest_ppm_per_day", title_vi: "Tiền chậm nộp mỗi ngày, phần triệu", title_en: "Late interest a day, parts per million", value: 500, valid_from: "2025-01-01", valid_to: null, legal_basis: "Điều 78 Luật Xử lý vi phạm hành chính", confidence: "M" }, { key: "organisation_percent", title_vi: "Mức phạt của tổ chức, phần trăm", title_en: "Fine of an organisation, percent", value: 100, valid_from: "2025-01-01", valid_to: null, legal_basis: "chờ xác nhận", confidence: "L" }];
let caps = CAPS;
let version = 3;
const TABLES = { behaviours: () => behaviours, caps: () => caps, deadlines: () => deadlines, holidays: () => holidays, rules: () => rules };
const KEY = { behaviours: ({ key }) => key, caps: ({ role }) => role, deadlines: ({ kind }) => kind, holidays: () => "day", rules: ({ key }) => key };

const holds = (row, on) => row.valid_from <= on && (!row.valid_to || on <= row.valid_to);

function differencesOf(asked) {
  return asked.map((change) => {
    const rows = TABLES[change.table]();
    const key = change.op === "put" ? KEY[change.table](change.row) : change.key;
    const valid_from = change.op === "put" ? change.row.valid_from : change.valid_from;
    const before = rows.find((row) => KEY[change.table](row) === key && row.valid_from === valid_from) ?? null;
    const after = change.op === "remove" ? null : change.op === "end" ? { ...before, valid_to: change.valid_to } : change.row;
    const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
    const previous = before ?? (change.op === "put" ? rows.find((row) => KEY[change.table](row) === key && change.table !== "holidays") : null);
    return { table: change.table, key: change.table === "holidays" ? (change.row?.title_vi ?? "day") : key, valid_from, kind: !after ? "removed" : before ? "changed" : "added", fields: names.filter((name) => JSON.stringify((before ?? {})[name] ?? null) !== JSON.stringify((after ?? {})[name] ?? null)).map((field) => ({ field, from: (before ?? {})[field] ?? null, to: (after ?? {})[field] ?? null })), previous: previous?.key };
  });
}

const problem = (asked) => asked.flatMap((change, n) => (change.op === "put" && change.table === "behaviours" && change.row.fine_low > change.row.fine_high ? [{ path: `changes[${n}].fine_low`, vi: "Mức thấp nhất cao hơn mức cao nhất", en: "The least is above the most" }] : []));

const changes = [
  { id: "lc-1", valid_from: "2026-11-28", note: "Ngày làm bù theo công văn dự kiến", state: "proposed", proposed_by: "Ngô Đức Duyệt", proposed_at: new Date(Date.now() - 86_400_000).toISOString(), decided_by: null, decided_at: null, reason: null, version: null, changes: [{ op: "put", table: "holidays", row: day("Nghỉ bù Ngày Văn hóa", "Day off in lieu", "2026-11-27", "2026-11-27", "L", "off", "dự kiến") }] },
];
for (const change of changes) change.differences = differencesOf(change.changes);

const devices = [
  { ...DEVICE, approved_by: "Vũ Hải Ký", approved_at: "2026-03-05T02:00:00Z", proposal: null },
  { ...DEVICE, camera: "huong-nam", camera_name: "Hướng Nam", approved_position: { ...DEVICE.approved_position, lat: 20.2571, lon: 105.9712 }, version: 2, serial: "LHP-0418", calibration: { ...DEVICE.calibration, cert_no: "KĐ-2025-1190", from: "2025-12-10", to: "2026-12-09" }, proposal: { id: "dp-1", by: "Trần Minh Xét", at: new Date(Date.now() - 7_200_000).toISOString(), note: "Kiểm định lại ngày 18/11/2026", mine: false } },
  { ...DEVICE, camera: "cau-lim", camera_name: "Cầu Lim", version: 1, serial: "LHP-0501", calibration: null, approved_position: { lat: 20.2488, lon: 105.9781, radius_m: 30, vi: "Đầu cầu Lim" }, proposal: null },
  { ...DEVICE, camera: "huong-dong", camera_name: "Hướng Đông", version: 1, serial: "LHP-0377", calibration: { ...DEVICE.calibration, cert_no: "KĐ-2025-0214", from: "2025-10-01", to: "2026-09-30" }, sign_installed: null, proposal: null },
];
devices[1].proposal.record = { ...devices[1], proposal: undefined, serial: "LHP-0418", calibration: { cert_no: "KĐ-2026-1733", agency: DEVICE.calibration.agency, from: "2026-11-18", to: "2027-11-17" } };

/** Answers `/law…` and `/enforcement/devices…`; `undefined` for another path. */
export function lawRoutes({ method, path, query, user, body, send, refuse }) {
  const [, resource, id, more, word] = path.split("/");
  if (resource === "enforcement") return deviceRoutes({ method, site: more, camera: word, path, user, body, send, refuse });
  if (resource !== "law") return undefined;
  if (!["traffic_police", "police_signer", "admin"].includes(user.role)) return refuse(403, "forbidden", "");
  const signer = user.role === "police_signer";
  if (method === "GET" && !id) {
    const on = query.get("on");
    return send(200, { version, on, tables: Object.fromEntries(Object.entries(TABLES).map(([name, rows]) => [name, name === "holidays" ? rows().filter((row) => row.valid_from.slice(0, 4) === on.slice(0, 4)) : rows().filter((row) => holds(row, on))])) });
  }
  const shown = (row) => ({ ...row, against: version, problems: [], may_decide: signer && row.state === "proposed" && row.proposed_by !== user.display_name });
  if (method === "GET") return send(200, changes.map(shown));
  if (!signer && user.role !== "traffic_police") return refuse(403, "forbidden", "Chỉ chỉ huy sửa được dữ liệu luật");
  if (!more) {
    const problems = problem(body.changes);
    if (problems.length) return send(422, { type: "about:blank", title: "bad_law", status: 422, code: "bad_law", detail: problems[0].vi, problems });
    const differences = differencesOf(body.changes);
    const { preview, ...proposed } = body;
    if (preview) return send(200, { id: "", ...proposed, state: "preview", differences, against: version, problems: [], may_decide: false });
    const change = { id: `lc-${changes.length + 1}`, ...proposed, state: "proposed", proposed_by: user.display_name, proposed_at: new Date().toISOString(), decided_by: null, decided_at: null, reason: null, version: null, differences };
    changes.unshift(change);
    return send(201, shown(change));
  }
  const change = changes.find((row) => row.id === more);
  if (!change) return refuse(404, "not_found", "Không có đề nghị này");
  if (!signer) return refuse(403, "forbidden", "Chỉ chỉ huy duyệt được");
  if (change.proposed_by === user.display_name) return refuse(403, "own_change", "Người đề nghị không được duyệt");
  if (change.state !== "proposed") return refuse(409, "stale", "Đề nghị này đã được quyết định");
  if (word === "approve" && body.if_version !== version) return refuse(409, "stale", "Có phiên bản luật mới hơn");
  Object.assign(change, { decided_by: user.display_name, decided_at: new Date().toISOString() });
  if (word === "reject") return send(200, shown(Object.assign(change, { state: "rejected", reason: body.reason })));
  for (const one of change.changes) apply(one);
  return send(200, shown(Object.assign(change, { state: "approved", version: (version += 1) })));
}

function apply(change) {
  const rows = TABLES[change.table]();
  const is = (row) => KEY[change.table](row) === (change.op === "put" ? KEY[change.table](change.row) : change.key) && row.valid_from === (change.op === "put" ? change.row.valid_from : change.valid_from);
  const next = change.op === "remove" ? rows.filter((row) => !is(row)) : change.op === "end" ? rows.map((row) => (is(row) ? { ...row, valid_to: change.valid_to } : row)) : [...rows.filter((row) => !is(row)), change.row];
  if (change.table === "behaviours") behaviours = next;
  else if (change.table === "caps") caps = next;
  else if (change.table === "holidays") holidays = next;
  else rows.splice(0, rows.length, ...next);
}

function deviceRoutes({ method, site, camera, path, user, body, send, refuse }) {
  const word = path.split("/")[5];
  if (!site) return send(200, devices.map((row) => ({ ...row, proposal: row.proposal && { ...row.proposal, mine: row.proposal.by === user.display_name } })));
  const row = devices.find((one) => one.site === site && one.camera === camera);
  if (!row) return refuse(404, "not_found", "Không có thiết bị này");
  if (method === "PUT") {
    if (user.role !== "traffic_police") return refuse(403, "forbidden", "Cán bộ xử lý đề nghị");
    const { note, ...record } = body;
    if (!record.approval_decision?.no) return refuse(422, "bad_fields", "Thiếu quyết định");
    return send(200, Object.assign(row, { proposal: { id: `dp-${Date.now()}`, record, by: user.display_name, at: new Date().toISOString(), note, mine: true } }));
  }
  if (user.role !== "police_signer") return refuse(403, "forbidden", "Chỉ chỉ huy duyệt");
  if (row.proposal?.by === user.display_name) return refuse(403, "own_proposal", "Người đề nghị không được duyệt");
  const { record } = row.proposal;
  if (word === "approve") Object.assign(row, record, { camera_name: row.camera_name, version: row.version + 1, approved_by: user.display_name, approved_at: new Date().toISOString() });
  return send(200, Object.assign(row, { proposal: null }));
}
