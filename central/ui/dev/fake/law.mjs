// The law's tables as central carries them, with proposals that one account makes and another one approves.
import { dayOf, holds, table, trouble } from "./tables.mjs";

const NAMES = ["behaviours", "kinds", "vehicle_classes", "speed_brackets", "caps", "deadlines", "rules", "holidays", "forms", "plates", "reject_reasons"];
let edition = Object.fromEntries(NAMES.map((name) => [name, table(name)]));
/** Rows of a table that hold on a day. */
export const lawRows = (name, on) => edition[name].filter((row) => holds(row, on));

const KEY = { kinds: (row) => `${row.kind}/${row.vehicle}/${row.condition}`, vehicle_classes: (row) => row.class, speed_brackets: (row) => row.behaviour, caps: (row) => row.role, deadlines: (row) => row.kind, holidays: () => "day", plates: (row) => row.bearer, reject_reasons: (row) => row.code };
const keyOf = (name, row) => (KEY[name] ?? (({ key }) => key))(row);

/** The edition that follows, and everything that is wrong with it. */
function applied(changes) {
  const next = Object.fromEntries(Object.entries(edition).map(([name, rows]) => [name, [...rows]]));
  const wrongs = changes.length ? [] : [trouble("changes", "nothing", "chưa có thay đổi nào", "say at least one change")];
  changes.forEach((change, n) => {
    const rows = next[change.table];
    if (!rows) return wrongs.push(trouble(`changes[${n}].table`, "unknown_table", `không có bảng ${change.table}`, `there is no table ${change.table}: ${NAMES.join(", ")}`));
    const [key, from] = change.op === "put" ? [keyOf(change.table, change.row), change.row.valid_from] : [change.key, change.valid_from];
    const at = rows.findIndex((row) => keyOf(change.table, row) === key && row.valid_from === from);
    if (change.op === "put") return at < 0 ? rows.push(change.row) : rows.splice(at, 1, change.row);
    if (at < 0) return wrongs.push(trouble(`changes[${n}]`, "no_such_row", `không có dòng ${key} từ ngày ${from}`, `there is no row ${key} from ${from}`));
    return change.op === "end" ? rows.splice(at, 1, { ...rows[at], valid_to: change.valid_to }) : rows.splice(at, 1);
  });
  return { next, wrongs: [...wrongs, ...checked(next)] };
}

function checked(next) {
  const wrongs = [];
  for (const [name, rows] of Object.entries(next)) {
    const say = (row, field, code, vi, en) => wrongs.push(trouble(`${name}[${keyOf(name, row)} ${row.valid_from}].${field}`, code, vi, en));
    for (const row of rows) {
      if (!row.legal_basis.trim()) say(row, "legal_basis", "no_basis", "thiếu căn cứ pháp lý", "say the text that it follows");
      if (row.valid_to && row.valid_to < row.valid_from) say(row, "valid_to", "bad_window", "ngày hết hiệu lực trước ngày có hiệu lực", "the last day is before the first");
      if (name === "behaviours" && (row.fine_low < 0 || row.fine_high < row.fine_low)) say(row, "fine_low", "bad_fine", "khung phạt phải từ 0 trở lên, mức thấp không quá mức cao", "a range from 0 upwards, low not above high, in VND");
      if (name === "behaviours" && row.points > 12) say(row, "points", "bad_points", "giấy phép chỉ có 12 điểm", "a licence has 12 points");
    }
    const sorted = rows.toSorted((a, b) => keyOf(name, a).localeCompare(keyOf(name, b)) || a.valid_from.localeCompare(b.valid_from));
    sorted.slice(1).forEach((row, at) => {
      const before = sorted[at];
      if (keyOf(name, before) === keyOf(name, row) && (!before.valid_to || before.valid_to >= row.valid_from)) say(row, "valid_from", "overlap", `chồng với dòng từ ngày ${before.valid_from}: kết thúc dòng đó trước`, `overlaps the row from ${before.valid_from}: end that one before ${row.valid_from}`);
    });
  }
  return wrongs;
}

function differences(before, after) {
  const all = [];
  for (const name of NAMES) {
    const is = (row) => `${keyOf(name, row)} ${row.valid_from}`;
    const [old, now] = [new Map(before[name].map((row) => [is(row), row])), new Map(after[name].map((row) => [is(row), row]))];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      const [from, to] = [old.get(key), now.get(key)];
      const fields = [...new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})])].map((field) => ({ field, from: from?.[field] ?? null, to: to?.[field] ?? null })).filter((one) => JSON.stringify(one.from) !== JSON.stringify(one.to));
      if (fields.length) all.push({ table: name, key: keyOf(name, from ?? to), valid_from: (from ?? to).valid_from, kind: !from ? "added" : !to ? "removed" : "changed", fields });
    }
  }
  return all;
}

const versions = [{ version: 1, valid_from: "2025-01-01", note: "Bản đầu", proposed_by: "system", approved_by: "system", approved_at: "2025-01-01T00:00:00.000Z", sha256: "0".repeat(64), change_id: null, differences: [] }];
const newest = () => versions.at(-1).version;
const editions = new Map([[1, edition]]);
/** The version that holds on a day: the newest of those that have begun. */
const versionOn = (day) => versions.findLast(({ valid_from }) => valid_from <= day).version;
const changes = [
  { id: "lc-1", valid_from: "2027-01-01", note: "Ngày nghỉ bù theo công văn dự kiến", state: "proposed", proposed_by: "signer2", proposed_at: new Date(Date.now() - 86_400_000).toISOString(), decided_by: null, decided_at: null, reason: null, version: null, changes: [{ op: "put", table: "holidays", row: { kind: "off", title_vi: "Nghỉ bù Ngày Văn hóa", title_en: "Day off in lieu", valid_from: "2027-11-26", valid_to: "2027-11-26", legal_basis: "dự kiến", confidence: "L" } }] },
];

function shown(change, user) {
  const open = ["proposed", "preview"].includes(change.state);
  const { next, wrongs } = open ? applied(change.changes) : { next: edition, wrongs: [] };
  return { ...change, against: newest(), differences: open && wrongs.length === 0 ? differences(edition, next) : [], problems: wrongs, may_decide: change.state === "proposed" && ["police_signer", "admin"].includes(user.role) && change.proposed_by !== user.username };
}

/** Answers `/law…`; `undefined` for another path. */
export function lawRoutes({ method, path, query, user, body, send, refuse }) {
  const [, resource, id, more, word] = path.split("/");
  if (resource !== "law") return undefined;
  const forbidden = () => refuse(403, "forbidden", "the role of this account may not do that");
  if (user.role === "enterprise") return forbidden();
  const on = query.get("on") ?? dayOf(Date.now());
  if (method === "GET" && !id) {
    const version = Number(query.get("version") ?? versionOn(dayOf(Date.now())));
    const rows = editions.get(version);
    if (!rows) return refuse(404, "not_found", "there is no such law version, or not for this account");
    return send(200, { version, on, tables: Object.fromEntries(NAMES.map((name) => [name, name === "holidays" ? rows.holidays : rows[name].filter((row) => holds(row, on))])) });
  }
  if (method === "GET" && id === "versions") return send(200, versions.toReversed());
  if (id !== "changes") return refuse(404, "not_found", "there is no such page");
  if (!["traffic_police", "police_signer", "admin"].includes(user.role)) return forbidden();
  if (method === "GET") return send(200, changes.map((change) => shown(change, user)));
  if (!more) return propose({ user, body, send, refuse });
  if (!["police_signer", "admin"].includes(user.role)) return forbidden();
  const change = changes.find((row) => row.id === more);
  if (!change) return refuse(404, "not_found", "there is no such change, or not for this account");
  if (change.state !== "proposed") return refuse(409, "decided", "this change was approved or rejected already");
  if (change.proposed_by === user.username) return refuse(403, "own_change", "another account approves or rejects what this one proposed");
  const decide = (state, fields) => Object.assign(change, { state, decided_by: user.username, decided_at: new Date().toISOString(), ...fields });
  if (word === "reject") {
    if (!body.reason?.trim()) return refuse(422, "bad_fields", "reason: say why", [trouble("reason", "empty", "ghi lý do", "say why")]);
    decide("rejected", { reason: body.reason.trim() });
    return send(204);
  }
  if (body.if_version !== newest()) return refuse(409, "stale", "the law has changed since this was shown: look at the differences again");
  const { next, wrongs } = applied(change.changes);
  if (wrongs.length) return refuse(422, "bad_law", wrongs.map(({ path: at, en }) => `${at}: ${en}`).join("; "), wrongs);
  const made = { version: newest() + 1, valid_from: change.valid_from, note: change.note, proposed_by: change.proposed_by, approved_by: user.username, approved_at: new Date().toISOString(), sha256: "1".repeat(64), change_id: change.id, differences: differences(edition, next) };
  edition = next;
  editions.set(made.version, next);
  versions.push(made);
  decide("approved", { version: made.version });
  return send(200, made);
}

function propose({ user, body, send, refuse }) {
  const { preview = false, ...proposed } = body;
  const wrongs = [];
  if (proposed.valid_from < dayOf(Date.now())) wrongs.push(trouble("valid_from", "past", "không được trước hôm nay", "not before today: cases keep the version that they were computed with"));
  if (!proposed.note.trim()) wrongs.push(trouble("note", "no_note", "ghi lý do và văn bản căn cứ", "say why, by which text"));
  wrongs.push(...applied(proposed.changes).wrongs);
  if (wrongs.length) return refuse(422, "bad_law", wrongs.map(({ path, en }) => `${path}: ${en}`).join("; "), wrongs);
  const change = { id: preview ? "" : `lc-${changes.length + 1}`, ...proposed, state: preview ? "preview" : "proposed", proposed_by: user.username, proposed_at: new Date().toISOString(), decided_by: null, decided_at: null, reason: null, version: null };
  if (preview) return send(200, shown(change, user));
  changes.unshift(change);
  return send(201, shown(change, user));
}
