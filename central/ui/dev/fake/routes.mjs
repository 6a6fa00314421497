// The paths of gates and members, answered from invented data. Gives `undefined` for a path that is not one of these.
import { accesses, detailOf, gateRows, history, insideRows, musterOf, otherwise, policies, stays } from "./gates.mjs";
import { NOTICE, corrections, crowding, crowdingOf, figures, groups, members, next, passes, qr, report, trains, visits } from "./members.mjs";
import { random, sha } from "./data.mjs";

const upper = (text) => (text ?? "").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");
const given = (query, key) => query.get(key) || null;

/** Who may not: what an enterprise sees is its own group, guards and readers change nothing. */
const isTenant = (user) => user?.role === "enterprise";
const keeps = (user) => ["site_manager", "enterprise"].includes(user.role);

export function gateRoutes({ method, path, query, body, user, page, send, refuse, upload }) {
  const [, resource, id, action, more] = path.split("/");
  const mine = (row) => (!user.sites.length || user.sites.includes(row.site)) && (!given(query, "site") || given(query, "site") === row.site);
  const found = (list, key) => list.find((row) => row.id === key && (!user.sites.length || user.sites.includes(row.site)));
  const forbidden = () => refuse(403, "forbidden", "Vai trò của bạn không được làm việc này");
  const missing = () => refuse(404, "not_found", "Không có mục này");

  if (resource === "gates" && !isTenant(user)) {
    if (method === "GET" && !id) return send(200, gateRows().filter(mine));
    const document = policies.get(id);
    if (!document) return missing();
    if (method === "GET" && action === "policy") return send(200, more === "history" ? history.get(id) : document);
    if (!["site_manager", "admin"].includes(user.role)) return forbidden();
    if (method === "POST" && more === "preview") return send(200, preview(document, body));
    if (method === "PUT") {
      if (body.if_version !== document.version) return refuse(409, "stale", `Bản hiện tại là v${document.version}`);
      const { problems, changes } = preview(document, body);
      if (problems.length) return send(422, { type: "about:blank", title: "bad_policy", status: 422, code: "bad_policy", detail: problems[0].vi, problems });
      const { if_version, note, ...saved } = body;
      policies.set(id, { ...saved, groups: document.groups, version: if_version + 1 });
      history.get(id).unshift({ version: if_version + 1, changed_at: new Date().toISOString(), changed_by: user.display_name, approved_by: null, note: note || null, changes });
      return send(200, { version: if_version + 1, changes });
    }
  }
  if (resource === "accesses" && method === "GET" && !isTenant(user)) {
    if (id) return found(accesses, id) ? send(200, detailOf(found(accesses, id))) : missing();
    const q = given(query, "q");
    const fits = (row) =>
      mine(row) && ["gate", "lane", "verdict", "reason", "outcome"].every((key) => !given(query, key) || given(query, key) === row[key]) && (!given(query, "from") || row.at >= given(query, "from")) && (!given(query, "to") || row.at < given(query, "to")) &&
      (!q || (upper(q) && upper(row.reading?.text).includes(upper(q))) || `${row.label} ${row.group_name}`.toLowerCase().includes(q.toLowerCase()));
    return send(200, page(accesses.filter(fits), query));
  }
  if (resource === "otherwise" && !isTenant(user)) {
    if (method === "GET") return send(200, page(otherwise.filter((row) => mine(row) && (!given(query, "state") || row.state === given(query, "state"))), query));
    const row = found(otherwise, id);
    if (!row) return missing();
    accesses.filter((access) => access.id === row.access).forEach((access) => Object.assign(access, { otherwise: "seen" }));
    return send(200, Object.assign(row, { state: "seen", seen_by: user.display_name, seen_at: new Date().toISOString(), note: body.note || null }));
  }
  if (resource === "inside") return send(200, insideRows.filter((row) => mine(row) && (!given(query, "area") || row.area === given(query, "area")) && (!given(query, "group") || row.group === given(query, "group")) && (!isTenant(user) || row.group === user.group)));
  if (resource === "stays") return send(200, page(stays().filter((row) => (!given(query, "group") || row.group === given(query, "group")) && (!isTenant(user) || row.group === user.group) && (!given(query, "q") || row.label.toLowerCase().includes(given(query, "q").toLowerCase()))), query));
  if (resource === "muster") return send(200, musterOf(given(query, "site")));
  if (resource === "identity") {
    if (method === "GET") return send(200, page(checks.filter((row) => row.state === (given(query, "state") ?? row.state)), query));
    return send(200, id === "vneid" ? vneid(body) : verify(body));
  }
  return memberRoutes({ method, resource, id, action, query, body, user, page, send, refuse, mine, missing, forbidden, upload });
}

const checks = [["waiting", null, 3], ["waiting", null, 1], ["answered", "MATCH", 2], ["answered", "NOT_FOUND", 4], ["given_up", null, 12]].map(([state, result, tries], at) => ({ id: `check-${at}`, site: "khanh-phu", access: accesses[at]?.id ?? "", purpose: "GATE_CONTROL", state, result, txn: null, attempts: tries, asked_at: new Date(Date.now() - (at + 2) * 900_000).toISOString(), next_try_at: state === "waiting" ? new Date(Date.now() + 240_000).toISOString() : null, answered_at: null }));
const answer = (result) => ({ result, mismatch: result === "NO_MATCH" ? ["birth"] : [], check_papers: false, level: result === "VALID" ? 2 : null, why: result === "unavailable" ? "upstream_down" : null, txn: result === "unavailable" ? null : `C06-${Math.floor(random() * 1e6)}` });
/** The last digit of the number says what the invented register answers. */
const verify = ({ number }) => answer({ 1: "NO_MATCH", 2: "NOT_FOUND", 3: "LOCKED", 9: "unavailable" }[number?.at(-1)] ?? "MATCH");
const vneid = ({ token }) => answer({ expired: "EXPIRED", replayed: "REPLAYED", offline: "unavailable" }[token] ?? "VALID");

/** Problems that a careful check would find, and what today's decisions would have been. */
function preview(before, after) {
  const problems = [];
  const schedules = new Set(after.schedules.map(({ id }) => id));
  for (const gate of after.gates) {
    if (!gate.name_vi) problems.push({ path: `gates[${gate.id}].name_vi`, vi: "Cổng chưa có tên", en: "The gate has no name" });
    for (const lane of gate.lanes) for (const rule of lane.policy.rules) if (rule.schedule && !schedules.has(rule.schedule)) problems.push({ path: `gates[${gate.id}].lanes[${lane.id}].policy.rules[${rule.id}].schedule`, vi: `Giờ “${rule.schedule}” không có`, en: `There are no hours “${rule.schedule}”` });
  }
  const strict = JSON.stringify(after) !== JSON.stringify(before);
  const different = strict ? accesses.filter((row) => row.reason === "not_listed").slice(0, 4).map((row) => ({ access: row.id, at: row.at, lane: row.lane, before: { verdict: "wait", reason: "not_listed" }, after: { verdict: "deny", reason: "not_listed" } })) : [];
  return { changes: [], problems, looked_at: Math.min(accesses.length, 200), decisions: different };
}

function memberRoutes({ method, resource, id, action, query, body, user, page, send, refuse, mine, missing, forbidden, upload }) {
  const own = (row) => !isTenant(user) || (row.group ?? row.host_group ?? row.id) === user.group;
  if (resource === "groups") {
    if (method === "GET") return send(200, groups.filter((row) => mine(row) && (!isTenant(user) || row.id === user.group)).map((group) => ({ ...group, people: members.filter((one) => one.group === group.id && one.kind === "person").length, vehicles: members.filter((one) => one.group === group.id && one.kind === "vehicle").length })));
    if (user.role !== "site_manager") return forbidden();
    for (const document of policies.values()) for (const group of document.groups) if (group.id === id) Object.assign(group, body);
    return change(groups, { id, method, body: { id: body.name?.toLowerCase().normalize("NFD").replace(/[^a-z0-9]+/g, "-"), status: "active", ...body }, send, missing });
  }
  if (resource === "members" && id === "import") return keeps(user) ? importMembers(upload, send) : forbidden();
  if (resource === "members" && id === "template") return send(200, { note: "file" });
  if (resource === "members") {
    if (method === "GET") return send(200, page(members.filter((row) => mine(row) && own(row) && (!given(query, "kind") || row.kind === given(query, "kind")) && (!given(query, "group") || row.group === given(query, "group")) && (!given(query, "q") || row.name.toLowerCase().includes(given(query, "q").toLowerCase()) || upper(row.plate).includes(upper(given(query, "q")) || "-"))), query));
    if (!keeps(user)) return forbidden();
    const number = body.number ? `${body.number.slice(0, 4)}******${body.number.slice(-2)}` : undefined;
    return change(members, { id, method, body: { ...(method === "POST" && { id: next("m"), status: "active", number: null, plate: null }), ...body, ...(number && { number }) }, send, missing });
  }
  if (resource === "passes") {
    if (method === "GET") return send(200, page(passes.filter((row) => mine(row) && own(row) && (!given(query, "q") || row.label.toLowerCase().includes(given(query, "q").toLowerCase()))), query));
    if (!keeps(user)) return forbidden();
    if (method === "DELETE") return passes.some((row) => row.id === id) ? send(200, Object.assign(passes.find((row) => row.id === id), { state: "revoked" })) : missing();
    const pass = { id: next("pass"), ...body, plate: body.plate ?? null, used: 0, state: "active" };
    passes.unshift(pass);
    const code = sha(pass.id + Date.now()).slice(0, 16).toUpperCase();
    return send(201, { pass, code, qr_svg: qr(code) });
  }
  if (resource === "visits") {
    if (method === "GET") return send(200, page(visits.filter((row) => mine(row) && own(row) && (!given(query, "date") || row.date === given(query, "date")) && (!given(query, "state") || row.state === given(query, "state"))), query));
    const visit = visits.find((row) => row.id === id);
    if (!visit) return missing();
    return send(200, Object.assign(visit, { state: action === "approve" ? "approved" : "refused", reason: body.reason ?? null }));
  }
  if (resource === "figures") return send(200, figures(given(query, "site"), given(query, "from"), given(query, "to"), given(query, "by"), given(query, "gate")));
  if (resource === "corrections") {
    if (user.role !== "site_manager") return forbidden();
    corrections.unshift({ ...body, id: next("c"), at: new Date().toISOString(), user: user.display_name, note: body.note || null });
    return send(201, corrections[0]);
  }
  if (resource === "reports") return send(200, report(given(query, "site"), given(query, "period")));
  if (resource === "crowding") {
    if (method === "PUT") crowding.set(given(query, "site"), body.zones);
    return send(200, crowdingOf(given(query, "site")));
  }
  if (resource === "timetable" && id === "delays") return send(204);
  if (resource === "timetable") return send(200, id === "import" ? { rows: 4, good: 4, new: 1, changed: 0, same: 3, errors: [], preview_id: "t-1" } : trains);
  return refuse(404, "not_found", resource ?? "");
}

function change(list, { id, method, body, send, missing }) {
  if (method === "POST") {
    list.unshift(body);
    return send(201, body);
  }
  const at = list.findIndex((row) => row.id === id);
  if (at < 0) return missing();
  if (method === "DELETE") return list.splice(at, 1) && send(204);
  return send(200, Object.assign(list[at], body));
}

/** Rows of the uploaded CSV: a name too short or a number that is not 12 digits is wrong. */
function importMembers(upload, send) {
  const field = (name) => new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)`).exec(upload)?.[1];
  if (field("mode") === "apply") {
    const skip = field("skip_errors") === "true";
    return send(200, { ...pending, errors: skip ? [] : pending.errors, preview_id: null });
  }
  const text = /filename="[^"]*"\r\n(?:[^\r\n]+\r\n)*\r\n([\s\S]*?)\r\n--/.exec(upload)?.[1] ?? "";
  const rows = text.split(/\r?\n/).filter((line) => line.trim()).slice(1);
  const errors = [];
  rows.forEach((line, at) => {
    const [name, number] = line.split(/[,;]/);
    if ((name ?? "").trim().length < 2) errors.push({ row: at + 2, column: "name", code: "missing", vi: "Thiếu họ tên", en: "The name is missing" });
    if (!/^\d{12}$/.test((number ?? "").trim())) errors.push({ row: at + 2, column: "number", code: "bad_number", vi: `Số căn cước phải có 12 chữ số, đang có ${(number ?? "").trim().length}`, en: `An identity number has 12 digits, this one has ${(number ?? "").trim().length}` });
  });
  const wrong = new Set(errors.map(({ row }) => row)).size;
  pending = { rows: rows.length, good: rows.length - wrong, new: Math.max(rows.length - wrong - 1, 0), changed: rows.length > wrong ? 1 : 0, same: 0, errors, preview_id: "preview-1" };
  return send(200, pending);
}
let pending = { rows: 0, good: 0, new: 0, changed: 0, same: 0, errors: [], preview_id: null };

/** What needs no account: sites to visit, a registration and its code. Gives `false` for another path. */
export function publicRoutes({ method, path, body, send, refuse }) {
  const [, resource, code, action] = path.split("/");
  if (resource !== "visits" || (!code && method !== "POST") || ["approve", "refuse"].includes(action)) return false;
  if (code === "sites") return send(200, [...policies].map(([site, document]) => ({ id: site, name: site === "khanh-phu" ? "KCN Khánh Phú" : "Khu du lịch Tràng An", ...NOTICE, groups: document.groups.filter((group) => group.kind === "enterprise").map((group) => ({ id: group.id, name: group.name })) })));
  if (!code) {
    if (!body.consent) return refuse(422, "consent", "Cần đồng ý trước khi gửi");
    const visit = { ...body, id: next("visit"), code: sha(next("code") + Date.now()).slice(0, 6).toUpperCase(), plate: body.plate ?? null, host_group: body.host_group ?? null, foreign: body.foreign ? { country: body.foreign.country } : null, state: "waiting", bound: false, reason: null, made_at: new Date().toISOString() };
    visits.push(visit);
    return send(201, { code: visit.code, state: visit.state });
  }
  const visit = visits.find((row) => row.code === code);
  if (!visit) return refuse(404, "not_found", "Không có đăng ký này");
  if (method === "DELETE") visit.state = "cancelled";
  if (action === "bind") {
    if (["expired", "replayed", "invalid", "level"].includes(body.vneid_token)) return refuse(422, `vneid_${body.vneid_token}`, "VNeID");
    visit.bound = true;
  }
  return send(method === "DELETE" ? 204 : 200, method === "DELETE" ? undefined : { code, state: visit.state, date: visit.date, time: visit.time, people: visit.people, bound: visit.bound, qr_svg: visit.state === "approved" ? qr(code) : null });
}
