// A stand-in for the edge agent's desk: same paths, invented gate, nothing kept.
//   node dev/fake-desk.mjs [port]            serves /api, the live pictures and, if built, dist-desk/
//   VG_FAKE_PLAY=1                           lets a day at the gate go by on its own
//   POST /fake/step {"name":"listed"}        lets one thing happen (dev/fake-desk/story.mjs); {"name":"reset"} begins anew
// Guards: an (supervisor) PIN 1357, binh PIN 2468.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { jpeg, serveLive } from "./fake-desk/live.mjs";
import { REASONS } from "./fake-desk/reasons.mjs";
import { arrive, laneOf, leave, makeCase, makeWorld, STEPS } from "./fake-desk/story.mjs";

const PORT = Number(process.argv[2] ?? process.env.PORT ?? 8090);
const DIST = fileURLToPath(new URL("../dist-desk/", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const GUARDS = { an: { user: "an", name: "Trần Văn An", pin: "1357", supervisor: true, gates: [] }, binh: { user: "binh", name: "Lê Thị Bình", pin: "2468", supervisor: false, gates: ["cong-2"] } };
const SUPERVISED = new Set(["emergency_open", "emergency_end", "forgive"]);
const CARD = /^\d{12}\|/;

let world = makeWorld();
let session = null;
let wrong = 0;
let down = false;
let upAgain;
let noList = false;
const watchers = new Set();
const peers = new Set();

const now = () => new Date().toISOString();
const view = () => JSON.stringify({ ...world.view, revision: world.revision, at: now() }, (key, value) => (key === "scene" ? undefined : value));
const sse = () => `event: state\ndata: ${view()}\n\n`;
const changed = () => {
  world.revision += 1;
  for (const watcher of watchers) watcher.write(sse());
};
const send = (response, status, body, headers = {}) => {
  response.writeHead(status, { "content-type": status >= 400 ? "application/problem+json" : "application/json", "cache-control": "no-store", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
const refuse = (response, status, code, detail = code, more = {}) => send(response, status, { type: "about:blank", title: code, status, code, detail, ...more });
const gate = () => world.view.gates[0];

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

function enter(response, guard) {
  const { user, name, supervisor, gates } = guard;
  session = { user, name, supervisor, gates, since: now() };
  return send(response, 200, session, { "set-cookie": "vgdesk=fake; HttpOnly; SameSite=Strict; Path=/" });
}

function signIn(response, { user, pin }) {
  if (noList) return refuse(response, 503, "no_list", "This agent never got a list: connect it to central");
  if (wrong >= 5) {
    setTimeout(() => (wrong = 0), 3_000);
    return refuse(response, 429, "too_many_attempts", "Too many wrong PINs", { retry_after: 3 });
  }
  const guard = GUARDS[user];
  if (guard?.pin === pin) {
    wrong = 0;
    return enter(response, guard);
  }
  wrong += 1;
  return refuse(response, 401, "wrong_pin");
}

const LIST_OF = { release: "hold", emergency_end: "emergency_open", muster_end: "muster", accounted: "muster" };

function act(response, lane, request) {
  const list = REASONS[LIST_OF[request.act] ?? request.act] ?? [];
  if (SUPERVISED.has(request.act) && !session.supervisor) return refuse(response, 403, "supervisor_only");
  if (!list.some(({ code }) => code === request.reason)) return refuse(response, 422, "unknown_reason");
  const of = lane.current;
  if (request.access && of?.access !== request.access) return refuse(response, 409, "nothing_waiting");
  if (["admit", "deny", "wait", "papers_checked", "escort"].includes(request.act) && !of) return refuse(response, 409, "nothing_waiting");
  const guard = { by: "guard", user: session.user };
  switch (request.act) {
    case "admit": case "deny": case "wait":
      Object.assign(of, { verdict: request.act, actor: guard });
      if (!lane.held) lane.barrier = request.act === "admit" ? "opened" : "closed";
      break;
    case "papers_checked": case "escort":
      Object.assign(of, { verdict: "admit", answer: "admit", reason: "listed", label: of.label?.startsWith("SECRET") ? null : of.label, group: of.group?.startsWith("SECRET") ? null : of.group });
      lane.barrier = "opened";
      break;
    case "open": lane.barrier = "opened"; break;
    case "hold": Object.assign(lane, { held: true, barrier: "held" }); break;
    case "release": Object.assign(lane, { held: false, barrier: "closed" }); break;
    case "emergency_open": Object.assign(lane, { emergency: true, barrier: "held" }); break;
    case "emergency_end": Object.assign(lane, { emergency: false, barrier: "closed" }); break;
    case "forgive": world.inside = world.inside.filter(({ subject }) => subject !== request.subject); break;
  }
  changed();
  return send(response, 200, { access: of?.access ?? null, recorded: true });
}

function present(response, lane, request) {
  const alone = world.view.alone_since !== null;
  const who = { offline: alone, asking: false };
  let change;
  switch (request.shown) {
    case "card":
      if (!request.text.includes("|")) return refuse(response, 422, "too_few_fields");
      if (!CARD.test(request.text)) return refuse(response, 422, "not_twelve_digits");
      change = { person: { label: "Nguyễn V. M.", trust: alone ? "qr_only" : "qr_and_register", shown: "card", ...who }, label: "Nguyễn V. M.", group: "Cty TNHH May A" };
      break;
    case "typed_card": change = { person: { label: "Nguyễn V. M.", trust: "qr_only", shown: "card", ...who }, label: "Nguyễn V. M." }; break;
    case "passport":
      if (!/^[A-Z0-9]{6,9}$/.test(request.number)) return refuse(response, 422, "bad_passport");
      change = { person: { label: "Marie C.", trust: null, shown: "passport", ...who }, verdict: "wait", reason: "proof_needed" };
      break;
    case "pass":
      if (!request.text.startsWith("Kp")) return refuse(response, 422, "unknown_pass");
      change = { person: { label: null, trust: null, shown: "pass", ...who }, label: "Đỗ V. K.", group: "Nhà thầu Hoàng Long" };
      break;
    case "pin": change = { person: { label: null, trust: null, shown: "pin", ...who }, label: "Đỗ V. K." }; break;
    case "vneid": change = { person: { label: "Trần T. H.", trust: "vneid_level2", shown: "vneid", ...who }, label: "Trần T. H." }; break;
    case "ticket": change = { person: { label: "Trần T. H.", trust: "qr_only", shown: "ticket", ...who } }; break;
    case "plate": {
      const text = request.text.toUpperCase().replace(/[^A-Z0-9]/g, "");
      if (!/^\d{2}[A-Z]\d{5}$/.test(text)) return refuse(response, 422, "bad_plate");
      change = { plate: { text, display: `${text.slice(0, 3)}-${text.slice(3, 6)}.${text.slice(6)}`, kind: "car", lines: 1, colour: null, score: 1 }, label: "Cty TNHH May A", group: "Cty TNHH May A" };
      break;
    }
    default: return refuse(response, 422, "bad_request");
  }
  const { current } = lane;
  // A driver's card joins the vehicle that waits for it.
  const joins = current && current.reason === "person_missing" && change.person;
  const of = joins ? Object.assign(current, { person: change.person, verdict: "admit", answer: "admit", reason: "listed" }) : arrive(world, makeCase({ lane: lane.id, ...change }));
  if (joins) lane.barrier = "opened";
  changed();
  return send(response, 200, { access: of.access, asking: false });
}

function shiftView() {
  const acts = world.log.filter(({ path }) => path.endsWith("/act"));
  const count = (word) => acts.filter(({ body }) => body.act === word).length;
  return { gate: gate().id, current: session, notes: world.shifts, totals: { admitted: 118 + count("admit"), denied: 7 + count("deny"), waited: 12 + count("wait"), overrides: 4, in: 131, out: 96 } };
}

function handOver(response, { to, to_pin: pin, note, items }) {
  const next = GUARDS[to];
  if (!next || next.pin !== pin) return refuse(response, 401, "wrong_pin");
  if (next.user === session.user) return refuse(response, 422, "same_guard");
  const { people, vehicles, lanes } = gate();
  world.shifts = [{ at: now(), from: session.user, to, note: note ?? null, people, vehicles, waiting: lanes.filter(({ current }) => current).length, items }, ...world.shifts].slice(0, 20);
  return enter(response, next);
}

function gatePost(response, what, body) {
  if (what === "muster") {
    const known = world.inside.filter(({ kind }) => kind === "person");
    for (const each of known) each.accounted = false;
    world.view.muster = body.on ? { since: now(), by: session.name, missing: known.length, accounted: 0, anonymous: gate().people - known.length } : null;
  } else if (what === "accounted") {
    const found = world.inside.find(({ subject }) => subject === body.subject);
    if (!REASONS.muster.some(({ code }) => code === body.reason)) return refuse(response, 422, "unknown_reason");
    if (!found || !world.view.muster) return refuse(response, 409, "nothing_waiting");
    if (!found.accounted) Object.assign(world.view.muster, { missing: world.view.muster.missing - 1, accounted: world.view.muster.accounted + 1 });
    found.accounted = true;
  } else if (what === "corrections") {
    if (!session.supervisor) return refuse(response, 403, "supervisor_only");
    if (!REASONS.correction.some(({ code }) => code === body.reason)) return refuse(response, 422, "unknown_reason");
    Object.assign(gate(), { people: gate().people + body.people, vehicles: gate().vehicles + body.vehicles });
  } else if (what === "shift") {
    return handOver(response, body);
  } else if (what === "paper") {
    const key = `${body.form}/${body.row}`;
    if (world.papers.has(key)) return refuse(response, 409, "already_entered");
    if (Date.parse(body.at) > Date.now()) return refuse(response, 422, "in_the_future");
    if (body.kind === "vehicle" && !/\d/.test(body.plate ?? "")) return refuse(response, 422, "bad_plate");
    world.papers.add(key);
  } else {
    return refuse(response, 404, "not_found");
  }
  changed();
  return send(response, 200, { recorded: true });
}

function ladderView() {
  const works = { full: ["plates", "cards", "barrier", "list", "registers"], centre_lost: ["plates", "cards", "barrier", "list"], camera_lost: ["cards", "barrier", "list"], reader_lost: ["plates", "barrier", "list"], by_hand: ["list"] };
  return { step: world.view.step, lanes: gate().lanes.map(({ id, step }) => ({ lane: id, step, works: works[step], paper_form: world.view.paper_form })) };
}

function read(response, path, query) {
  const [, resource, id] = path.split("/");
  switch (resource) {
    case "session": return send(response, 200, session);
    case "state": return response.writeHead(200, { "content-type": "application/json" }).end(view());
    case "reasons": return send(response, 200, REASONS);
    case "inside": return send(response, 200, world.inside.filter(({ area }) => !query.get("area") || area === query.get("area")));
    case "expected": return send(response, 200, world.expected);
    case "shift": return send(response, 200, shiftView());
    case "ladder": return send(response, 200, ladderView());
    case "pictures": {
      const all = [...gate().lanes.flatMap((each) => [each.current, ...each.queue]), ...world.view.recent].filter(Boolean);
      const of = all.find(({ access }) => access === id);
      if (!of?.scene) return refuse(response, 404, "not_found");
      response.writeHead(200, { "content-type": "image/jpeg" });
      return response.end(jpeg(`${of.scene}-4`));
    }
    case "events":
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      watchers.add(response);
      response.on("close", () => watchers.delete(response));
      return response.write(sse());
    default: return refuse(response, 404, "not_found");
  }
}

async function api(request, response, path, query) {
  const { method } = request;
  if (method !== "GET" && request.headers["x-requested-with"] !== "vong-gac") return refuse(response, 403, "missing_header");
  if (method === "POST" && path === "/session") return signIn(response, await bodyOf(request));
  if (!session || !/vgdesk=fake/.test(request.headers.cookie ?? "")) return refuse(response, 401, "signed_out");
  if (method === "GET") return read(response, path, query);
  if (method === "DELETE" && path === "/session") {
    session = null;
    for (const watcher of watchers) watcher.end();
    return send(response, 204);
  }
  const body = await bodyOf(request);
  world.log.push({ path, body, user: session.user });
  const [, kind, id, what] = path.split("/");
  const lane = kind === "lanes" ? laneOf(world, decodeURIComponent(id)) : null;
  if (lane && what === "act") return act(response, lane, body);
  if (lane && what === "present") return present(response, lane, body);
  if (kind === "gates") return gatePost(response, what, body);
  return refuse(response, 404, "not_found");
}

async function control(request, response, path) {
  if (path === "/fake/log") return send(response, 200, world.log);
  const { name, ms } = await bodyOf(request);
  if (name === "reset") {
    [world, session, wrong, noList, down] = [makeWorld(), null, 0, false, false];
    for (const watcher of watchers) watcher.end();
  } else if (name === "no_list") noList = true;
  else if (name === "down") {
    down = true;
    for (const each of [...watchers]) each.destroy();
    for (const peer of peers) peer.close();
    clearTimeout(upAgain);
    upAgain = setTimeout(() => (down = false), ms ?? 5_000);
    return send(response, 200, {});
  } else if (STEPS[name]) STEPS[name](world);
  else return refuse(response, 404, "no_such_step");
  changed();
  return send(response, 200, {});
}

function asset(response, path) {
  const wanted = normalize(join(DIST, path));
  const file = wanted.startsWith(DIST) && extname(wanted) && existsSync(wanted) ? wanted : join(DIST, "index.html");
  if (!existsSync(file)) return refuse(response, 404, "not_built", "npm run build");
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  return createReadStream(file).pipe(response);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://desk");
  const run = async () => {
    if (pathname.startsWith("/fake/")) return control(request, response, pathname);
    if (pathname.startsWith("/api/")) return down ? request.socket.destroy() : api(request, response, pathname.slice(4), searchParams);
    return asset(response, pathname);
  };
  run().catch((error) => refuse(response, 400, "bad_request", String(error)));
});
server.on("upgrade", (request, socket) => {
  const id = /^\/api\/lanes\/([^/]+)\/live$/.exec(request.url)?.[1];
  if (down || !id || !laneOf(world, id)?.camera) return socket.destroy();
  const peer = serveLive(request, socket, () => laneOf(world, id) ?? { camera_state: "unreachable" });
  peers.add(peer);
  socket.on("close", () => peers.delete(peer));
});
setInterval(() => watchers.forEach((watcher) => watcher.write(": heartbeat\n\n")), 5_000);
if (process.env.VG_FAKE_PLAY) {
  const day = ["listed", "leave", "unknown", "leave", "driver", "papers", "leave", "queue3", "leave", "motorcycle", "leave", "leave", "centre_lost", "yellow", "leave", "whole"];
  let at = 0;
  setInterval(() => {
    STEPS[day[at % day.length]](world);
    if (at % 5 === 4) leave(world, "lan-2");
    at += 1;
    changed();
  }, 6_000);
}
server.listen(PORT, "127.0.0.1", () => console.log(`desk stand-in on http://127.0.0.1:${PORT}`));
