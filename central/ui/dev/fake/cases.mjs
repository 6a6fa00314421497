// Invented violation cases in every situation of the review desk. The clip and its boxes are the project's own rendered junction.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { sha } from "./data.mjs";

const here = (name) => readFileSync(new URL(`./clip/${name}`, import.meta.url));
const BOXES = JSON.parse(here("boxes.json"));
const bytesSha = (bytes) => createHash("sha256").update(bytes).digest("hex");
const PLATE_SVG = (text) => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="190" height="140" viewBox="0 0 190 140"><rect width="190" height="140" fill="#20262a"/><g transform="rotate(-2 95 70)"><rect x="14" y="14" width="162" height="112" rx="10" fill="#eceae2" stroke="#222" stroke-width="4"/><g font-family="Overpass Mono, DejaVu Sans Mono, monospace" font-weight="700" fill="#16191b" text-anchor="middle"><text x="95" y="62" font-size="44">${text.slice(0, 5)}</text><text x="95" y="112" font-size="46">${text.slice(6)}</text></g></g><rect width="190" height="140" fill="#000" opacity=".12"/></svg>`);

/** Bytes behind a digest: type and content. */
export const files = new Map();
const keep = (bytes, type) => {
  const digest = bytesSha(bytes);
  files.set(digest, { bytes, type });
  return digest;
};
const CLIP = keep(here("junction.mp4"), "video/mp4");
const FRAMES = { before_line: keep(here("before_line.jpg"), "image/jpeg"), on_line: keep(here("on_line.jpg"), "image/jpeg"), past_line: keep(here("past_line.jpg"), "image/jpeg") };
const STREAM_S = 4211.5;
const OVERLAY = keep(
  Buffer.from(JSON.stringify({ v: 1, track: 17, drawn: [["vach-dung", BOXES.stop_line]], frames: BOXES.frames.map((objects, at) => ({ stream_s: STREAM_S + at / 12, objects: objects.map(([track, cls, ...box]) => ({ track, class: cls, box })), signals: [["den-bac", at < 84 ? "red" : "green"]] })) })),
  "application/json",
);
/** A file that says H.265 and cannot be played anywhere. */
const H265 = keep(Buffer.from(here("junction.mp4").toString("latin1").replace("avc1", "hvc1"), "latin1"), "video/mp4");

export const KINDS = JSON.parse(readFileSync(new URL("../../../../wire/data/violation-kinds.json", import.meta.url)));
const kindOf = (kind) => KINDS.find((row) => row.kind === kind);
const SITE = "nga-tu-le-hong-phong";
const PLACE = ["Ngã tư Lê Hồng Phong – Đinh Tiên Hoàng, hướng Bắc", "Lê Hồng Phong – Đinh Tiên Hoàng junction, northbound"];

const LAW = {
  "moto.red_light": ["7.7.c", "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông", "Signal lights not obeyed", 4_000_000, 6_000_000, 4, "điểm c khoản 7 Điều 7 NĐ 168/2024/NĐ-CP", "H"],
  "car.red_light": ["6.9.b", "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông", "Signal lights not obeyed", 18_000_000, 20_000_000, 4, "điểm b khoản 9 Điều 6 NĐ 168/2024/NĐ-CP", "H"],
  "car.wrong_way": ["6.9.d", "Đi ngược chiều của đường một chiều, đường có biển “Cấm đi ngược chiều”", "Wrong way on a one-way road", 18_000_000, 20_000_000, 4, "điểm d khoản 9 Điều 6 NĐ 168/2024/NĐ-CP", "H"],
  "moto.carry_3plus": ["7.3.b", "Chở theo từ 03 người trở lên trên xe", "Three or more passengers", 600_000, 800_000, 2, "điểm b khoản 3 Điều 7 NĐ 168/2024/NĐ-CP", "M"],
  "moto.wrong_lane": ["7.3.d", "Đi không đúng phần đường, làn đường quy định", "Wrong side, part or lane", 600_000, 800_000, 0, "điểm d khoản 3 Điều 7 NĐ 168/2024/NĐ-CP", "H"],
  "moto.sign_marking": ["7.1.a", "Không chấp hành hiệu lệnh của biển báo hiệu, vạch kẻ đường", "Signs or markings not obeyed", 200_000, 400_000, 0, "điểm a khoản 1 Điều 7 NĐ 168/2024/NĐ-CP", "H"],
};
export const lawRow = (behaviour) => {
  const [clause, title_vi, title_en, fine_low, fine_high, points, legal_basis, confidence] = LAW[behaviour];
  return { behaviour, clause, title_vi, title_en, text_vi: `${title_vi}.`, fine_low, fine_high, fine_average: (fine_low + fine_high) / 2, points, revocation_months: null, legal_basis, confidence, valid_from: "2025-01-01" };
};

export const DEVICE = {
  site: SITE, camera: "huong-bac", camera_name: "Hướng Bắc", version: 3, serial: "LHP-0417", type: "traffic_camera", model: "VG-8M", annex_item: "21", approval_decision: { no: "142/QĐ-PC08", on: "2026-03-02", by: "Trưởng phòng CSGT", from: "2026-03-05", to: null },
  approved_position: { lat: 20.2539, lon: 105.975, radius_m: 30, vi: "Cột đèn số 4, ngã tư Lê Hồng Phong – Đinh Tiên Hoàng" }, calibration: { cert_no: "KĐ-2026-0881", agency: "Trung tâm Kỹ thuật tiêu chuẩn đo lường", from: "2026-02-20", to: "2027-02-19" }, max_clock_offset_ms: 1000, trained_users: ["police", "police2"], sign_installed: { on: "2026-03-01", photo_sha256: sha("sign") }, status: "in_use",
};

const CONDITIONS = [
  ["approval", "Quyết định lắp đặt có hiệu lực", "Approval decision in force"], ["calibration", "Kiểm định còn hiệu lực", "Calibration in force"], ["position", "Đúng vị trí được phê duyệt", "At the approved position"], ["clock", "Đồng hồ lệch trong giới hạn", "Clock offset within the limit"], ["trained_user", "Người dùng đã được tập huấn", "User is trained"], ["integrity", "Mã băm chứng cứ khớp", "Evidence hashes agree"],
];

let number = 118;
const step = (at, actor, role, what, reason = null) => ({ at, actor, role, what, reason, hash: "" });
function chained(rows) {
  let prior = "";
  for (const row of rows) prior = row.hash = sha(prior + JSON.stringify({ ...row, hash: undefined }));
  return rows;
}

function make({ kind = "red_light", behaviours = ["moto.red_light"], cls = "motorcycle", state = "screened", age_h, share, display = "35-N1 360.55", score = 0.91, flags = [], doubts = [], round = 1, fail = null, missing = [], clip = "good", related = {}, assigned = null, source = "own", earlier = null, measured = null }) {
  const facts = kindOf(kind);
  const at = new Date(Date.now() - age_h * 3_600_000);
  const from = new Date(at.getTime() - 4667);
  const to = new Date(from.getTime() + 10_000);
  const id = `019ac0de-${sha(`case${(number += 1)}`).slice(0, 4)}-7${sha(`k${number}`).slice(0, 3)}-a${sha(`l${number}`).slice(0, 3)}-${sha(`m${number}`).slice(0, 12)}`;
  const crop = keep(PLATE_SVG(display), "image/svg+xml");
  const iso = (ms) => new Date(from.getTime() + ms).toISOString();
  const whats = facts.moments;
  const offsets = whats.length === 1 ? [4667] : [4167, 4667, 5333];
  const pictures = Object.values(FRAMES);
  const boxes = Object.values(BOXES.moments).map((box) => box.map(Math.round));
  const moments = whats.map((what, n) => ({ what, at: iso(offsets[n]), offset_ms_in_clip: clip === "none" ? null : offsets[n], box: boxes[whats.length === 1 ? 1 : n], signal: kind === "red_light" ? { signal: "den-bac", state: "red" } : null, evidence: pictures[whats.length === 1 ? 1 : n] }));
  const clipSha = clip === "h265" ? H265 : clip === "gone" ? sha(`gone${id}`) : CLIP;
  const evidence = [
    { sha256: FRAMES.on_line, role: "overview", media_type: "image/jpeg", bytes: 44_750, width: 960, height: 540, present: true },
    ...moments.map((moment) => ({ sha256: moment.evidence, role: "act", media_type: "image/jpeg", bytes: 44_750, width: 960, height: 540, present: true })),
    ...(kind === "plate_missing" ? [] : [{ sha256: crop, role: "plate", media_type: "image/svg+xml", bytes: 900, width: 190, height: 140, present: true }]),
    ...(clip === "none" ? [] : [{ sha256: clipSha, role: "clip", media_type: "video/mp4", bytes: 81_868, width: null, height: null, present: clip !== "gone" }, { sha256: OVERLAY, role: "overlay", media_type: "application/json", bytes: 38_000, width: null, height: null, present: true }]),
  ];
  const text = display.replace(/[^0-9A-Z]/g, "");
  const repaired = flags.includes("repaired_plate");
  const rows = [step(at.toISOString(), "system", null, "detected"), step(new Date(at.getTime() + 8000).toISOString(), "system", null, state === "inadmissible" ? "inadmissible" : "screened", fail ?? missing[0] ?? null)];
  for (const answer of earlier ?? []) rows.push(step(answer.at, answer.by, "traffic_police", answer.decision, answer.reason));
  return {
    id, number: `VP-2026-${String(number).padStart(6, "0")}`, kind, kind_vi: facts.vi, kind_en: facts.en, site: SITE, camera: "huong-bac", place_vi: PLACE[0], place_en: PLACE[1], at: at.toISOString(), state, serious: facts.serious, score,
    plate_display: null, plate_colour: "white", class: cls, thumb: FRAMES.past_line, age_s: Math.round(age_h * 3600), due: ["screened", "review_1", "review_2", "review_3"].includes(state) ? { what: "notice", at: new Date(at.getTime() + 10 * 86_400_000).toISOString(), share: share ?? age_h / 240 } : null,
    assigned_to: assigned, round, blind: ["screened", "review_1", "review_2"].includes(state), flags,
    moments, timeline: kind === "red_light" ? [{ signal: "den-bac", state: "red", from: new Date(from.getTime() - 20_000).toISOString(), to: iso(7000), source: "picture", score: 0.98 }, { signal: "den-bac", state: "green", from: iso(7000), to: iso(17_000), source: "picture", score: 0.97 }] : [],
    evidence, clip: clip === "none" ? null : { sha256: clipSha, from: from.toISOString(), to: to.toISOString(), fps: 12, codec: clip === "h265" ? "h265" : "h264", original: true, stream_s: STREAM_S }, overlay: clip === "none" ? null : OVERLAY, picture: [960, 540],
    reading: kind === "plate_missing" ? null : { text, display, raw: repaired ? text.replace("N", "H") : text, valid: true, kind: "motorcycle_old", lines: 2, score: 0.93, votes: 7, reads: 9, candidates: [{ text, score: 0.93 }, { text: text.replace(/5$/, "6"), score: 0.22 }, { text: text.replace("0", "8"), score: 0.07 }], edits: repaired ? ["2:H→N"] : [], ambiguous: [], box: [560, 300, 24, 16], colour: { value: "white", score: 0.9 }, class: "civil", country: null },
    plate_confirmed: null, owner: null, measured, doubts, limits_vi: facts.limits_vi, limits_en: facts.limits_en, time: { at: at.toISOString(), uncertainty_ms: 40, source: "rtcp", clock: { synchronised: fail !== "clock", offset_ms: fail === "clock" ? 2140 : 12, camera_offset_ms: 3 } },
    device: source === "own" ? DEVICE : null, scene: source === "own" ? { version: 4 } : null, ground: null, models: [{ id: "picodet-s-416", sha256: sha("m1") }, { id: "ppocr-v4-rec", sha256: sha("m2") }], made_by: source === "own" ? "edge-agent 0.5.0" : "JCam 2.3", source,
    gate: { admissible: !fail && missing.length === 0, missing: missing.map((need) => ({ need, vi: { clip: "Clip đủ 8 giây", signal_timeline: "Dòng thời gian đèn tín hiệu" }[need], en: { clip: "A clip of 8 seconds", signal_timeline: "The signal's timeline" }[need] })), conditions: CONDITIONS.map(([code, vi, en]) => ({ code, ok: code !== fail, vi, en })) },
    law: behaviours.map(lawRow), proposed_behaviour: behaviours[0], review: { round, may: true, why_not: null, played: { needed_ms: clip === "good" ? 4000 : clip === "none" ? 0 : 4000, seen_ms: 0, pictures_needed: Math.min(3, moments.length), pictures_seen: 0 }, may_decide: false },
    earlier_answers: round === 3 ? earlier : null, related: { duplicates: [], clones: [], ...related }, log: chained(rows), void: null, handling_id: null, typed: [], answers: earlier ?? [], decided_by: (earlier ?? []).map(({ by }) => by),
  };
}

const answer = (round, by, decision, reason = null, note = null) => ({ round, by, at: new Date(Date.now() - 7_200_000).toISOString(), decision, reason, note });

export const cases = [
  make({ age_h: 212, display: "35-N1 360.55" }),
  make({ age_h: 199, display: "29-F2 118.42", doubts: ["occluded", "near_grace"], score: 0.74, flags: ["low_score"], state: "review_2", round: 2, earlier: [answer(1, "Lê Thị Cảnh", "approve")] }),
  make({ age_h: 150, kind: "wrong_way", behaviours: ["car.wrong_way"], cls: "car", display: "35-B2 145.07", score: 0.88 }),
  make({ age_h: 96, clip: "gone", missing: ["clip"], display: "18-H1 220.15", score: 0.83 }),
  make({ age_h: 90, clip: "h265", display: "90-B1 771.30", score: 0.9 }),
  make({ age_h: 71, flags: ["exempt"], doubts: ["priority_vehicle_look"], display: "35-A1 003.11", score: 0.8 }),
  make({ age_h: 64, flags: ["clone_suspect"], display: "36-B5 512.90", related: { clones: [{ id: "x1", number: "VP-2026-000088", at: new Date(Date.now() - 64.3 * 3_600_000).toISOString(), place_vi: "Quốc lộ 1, Thanh Hóa", why_vi: "Cùng biển ở Thanh Hóa 18 phút trước, cách 61 km.", why_en: "The same plate in Thanh Hóa 18 minutes before, 61 km away." }] } }),
  make({ age_h: 40, kind: "wrong_lane", behaviours: ["moto.wrong_lane", "moto.sign_marking"], display: "35-C1 804.26", score: 0.79, related: { duplicates: [{ id: "x2", number: "VP-2026-000101", at: new Date(Date.now() - 40.01 * 3_600_000).toISOString(), place_vi: PLACE[0], why_vi: "Cùng xe, cùng nơi, cách 34 giây.", why_en: "Same vehicle and place, 34 seconds apart." }] }, flags: ["duplicate_of"] }),
  make({ age_h: 30, fail: "calibration", display: "35-D1 660.18" }),
  make({ age_h: 26, state: "review_3", round: 3, display: "35-E1 274.63", flags: ["escalated"], earlier: [answer(1, "Lê Thị Cảnh", "approve"), answer(2, "Trần Minh Xét", "reject", "stopped_before_line", "Bánh sau chưa qua vạch ở hình 2.")] }),
  make({ age_h: 12, kind: "carry_3plus", behaviours: ["moto.carry_3plus"], display: "35-F1 118.91", source: "cam-so-xay-dung", flags: ["third_party"], score: 0.71 }),
  make({ age_h: 8, kind: "plate_missing", behaviours: ["moto.sign_marking"], display: "00-00 000.00", score: 0.69 }),
  make({ age_h: 5, display: "35-G1 442.07", flags: ["repaired_plate"], assigned: "Trần Minh Xét" }),
  make({ age_h: 2, display: "35-H1 930.22", score: 0.96 }),
  make({ age_h: 300, state: "confirmed", display: "35-K1 116.75" }),
  make({ age_h: 260, state: "rejected", display: "35-L1 287.40" }),
  make({ age_h: 48, kind: "speed_homography", behaviours: [], state: "inadmissible", display: "35-M1 600.39", missing: ["clip"], measured: { what: "speed_kmh", value: 72.4, uncertainty: 9.1, limit: 60, type_approved: false }, clip: "none" }),
];

export const REASONS = [
  ["not_a_violation", "Không có hành vi vi phạm", "No violation", "detector"], ["stopped_before_line", "Dừng trước hoặc trên vạch", "Stopped before or on the line", "rule"], ["signal_not_red", "Đèn không đỏ tại thời điểm đó", "The signal was not red", "rule"], ["allowed_turn", "Được phép rẽ theo đèn phụ hoặc biển báo", "The turn was allowed", "scene"],
  ["controller_directed", "Theo hiệu lệnh người điều khiển giao thông", "Directed by a controller", "law", true], ["priority_on_duty", "Xe ưu tiên đang làm nhiệm vụ", "Priority vehicle on duty", "law", true], ["plate_unreadable", "Không đọc được biển số", "Plate cannot be read", "plate"], ["wrong_vehicle", "Nhầm phương tiện", "Another vehicle", "detector"], ["duplicate", "Trùng với vụ việc khác", "The same as another case", "rule"],
  ["evidence_poor", "Hình ảnh không đủ rõ", "Pictures not clear enough", "evidence"], ["cloned_plate", "Nghi biển số giả", "Plate may be false", "plate", true], ["other", "Lý do khác", "Another reason", "rule", true],
].map(([code, title_vi, title_en, teaches, note_needed = false]) => ({ code, title_vi, title_en, teaches, note_needed }));

const OWNER = { kind: "person", name: "Nguyễn Văn Mẫu", address: "Thôn 1, xã Gia Vân, tỉnh Ninh Bình", id_number: null, masked: ["id_number"], mask_reason_vi: "Số định danh chỉ hiện ở bước xử lý.", mask_reason_en: "The number is shown only in handling." };
const claims = new Map();
const mine = { decided: 11, agreed: 10, disagreed: 1, seeded: { shown: 3, right: 3 }, median_s: 48 };
const upper = (text) => (text ?? "").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");
const OPEN = ["screened", "review_1", "review_2", "review_3"];
const rowOf = ({ moments, timeline, evidence, clip, overlay, picture, reading, plate_confirmed, owner, measured, doubts, limits_vi, limits_en, time, device, scene, ground, models, made_by, source, gate, law, proposed_behaviour, review, earlier_answers, related, log, typed, answers, decided_by, ...row }) => row;

function detailFor(one, user) {
  const blocked = user.role !== "traffic_police" ? "not_your_turn" : one.state === "inadmissible" ? "not_admissible" : !OPEN.includes(one.state) ? "closed" : one.decided_by.includes(user.display_name) ? "own_first_review" : null;
  const { typed, answers, decided_by, ...detail } = one;
  const done = one.review.played.seen_ms >= one.review.played.needed_ms && one.review.played.pictures_seen >= one.review.played.pictures_needed;
  const reviewing = user.role === "traffic_police" && !one.plate_confirmed && OPEN.includes(one.state);
  // What is not evidence shows its pictures and its plate to nobody.
  const hidden = one.state === "inadmissible" && { picture: [0, 0], moments: [], timeline: [], evidence: [], clip: null, overlay: null, reading: null, measured: null, thumb: null, time: { ...one.time, clock: null } };
  return { ...detail, reading: reviewing ? null : detail.reading, ...hidden, log: one.blind && !blocked ? one.log.filter(({ actor }) => actor === "system") : one.log, earlier_answers: one.blind ? null : one.earlier_answers, review: { ...one.review, may: !blocked, why_not: blocked, may_decide: !blocked && done && Boolean(one.plate_confirmed) && one.gate.admissible } };
}

/** Answers `/cases…`, `/review…` and `/violation-kinds`; `undefined` for another path. */
export function caseRoutes({ method, path, query, user, body, page, send, refuse }) {
  const [, resource, id, action, more] = path.split("/");
  if (path === "/violation-kinds") return send(200, KINDS);
  if (resource === "review") return reviewRoutes({ id, query, user, send, refuse });
  if (resource !== "cases") return undefined;
  if (!["traffic_police", "police_signer", ...(id ? [] : ["ioc_operator"])].includes(user.role)) return refuse(403, "forbidden", "Vai trò của bạn không xem vụ việc");
  if (!id) {
    const states = (query.get("state") ?? "").split(",").filter(Boolean);
    const q = query.get("q") ?? "";
    const fits = cases.filter((one) => (!states.length || states.includes(one.state)) && (!query.get("kind") || query.get("kind") === one.kind) && (!query.get("site") || query.get("site") === one.site) && (query.get("mine") !== "true" || one.assigned_to === user.display_name) && (!q || one.number.includes(q.toUpperCase()) || (upper(q).length > 2 && upper(one.plate_confirmed ?? "").includes(upper(q)))));
    const by = { deadline: (one) => -(one.due?.share ?? -1), age: (one) => -one.age_s, score: (one) => -one.score }[query.get("sort") ?? "deadline"];
    const counts = Object.fromEntries(Object.entries(Object.groupBy ? Object.groupBy(cases, ({ state }) => state) : cases.reduce((all, one) => ({ ...all, [one.state]: [...(all[one.state] ?? []), one] }), {})).map(([state, list]) => [state, list.length]));
    return send(200, { ...page(fits.toSorted((a, b) => by(a) - by(b)).map(rowOf), query), counts });
  }
  const one = cases.find((row) => row.id === id);
  if (!one) return refuse(404, "not_found", "Không có vụ việc này");
  if (method === "GET") return send(200, detailFor(one, user));
  const detail = detailFor(one, user);
  const held = claims.get(id);
  if (action === "claim" && method === "DELETE") {
    claims.delete(id);
    one.assigned_to = null;
    return send(204);
  }
  if (action === "void") return voidCase(one, more, body, user, send, refuse);
  if (!detail.review.may) return refuse(409, detail.review.why_not === "own_first_review" ? "own_first_review" : "not_your_turn", detail.review.why_not);
  if (action === "claim") {
    if (held && held.user !== user.username && held.until > Date.now()) return refuse(409, "taken", `${held.name} đang xem vụ này`);
    claims.set(id, { user: user.username, name: user.display_name, since: held?.user === user.username ? held.since : Date.now(), until: Date.now() + 600_000 });
    one.assigned_to = user.display_name;
    return send(200, { until: new Date(Date.now() + 600_000).toISOString(), by: user.display_name });
  }
  if (held?.user !== user.username) return refuse(409, "not_your_turn", "Chưa nhận vụ này");
  if (action === "played") {
    const wall = Date.now() - held.since;
    Object.assign(one.review.played, { seen_ms: Math.max(one.review.played.seen_ms, Math.min(body.ms, wall + 1500)), pictures_seen: Math.max(one.review.played.pictures_seen, new Set(body.pictures).size) });
    return send(200, one.review.played);
  }
  if (action === "plate") return typePlate(one, body, send, refuse);
  if (action === "review") return decide(one, detail, body, user, send, refuse);
  return undefined;
}

function typePlate(one, body, send, refuse) {
  const normal = upper(body.plate);
  if (normal === "" && one.kind === "plate_missing") {
    one.plate_confirmed = "";
    return send(200, { match: true, normal, again: false, owner: null, status: null, findings: [] });
  }
  if (!/^\d{2}[A-Z][A-Z0-9]?\d{4,5}$/.test(normal)) return refuse(422, "bad_plate", "Không phải biển số hợp lệ");
  const match = normal === one.reading?.text;
  one.typed.push(normal);
  const settled = match || (one.typed.length > 1 && one.typed.at(-2) === normal);
  if (!settled) return send(200, { match: false, normal, again: true, owner: null, status: null, findings: [] });
  Object.assign(one, { plate_confirmed: normal, plate_display: match ? one.reading.display : normal, owner: OWNER });
  return send(200, { match, normal, again: false, owner: OWNER, status: "found", findings: one.flags.includes("clone_suspect") ? [{ code: "type", text_vi: "Đăng ký ghi: ô tô con màu trắng; hình: mô tô.", text_en: "Registered as a white car; the picture shows a motorcycle." }] : [] });
}

function decide(one, detail, body, user, send, refuse) {
  const { played } = one.review;
  if (body.round !== one.round) return refuse(409, "stale", "Vụ việc vừa thay đổi");
  if (body.decision === "approve") {
    if (played.seen_ms < played.needed_ms || played.pictures_seen < played.pictures_needed) return refuse(409, "not_played", "Chưa xem hết");
    if (!one.plate_confirmed) return refuse(409, "plate_not_confirmed", "Chưa gõ biển");
    if (!one.gate.admissible) return refuse(409, "not_admissible", "Không đủ điều kiện");
  }
  const reason = REASONS.find(({ code }) => code === body.reason);
  if ((body.decision === "reject" && reason?.note_needed && !body.note) || (body.decision === "escalate" && !body.note)) return refuse(422, "note_needed", "Cần ghi chú");
  if (body.decision === "reject" && !REASONS.some(({ code }) => code === body.reason)) return refuse(422, "unknown_reason", "Chưa chọn lý do");
  const at = new Date().toISOString();
  one.answers.push({ round: one.round, by: user.display_name, at, decision: body.decision, reason: body.reason ?? null, note: body.note ?? null });
  one.decided_by.push(user.display_name);
  one.log.push(step(at, user.display_name, user.role, body.decision, body.reason ?? null));
  chained(one.log);
  claims.delete(one.id);
  mine.decided += 1;
  const second = body.decision === "approve" && one.round === 1 && (one.serious || one.flags.length > 0);
  if (body.decision === "escalate") Object.assign(one, { state: "review_3", round: 3, blind: false, flags: [...one.flags, "escalated"], earlier_answers: one.answers });
  else if (second) Object.assign(one, { state: "review_2", round: 2 });
  else Object.assign(one, { state: body.decision === "approve" ? "confirmed" : "rejected", due: null });
  one.blind = ["screened", "review_1", "review_2"].includes(one.state);
  Object.assign(one, { assigned_to: null, review: { ...one.review, round: one.round, played: { ...played, seen_ms: 0, pictures_seen: 0 } } });
  if (OPEN.includes(one.state)) Object.assign(one, { plate_confirmed: null, plate_display: null, owner: null, typed: [] });
  return send(200, { state: OPEN.includes(one.state) ? "answered" : one.state });
}

function voidCase(one, more, body, user, send, refuse) {
  if (more === "confirm") {
    if (one.void?.by === user.username || user.role !== "police_signer") return refuse(403, "same_person", "Người thứ hai phải là chỉ huy khác");
    Object.assign(one, { state: "voided", due: null, void: null });
    return send(204);
  }
  if ((body.reason ?? "").trim().length < 5) return refuse(422, "reason", "Ghi rõ lý do");
  one.void = { by: user.username, at: new Date().toISOString(), reason: body.reason };
  one.log.push(step(one.void.at, user.username, user.role, "ask_void", body.reason));
  chained(one.log);
  return send(204);
}

function reviewRoutes({ id, query, user, send, refuse }) {
  if (id === "reasons") return send(200, REASONS);
  if (id === "me") return send(200, mine);
  if (id === "next") {
    const next = cases.filter((one) => OPEN.includes(one.state) && one.id !== query.get("after") && !one.decided_by.includes(user.display_name) && !one.assigned_to).toSorted((a, b) => (b.due?.share ?? 0) - (a.due?.share ?? 0))[0];
    return send(200, next ? { id: next.id } : null);
  }
  if (id === "figures") return user.role === "police_signer" ? send(200, figures()) : refuse(403, "forbidden", "Chỉ chỉ huy xem được số liệu này");
  return refuse(404, "not_found", id);
}

const figures = () => ({
  reviewers: [["police", "Lê Thị Cảnh", 214, 163, 51, 96, 4, 18, 18, 46], ["police2", "Trần Minh Xét", 188, 131, 57, 88, 9, 16, 15, 58], ["police3", "Đặng Thu Duyệt", 97, 74, 23, 40, 6, 9, 8, 71]].map(([username, name, decided, approved, rejected, agreed, disagreed, seeded_shown, seeded_right, median_s]) => ({ username, name, decided, approved, rejected, agreed, disagreed, seeded_shown, seeded_right, median_s })),
  kinds: [["red_light", 268, 214, 54, 214, 11], ["wrong_lane", 121, 88, 33, 14, 3], ["wrong_way", 62, 49, 13, 49, 4], ["carry_3plus", 48, 17, 31, 6, 1]].map(([kind, decided, approved, rejected, second, disagreed]) => ({ kind, kind_vi: kindOf(kind).vi, kind_en: kindOf(kind).en, decided, approved, rejected, second, disagreed })),
  reasons: [["stopped_before_line", 41], ["not_a_violation", 33], ["wrong_vehicle", 22], ["evidence_poor", 19], ["signal_not_red", 9], ["priority_on_duty", 7]].flatMap(([code, count]) => [["red_light", Math.ceil(count * 0.7)], ["wrong_lane", Math.floor(count * 0.3)]].map(([kind, part]) => ({ ...REASONS.find((row) => row.code === code), kind, count: part }))),
  cameras: [["huong-bac", "Hướng Bắc", 301, 62, 12], ["huong-nam", "Hướng Nam", 144, 48, 3], ["huong-dong", "Hướng Đông", 54, 21, 31]].map(([camera, camera_name, decided, rejected, inadmissible]) => ({ site: SITE, camera, camera_name, decided, rejected, inadmissible })),
  thresholds: [["red_light", 0.6, 0.64, 0.97, 0.95, 268], ["carry_3plus", 0.55, 0.78, 0.91, 0.52, 48], ["wrong_lane", 0.6, 0.6, 0.94, 1, 121]].map(([kind, now, proposed, precision, kept, count]) => ({ kind, kind_vi: kindOf(kind).vi, kind_en: kindOf(kind).en, now, proposed, precision, kept, cases: count })),
});
