// A stand-in for central while the console is being worked on: same paths, invented data, nothing kept.
//   node dev/fake-api.mjs [port]      serves /api/v1 and, if built, dist/
// Logins: gate / police / police2 / police3 (a senior) / signer / signer2 / ioc / admin / manager / tenant, password "vong-gac-demo".
import { createReadStream, existsSync } from "node:fs";
import { STATUS_CODES, createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { AGENTS, CAMERAS, SITES, makeAlert, makePassage, nextFeed, pictures, sha } from "./fake/data.mjs";
import { files } from "./fake/cases.mjs";
import { deviceRoutes } from "./fake/devices.mjs";
import { handlingRoutes } from "./fake/handling-acts.mjs";
import { lawRoutes } from "./fake/law.mjs";
import { caseRoutes } from "./fake/review.mjs";
import { accesses, incidentAlerts, makeAccess } from "./fake/gates.mjs";
import { citizenRoutes } from "./fake/citizen.mjs";
import { gateRoutes, publicRoutes } from "./fake/routes.mjs";
import { draw } from "./fake/scene.mjs";
import { sceneRoutes } from "./fake/scenes.mjs";
import { sectionRoutes } from "./fake/sections.mjs";

const PORT = Number(process.argv[2] ?? process.env.PORT ?? 8080);
const EVERY_MS = Number(process.env.VG_FAKE_EVERY_MS ?? 4000);
const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const NEXT = { new: ["acknowledged", "verifying", "confirmed", "false_alarm"], acknowledged: ["verifying", "confirmed", "false_alarm"], verifying: ["confirmed", "false_alarm"], confirmed: ["closed"], false_alarm: ["closed"], closed: [] };

const users = [["gate", "Trần Văn Gác", "gate_operator"], ["police", "Lê Thị Cảnh", "traffic_police", "officer"], ["police2", "Trần Minh Xét", "traffic_police", "officer"], ["police3", "Đặng Thu Duyệt", "traffic_police", "team_chief"], ["signer", "Vũ Hải Ký", "police_signer", "team_chief"], ["signer2", "Ngô Đức Duyệt", "police_signer", "division_head"], ["ioc", "Phạm Trực Ban", "ioc_operator"], ["admin", "Quản trị hệ thống", "admin"], ["manager", "Đỗ Quản Lý", "site_manager"], ["tenant", "Nhân sự May Mẫu A", "enterprise"]].map(
  ([username, display_name, role, rank = null]) => ({ id: `u-${username}`, username, display_name, role, sites: ["gate_operator", "site_manager", "enterprise"].includes(role) ? ["khanh-phu"] : [], group: role === "enterprise" ? "may-a" : null, rank, language: "vi" }),
);
const sessions = new Map();
const viewers = new Set();
const passages = [];
const owners = new Map();
const alerts = [];
const looks = new Map();
const log = [];

function add(capturedAt, forced) {
  const { passage, owner } = makePassage(capturedAt, forced);
  passages.unshift(passage);
  if (owner) owners.set(passage.id, owner);
  const alert = makeAlert(passage);
  if (alert) alerts.unshift(alert);
  const access = passage.site === "khanh-phu" ? makeAccess(capturedAt, passage) : passage.feed_id % 3 === 0 ? makeAccess(capturedAt, null) : null;
  return { passage, alert, access };
}

const FIRST = [["stolen", "none"], ["found", "possible"], ["found", "exact"], ["military", "none"], ["unread", "none"]];
for (let at = 130; at >= 0; at -= 1) add(new Date(Date.now() - at * 47_000), at < 12 && at % 2 === 0 ? FIRST[at / 2 - 1] : undefined);
alerts.unshift(...incidentAlerts());

const send = (response, status, body, headers = {}) => {
  response.writeHead(status, { "content-type": status >= 400 ? "application/problem+json" : "application/json", "cache-control": "no-store", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
const refuse = (response, status, code, detail, problems = []) => send(response, status, { type: `urn:vong-gac:problem:${code}`, title: STATUS_CODES[status], status, detail, code, ...(problems.length > 0 && { problems }) });
const page = (list, query) => {
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Math.min(Number(query.get("limit") ?? 50), 200);
  return { items: list.slice(from, to), next: to < list.length ? String(to) : null };
};
const sees = (user, site) => !user.sites.length || user.sites.includes(site);
const emit = (event, data, id) => {
  for (const viewer of viewers) if (!data.site || sees(viewer.user, data.site)) viewer.write(`${id ? `id: ${id}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
};

setInterval(() => {
  const { passage, alert, access } = add(new Date());
  emit("passage", passage, passage.feed_id);
  if (access) emit("access", access, access.feed_id);
  if (access) emit("inside", {});
  if (alert) emit("alert", alert, alert.feed_id);
  for (const { row } of CAMERAS) {
    if (row.state === "live") Object.assign(row, { analysed: row.analysed + 32, last_frame_at: new Date().toISOString() });
    emit("camera", row);
  }
  emit("counts", {});
}, EVERY_MS);
setInterval(() => viewers.forEach((viewer) => viewer.write(": ping\n\n")), 15_000);

function summary() {
  const read = passages.filter((passage) => passage.reading).length;
  return {
    now: new Date().toISOString(), people_in: 1842, people_out: 1391, people_inside: 451, vehicles_today: passages.length, plates_read_today: read, alerts_open: alerts.filter((alert) => !["closed", "false_alarm"].includes(alert.state)).length,
    cameras_live: CAMERAS.filter(({ row }) => row.state === "live").length, cameras_total: CAMERAS.length, lost_events: 12, late_events: passages.filter((passage) => passage.late).length, offline_s: 1080,
  };
}

function counts() {
  const midnight = Math.floor((Date.now() + 25_200_000) / 86_400_000) * 86_400_000 - 25_200_000;
  const hours = Array.from({ length: Math.ceil((Date.now() - midnight) / 3_600_000) }, (_, hour) => ({ subject: "person", hour: new Date(midnight + hour * 3_600_000).toISOString(), in: Math.round(160 * Math.exp(-((hour - 9) ** 2) / 14)) + hour, out: Math.round(140 * Math.exp(-((hour - 12) ** 2) / 14)) }));
  return { lines: [{ subject: "person", site: "trang-an", camera: "ben-thuyen", line: "cong-chinh", in: 1842, out: 1391, inside: 451 }], hours, loss: { lost: 12, late: 5, offline_s: 1080 } };
}

function detail(passage, user) {
  const name = owners.get(passage.id);
  const full = user.role !== "gate_operator";
  const rows = looks.get(passage.id) ?? [];
  rows.unshift({ at: new Date().toISOString(), actor: user.display_name, action: "passage.view" });
  looks.set(passage.id, rows);
  const { registry, watchlist } = passage.match;
  const organisation = name?.startsWith("Công ty");
  const text = passage.reading?.text ?? "";
  return {
    ...passage,
    owner: name ? { kind: organisation ? "organisation" : "person", name: full ? name : passage.owner_masked, address: full ? "Thôn 1, xã Gia Vân, tỉnh Ninh Bình" : "tỉnh Ninh Bình", id_number: full ? "037090001234" : null, masked: full ? [] : ["name", "address", "id_number"], mask_reason_vi: full ? null : "Nhân viên cổng chỉ cần tên rút gọn để đối chiếu tại chỗ.", mask_reason_en: full ? null : "At the gate a shortened name is enough to compare with the driver." } : null,
    registry: { status: registry, asked_at: registry === "not_asked" ? null : passage.received_at, txn_id: registry === "not_asked" ? null : "C06-20261121-004217", as_of: passage.captured_at, findings: registry === "stolen" ? [{ code: "stolen", text_vi: "Báo mất ngày 12/11/2026 tại Công an xã Gia Vân", text_en: "Reported stolen on 12/11/2026 to the police of Gia Vân" }] : [] },
    matches: watchlist === "none" ? [] : [{ list: "watch", list_name: "Xe cần kiểm tra", entry_id: "WL-0042", plate: watchlist === "exact" ? text : text.replace(/\d$/, "8"), result: watchlist, reason_vi: "Xe cần kiểm tra giấy tờ khi vào khu.", reason_en: "Papers to be checked on entry.", why_vi: watchlist === "exact" ? "Biển số khớp từng ký tự." : "Khác một ký tự dễ nhầm khi đọc: 8 và B.", why_en: watchlist === "exact" ? "Every character agrees." : "One character that is easily confused differs: 8 and B.", distance: watchlist === "exact" ? 0 : 1, priority: "high", added_by: "Phạm Trực Ban", added_at: "2026-11-18T02:10:00Z" }],
    envelope: { id: passage.id, seq: passage.seq, prev: sha(`prev${passage.id}`), key: "9f2c11d04be7a3f6", signature_ok: true, chain: "ok", models: [{ id: "picodet-s-416", sha256: sha("m1") }, { id: "ppocr-v4-rec", sha256: sha("m2") }], sha256: sha(passage.id) },
    alerts: alerts.filter((alert) => alert.passage_id === passage.id),
    audit: rows.slice(0, 20),
  };
}

function transition(response, alert, { to, note }, user) {
  if (!alert) return refuse(response, 404, "not_found", "Không có cảnh báo này");
  if (!NEXT[alert.state].includes(to)) return refuse(response, 409, "bad_transition", `${alert.state} → ${to}`);
  const at = new Date().toISOString();
  alert.history.push({ at, actor: user.display_name, from: alert.state, to, note: note ?? null });
  alert.state = to;
  alert.feed_id = nextFeed();
  if (to === "acknowledged") Object.assign(alert, { acknowledged_by: user.display_name, acknowledged_at: at });
  emit("alert", alert, alert.feed_id);
  return send(response, 200, alert);
}

function stream(request, response, user) {
  response.user = user;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const after = Number(request.headers["last-event-id"] ?? NaN);
  viewers.add(response);
  response.write("retry: 1000\n: hello\n\n");
  if (!Number.isNaN(after)) {
    const missed = [...passages.map((row) => ["passage", row]), ...alerts.map((row) => ["alert", row]), ...accesses.map((row) => ["access", row])].filter(([, row]) => row.feed_id > after && sees(user, row.site)).sort((a, b) => a[1].feed_id - b[1].feed_id);
    for (const [event, row] of missed) response.write(`id: ${row.feed_id}\nevent: ${event}\ndata: ${JSON.stringify(row)}\n\n`);
  }
  request.on("close", () => viewers.delete(response));
}

const QUARANTINE = [["bad_signature", "Chữ ký không khớp khóa đã ghi danh", "vg/1/khanh-phu/kp-edge-9/event/cong-2-vao", 4211], ["unknown_version", "Phiên bản phong bì 2 chưa được hỗ trợ", "vg/1/trang-an/ta-edge-1/event/bai-xe", 3877], ["not_json", "Không phải JSON ở byte 17", "vg/1/trang-an/ta-edge-1/status", 64], ["too_large", "Chứng cứ lớn hơn 2 MiB", "vg/1/nga-tu-le-hong-phong/lhp-edge-1/evidence/9c1f", 3_145_728]].map(([reason_code, reason, topic, bytes], at) => ({ id: String(at), received_at: new Date(Date.now() - at * 3_400_000).toISOString(), topic, reason_code, reason, bytes }));

function fits(query, user) {
  const plate = (query.get("plate") ?? "").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");
  return (row) => (!user.sites.length || user.sites.includes(row.site)) && ["site", "camera", "class"].every((key) => !query.get(key) || query.get(key) === row[key]) && (!plate || (row.reading?.text ?? "").includes(plate));
}

async function textOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

const isForm = (request) => (request.headers["content-type"] ?? "").startsWith("multipart/");
const bodyOf = (request, text) => (text && !isForm(request) ? JSON.parse(text) : {});

/** Where a file is asked for, any of a few lines do. */
function file(response, path, query) {
  response.writeHead(200, { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${path.split("/").filter(Boolean).join("-")}.${query.get("format")}"` });
  response.end("\ufeffname,number,plate\r\nNguyễn Văn Mẫu,037090001234,\r\n");
}

async function signedIn(request, response, path, query, user, text) {
  const { method } = request;
  const [, resource, id, action] = path.split("/");
  const admin = user.role === "admin";
  const mine = (row) => !user.sites.length || user.sites.includes(row.site);
  if (method === "GET") {
    if (path === "/session") return send(response, 200, user);
    if (user.role === "enterprise" && ["/summary", "/stream", "/alerts", "/passages"].includes(path)) return refuse(response, 403, "forbidden", "");
    if (path === "/summary") return send(response, 200, summary());
    if (path === "/sites") return send(response, 200, SITES.filter((site) => mine({ site: site.id })));
    if (path === "/counts") return send(response, 200, counts());
    if (path === "/passages") return send(response, 200, page(passages.filter(fits(query, user)), query));
    if (resource === "passages") {
      const passage = passages.find((row) => row.id === id && mine(row));
      return passage ? send(response, 200, detail(passage, user)) : refuse(response, 404, "not_found", "Không có lượt xe này");
    }
    if (path === "/alerts") return send(response, 200, page(alerts.filter((row) => mine(row) && (!query.get("state") || row.state === query.get("state"))), query));
    if (resource === "alerts") {
      const alert = alerts.find((row) => row.id === id && mine(row));
      return alert ? send(response, 200, alert) : refuse(response, 404, "not_found", "Không có cảnh báo này");
    }
    if (path === "/cameras") return send(response, 200, CAMERAS.map(({ row }) => row).filter(mine));
    if (path === "/agents") return send(response, 200, AGENTS.filter(mine));
    if (path === "/quarantine") return ["admin", "ioc_operator"].includes(user.role) ? send(response, 200, page(QUARANTINE, query)) : refuse(response, 403, "forbidden", "");
    if (path === "/users") return admin ? send(response, 200, users) : refuse(response, 403, "forbidden", "");
    if (path === "/audit") return admin ? send(response, 200, page(log, query)) : refuse(response, 403, "forbidden", "");
    if (path === "/stream") return stream(request, response, user);
    if (query.get("format")) return file(response, path, query);
    if (resource === "evidence" && files.has(id)) {
      const { type, bytes } = files.get(id);
      response.writeHead(200, { "content-type": type, "content-length": bytes.length, "cache-control": "private, immutable, max-age=31536000" });
      return response.end(bytes);
    }
    if (resource === "evidence" && pictures.has(id)) {
      const { scene, view } = pictures.get(id);
      response.writeHead(200, { "content-type": "image/svg+xml", "cache-control": "private, immutable, max-age=31536000" });
      return response.end(draw(scene, view));
    }
  } else {
    if (request.headers["x-requested-with"] !== "vong-gac") return refuse(response, 403, "csrf", "missing header");
    const body = bodyOf(request, text);
    if (method === "POST" && resource === "alerts" && action === "transition" && !admin) return transition(response, alerts.find((row) => row.id === id), body, user);
    if (method === "POST" && path === "/enrolment-codes" && admin) return send(response, 200, { code: "K7PM-4QXD-92TA", expires_at: new Date(Date.now() + 900_000).toISOString() });
    if (method === "POST" && path === "/users" && admin) {
      if (users.some((known) => known.username === body.username)) return refuse(response, 409, "username_taken", "Tên đăng nhập đã có");
      const { password: _, ...made } = { id: `u-${body.username}`, ...body };
      users.push(made);
      return send(response, 200, made);
    }
    if (method === "DELETE" && path === "/session") return send(response, 204, undefined, { "set-cookie": "vg_session=; Max-Age=0; Path=/" });
  }
  const call = { method, path, query, user, page, body: bodyOf(request, text), upload: text, response, send: (status, data) => send(response, status, data) ?? true, refuse: (status, code, detail, problems) => refuse(response, status, code, detail, problems) ?? true };
  return sceneRoutes(call) ?? sectionRoutes(call) ?? caseRoutes(call) ?? deviceRoutes(call) ?? handlingRoutes(call) ?? lawRoutes(call) ?? gateRoutes(call);
}

async function apiCall(request, response, url) {
  const path = url.pathname.slice("/api/v1".length);
  const text = await textOf(request);
  if (request.method === "POST" && path === "/session") {
    const { username, password } = bodyOf(request, text);
    const user = users.find((known) => known.username === username);
    if (!user || password !== "vong-gac-demo") return refuse(response, 401, "bad_credentials", "Sai tên đăng nhập hoặc mật khẩu");
    const token = sha(`${username}${Date.now()}${Math.random()}`);
    sessions.set(token, user);
    log.unshift({ id: token.slice(0, 12), at: new Date().toISOString(), actor: user.username, role: user.role, action: "session.create", object_kind: null, object_id: null, purpose: null });
    return send(response, 200, user, { "set-cookie": `vg_session=${token}; HttpOnly; SameSite=Strict; Path=/` });
  }
  const open = publicRoutes({ method: request.method, path, body: bodyOf(request, text), send: (status, data) => send(response, status, data) ?? true, refuse: (status, code, detail) => refuse(response, status, code, detail) ?? true });
  if (open) return undefined;
  const citizens = citizenRoutes({ request, response, method: request.method, path, body: bodyOf(request, text), form: isForm(request) ? text : "", send: (status, data, headers) => send(response, status, data, headers) ?? true, refuse: (status, code, detail) => refuse(response, status, code, detail) ?? true });
  if (citizens) return undefined;
  const user = sessions.get(/vg_session=(\w+)/.exec(request.headers.cookie ?? "")?.[1]);
  if (!user) return refuse(response, 401, "not_signed_in", "Chưa đăng nhập");
  return signedIn(request, response, path, url.searchParams, user, text);
}

function page_or_asset(response, pathname) {
  const asked = join(DIST, normalize(pathname));
  const file = extname(asked) && existsSync(asked) ? asked : join(DIST, "index.html");
  if (!existsSync(file)) return refuse(response, 404, "not_built", "run `npm run build` first, or use `npm run dev`");
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  return createReadStream(file).pipe(response);
}

createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (!url.pathname.startsWith("/api/v1/")) return page_or_asset(response, url.pathname);
  return apiCall(request, response, url).catch((error) => refuse(response, 500, "failed", String(error)));
}).listen(PORT, "127.0.0.1", () => console.log(`fake central on http://127.0.0.1:${PORT}`));
