// Invented scenes of the junction camera: draft, versions, frame, preview. The agent of other cameras does not answer.
import { CAMERAS, pictures, sha } from "./data.mjs";

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const FRAME = sha("scene-frame");
pictures.set(FRAME, { scene: { hour: 10, ground: "street", seed: 7, class: "car", box: [560, 330, 150, 130], colour: "white" }, view: [0, 0, 1280, 720] });

const first = () => ({
  v: 1, camera: "huong-bac", version: 3, picture: [1280, 720],
  place: { vi: "Ngã tư Lê Hồng Phong", en: "Le Hong Phong junction", at: [20.2539, 105.975], direction_vi: "từ Bắc vào nút", commune: "14464", segment: "le-hong-phong" },
  ground: { measured_on: "2026-10-02", measured_by: "Sở Xây dựng, thước dây", points: [{ at: [0.16, 0.68], metres: [0, 0] }, { at: [0.84, 0.68], metres: [14, 0] }, { at: [0.27, 0.45], metres: [0, 18] }, { at: [0.73, 0.45], metres: [14.2, 18] }, { at: [0.5, 0.55], metres: [7, 8] }] },
  lanes: [
    { id: "lan-1", corners: [[0.345, 0.41], [0.5, 0.41], [0.5, 0.98], [0.235, 0.98]], flow: [[0.43, 0.46], [0.38, 0.9]], classes: ["car", "bus", "truck"], kind: "normal", moves: ["straight", "left"] },
    { id: "lan-2", corners: [[0.5, 0.41], [0.655, 0.41], [0.765, 0.98], [0.5, 0.98]], flow: [[0.57, 0.46], [0.62, 0.9]], classes: [], kind: "normal", moves: [] },
  ],
  lines: [{ id: "vach-dung", from: [0.905, 0.653], to: [0.095, 0.653], kind: "stop", move: null, governed: [{ signal: "den-bac", moves: ["straight", "left"] }] }],
  zones: [{ id: "long-nut", corners: [[0.1, 0.7], [0.9, 0.7], [0.95, 0.97], [0.05, 0.97]], kind: "junction" }],
  markings: [{ id: "vach-lien", points: [[0.5, 0.42], [0.5, 0.65]], barred: "from_left" }],
  signals: [{ id: "den-bac", lamps: [{ colour: "red", area: [0.134, 0.2, 0.016, 0.028] }, { colour: "yellow", area: [0.134, 0.23, 0.016, 0.028] }, { colour: "green", area: [0.134, 0.26, 0.016, 0.028] }], controller: null }],
  rules: [
    { id: "den-do", kind: "red_light", on: true, about: ["vach-dung"], classes: [], hours: [], grace_ms: 300, dwell_s: null, way: null, length_m: null, limit_kmh: null, sign_decision: "12/QĐ-SXD ngày 03/03/2026" },
    { id: "de-vach", kind: "solid_line", on: true, about: ["vach-lien"], classes: [], hours: [{ days: [1, 2, 3, 4, 5], from: "06:00", to: "20:00" }], grace_ms: null, dwell_s: null, way: null, length_m: null, limit_kmh: null, sign_decision: null },
    { id: "chan-nut", kind: "junction_block", on: false, about: ["long-nut"], classes: [], hours: [], grace_ms: null, dwell_s: 20, way: null, length_m: null, limit_kmh: null, sign_decision: null },
  ],
});

const kept = new Map();
const of = (site, camera) => {
  const key = `${site}/${camera}`;
  if (!kept.has(key)) {
    const known = camera === "huong-bac";
    const base = known ? first() : null;
    const older = known ? { version: 2, drawn_by: ["police"], published_by: "admin", published_at: ago(2_600_000), note: "Vẽ lần đầu theo bản đo tháng 10", sha256: sha("v2"), ground_error: { px: 1.2, m: 0.05 }, changes: [{ path: "rules[den-do]", from: null, to: base.rules[0] }, { path: "lines[vach-dung]", from: null, to: base.lines[0] }] } : null;
    kept.set(key, { scene: base, draft: null, drawn_by: [], saved_at: null, base: 0, in_use: known ? 3 : null, versions: known ? [{ version: 3, drawn_by: ["police"], published_by: "admin", published_at: ago(900_000), note: "Dời vạch dừng sau khi kẻ lại", sha256: sha("v3"), ground_error: { px: 1.1, m: 0.04 }, changes: [{ path: "lines[vach-dung].from", from: [0.905, 0.64], to: [0.905, 0.653] }, { path: "rules[den-do].grace_ms", from: 500, to: 300 }] }, older] : [] });
  }
  return kept.get(key);
};

/** As central's check says it; enough of it for what the page shows. */
function problems(scene) {
  const found = [];
  const say = (at, what, what_vi) => found.push({ at, what, what_vi });
  const ids = new Set(["lanes", "lines", "zones", "markings"].flatMap((list) => scene[list].map(({ id }) => id)));
  for (const line of scene.lines) for (const one of line.governed) if (!scene.signals.some(({ id }) => id === one.signal)) say(`lines.${line.id}`, "governed names a signal that is not drawn", "vạch chịu một đèn chưa được vẽ");
  for (const rule of scene.rules) {
    for (const id of rule.about) if (!ids.has(id)) say(`rules.${rule.id}`, `about names ${id}, which is not drawn`, `luật nhắc đến ${id}, chưa được vẽ`);
    if (rule.kind === "red_light" && (rule.about.length === 0 || !rule.about.every((id) => scene.lines.find((line) => line.id === id)?.governed.length))) say(`rules.${rule.id}`, "about names stop lines that a signal governs", "luật đèn đỏ cần vạch dừng có đèn điều khiển");
    if (["stop_park", "junction_block"].includes(rule.kind) && rule.dwell_s === null) say(`rules.${rule.id}`, "dwell_s says how long is too long", "hãy ghi dừng bao lâu thì tính là lỗi");
    if (rule.kind === "speed_homography" && !scene.ground) say(`rules.${rule.id}`, "speed needs ground: four measured points", "đo tốc độ cần mặt đường đã đo: bốn điểm");
  }
  if (scene.ground && scene.ground.points.length < 4) say("ground", "four measured points at least", "cần ít nhất bốn điểm đo");
  return found;
}

/** What differs, by ids and fields, as central tells it. */
function between(before, after, path = "") {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const ids = (list) => Array.isArray(list) && list.every((one) => one?.id);
  if (ids(before) && ids(after) && before.length + after.length > 0) {
    const names = [...new Set([...before, ...after].map(({ id }) => id))];
    return names.flatMap((id) => between(before.find((one) => one.id === id) ?? null, after.find((one) => one.id === id) ?? null, `${path}[${id}]`));
  }
  if (before && after && typeof before === "object" && typeof after === "object" && !Array.isArray(before)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== "version").flatMap((key) => between(before[key] ?? null, after[key] ?? null, path ? `${path}.${key}` : key));
  return [{ path, from: before ?? null, to: after ?? null }];
}

function preview(scene, back) {
  const way = (x, from, to, drift = 0) => Array.from({ length: 12 }, (_, at) => [x + (drift * at) / 11, from + ((to - from) * at) / 11]);
  const samples = [["motorcycle", 0.62, 0.5, 0.9], ["car", 0.4, 0.46, 0.92], ["motorcycle", 0.7, 0.52, 0.88], ["truck", 0.55, 0.48, 0.86]];
  const found = scene.rules.flatMap((rule, at) => (rule.kind === "red_light" ? samples : rule.kind === "solid_line" ? samples.slice(0, 1) : []).map(([klass, x, from, to], n) => ({
    rule: rule.id, kind: rule.kind, at: ago(back - 7 - n * Math.floor(back / 5) - at), class: klass, box: [x - 0.03, to - 0.14, 0.06, 0.13], path: way(x, from, to, (n - 1) * 0.03),
  })));
  const watched = new Set(["den-bac"]);
  return { from: ago(back), to: ago(1), frames: back * 8, tracks: Math.round(back * 0.7), ground_error_px: scene.ground ? 1.4 : null, ground_error_m: scene.ground ? 0.06 : null, found: found.toSorted((a, b) => a.at.localeCompare(b.at)), unwatched: scene.signals.map(({ id }) => id).filter((id) => !watched.has(id)) };
}

const READ = ["traffic_police", "police_signer", "ioc_operator", "admin"];
const DRAW = ["traffic_police", "admin"];
const PUBLISH = ["police_signer", "admin"];

export function sceneRoutes({ method, path, body, user, send, refuse }) {
  const [, resource, site, camera, action, id] = path.split("/");
  if (resource !== "scenes") return undefined;
  if (!READ.includes(user.role)) return refuse(403, "forbidden", "");
  const row = (at, cameraId) => CAMERAS.map(({ row: one }) => one).find((one) => one.site === at && one.camera === cameraId);
  if (!site) return send(200, { items: CAMERAS.map(({ row: one }) => {
    const known = of(one.site, one.camera);
    const shown = known.draft ?? known.scene;
    const newest = known.versions[0];
    return { site: one.site, camera: one.camera, camera_name: one.name, state: one.state, version: known.scene?.version ?? null, published_at: newest?.published_at ?? null, published_by: newest?.published_by ?? null, rules: known.scene?.rules.filter(({ on }) => on).length ?? 0, draft: known.draft !== null, draft_by: known.drawn_by.at(-1) ?? null, in_use_version: known.in_use, in_use_since: known.in_use ? ago(800_000) : null, refused_because: null, problems: shown ? problems(shown).length : 0 };
  }) });
  const one = row(site, camera);
  if (!one) return refuse(404, "not_found", "there is no such camera");
  const known = of(site, camera);
  const version = known.scene?.version ?? 0;
  const may = (roles) => roles.includes(user.role);
  const found = known.draft ? problems(known.draft) : known.scene ? problems(known.scene) : [];
  const why = !PUBLISH.includes(user.role) ? "role" : !known.draft ? "no_draft" : known.drawn_by.includes(user.username) ? "own_draft" : found.length ? "problems" : null;
  if (method === "GET" && !action) return send(200, { site, camera, camera_name: one.name, state: one.state, snapshot: camera === "huong-bac" ? FRAME : one.snapshot, scene: known.scene, version, published_at: known.versions[0]?.published_at ?? null, published_by: known.versions[0]?.published_by ?? null, note: known.versions[0]?.note ?? null, draft: known.draft, draft_by: known.drawn_by.at(-1) ?? null, draft_at: known.saved_at, drawn_by: known.drawn_by, base_version: known.draft ? known.base : null, problems: found, ground_error: null, in_use_version: known.in_use, in_use_since: ago(800_000), refused_because: null, may_publish: why === null, why_not: why });
  if (method === "GET" && action === "versions") return send(200, id ? known.scene : { items: known.versions, draft_changes: known.draft ? between(known.scene ?? {}, known.draft) : [] });
  if (method === "PUT" && action === "draft") {
    if (!may(DRAW)) return refuse(403, "forbidden", "");
    if (body.base_version !== version) return refuse(409, "old_base", "another version was published meanwhile");
    if (body.saved_at && body.saved_at !== known.saved_at) return refuse(409, "draft_changed", "somebody else saved this draft meanwhile");
    Object.assign(known, { draft: body.scene, base: version, saved_at: new Date(Math.max(Date.now(), Date.parse(known.saved_at ?? 0) + 1)).toISOString(), drawn_by: [...known.drawn_by.filter((name) => name !== user.username), user.username] });
    return send(200, { saved_at: known.saved_at, problems: problems(body.scene), ground_error: null });
  }
  if (method === "DELETE" && action === "draft") {
    if (!may(DRAW)) return refuse(403, "forbidden", "");
    if (!known.draft) return refuse(404, "not_found", "there is no such draft, or not for this account");
    Object.assign(known, { draft: null, drawn_by: [], saved_at: null });
    return send(204);
  }
  if (method === "POST" && action === "snapshot") return one.state === "live" && camera === "huong-bac" ? send(200, { sha256: FRAME, width: 1280, height: 720, captured_at: ago(0) }) : refuse(504, "agent_silent", "the agent did not answer in time");
  if (method === "POST" && action === "preview") return camera !== "huong-bac" ? refuse(504, "agent_silent", "the agent did not answer in time") : found.length ? refuse(422, "has_problems", "the drawing has problems: mend what is named", found.map(({ at, what, what_vi }) => ({ path: at, code: "scene", vi: what_vi, en: what }))) : send(200, preview(known.draft ?? known.scene, body.back_s));
  if (method === "POST" && action === "publish") {
    if (!may(PUBLISH)) return refuse(403, "forbidden", "");
    if (!body.note?.trim()) return refuse(422, "bad_note", "note: say what changed and why, at most 500 characters");
    if (!known.draft) return refuse(404, "not_found", "there is no such draft, or not for this account");
    if (why === "own_draft") return refuse(403, "own_draft", "whoever drew a scene does not publish it: ask another account to look at it");
    if (body.saved_at && body.saved_at !== known.saved_at) return refuse(409, "draft_changed", "the draft was saved again meanwhile: look at it again");
    if (known.base !== version) return refuse(409, "old_base", "another version was published meanwhile: the draft must begin from it");
    if (why) return refuse(422, "has_problems", "the drawing has problems: mend what is named", found.map(({ at, what, what_vi }) => ({ path: at, code: "scene", vi: what_vi, en: what })));
    if (between(known.scene ?? {}, known.draft).length === 0) return refuse(422, "no_change", "the draft is the same as the published scene");
    const changes = between(known.scene ?? {}, known.draft);
    known.versions.unshift({ version: version + 1, drawn_by: known.drawn_by, published_by: user.username, published_at: ago(0), note: body.note, sha256: sha(`v${version + 1}`), ground_error: null, changes });
    Object.assign(known, { scene: { ...known.draft, version: version + 1 }, draft: null, drawn_by: [], saved_at: null });
    setTimeout(() => Object.assign(known, { in_use: version + 1 }), 3000);
    return send(200, { version: version + 1, changes });
  }
  return undefined;
}
