// Invented violation cases in every situation of the review desk. The clip and its boxes are the project's own rendered junction.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { sha } from "./data.mjs";
import { dayOf, holds, table } from "./tables.mjs";

const here = (name) => readFileSync(new URL(`./clip/${name}`, import.meta.url));
const BOXES = JSON.parse(here("boxes.json"));
const bytesSha = (bytes) => createHash("sha256").update(bytes).digest("hex");
const PLATE_SVG = (text) => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="190" height="140" viewBox="0 0 190 140"><rect width="190" height="140" fill="#20262a"/><g transform="rotate(-2 95 70)"><rect x="14" y="14" width="162" height="112" rx="10" fill="#eceae2" stroke="#222" stroke-width="4"/><g font-family="Overpass Mono, DejaVu Sans Mono, monospace" font-weight="700" fill="#16191b" text-anchor="middle"><text x="95" y="62" font-size="38">${text.slice(0, 5)}</text><text x="95" y="112" font-size="38">${text.slice(6)}</text></g></g><rect width="190" height="140" fill="#000" opacity=".12"/></svg>`);

/** Bytes behind a digest: type and content. */
export const files = new Map();
const keep = (bytes, type) => {
  const digest = bytesSha(bytes);
  files.set(digest, { bytes, type });
  return digest;
};
const CLIP = keep(here("junction.mp4"), "video/mp4");
const CLIP_MS = 10_000;
const FRAMES = { before_line: keep(here("before_line.jpg"), "image/jpeg"), on_line: keep(here("on_line.jpg"), "image/jpeg"), past_line: keep(here("past_line.jpg"), "image/jpeg") };
/** The wide view is a file of its own. */
const OVERVIEW = keep(Buffer.concat([here("on_line.jpg"), Buffer.from([0])]), "image/jpeg");
const STREAM_S = 4211.5;
const OVERLAY = keep(
  Buffer.from(JSON.stringify({ v: 1, track: 17, drawn: [["vach-dung", BOXES.stop_line]], frames: BOXES.frames.map((objects, at) => ({ stream_s: STREAM_S + at / 12, objects: objects.map(([track, cls, ...box]) => ({ track, class: cls, box })), signals: [["den-bac", at < 84 ? "red" : "green"]] })) })),
  "application/json",
);
/** A file that says H.265 and cannot be played anywhere. */
const H265 = keep(Buffer.from(here("junction.mp4").toString("latin1").replace("avc1", "hvc1"), "latin1"), "video/mp4");

export const KINDS = JSON.parse(readFileSync(new URL("../../../../wire/data/violation-kinds.json", import.meta.url)));
export const kindOf = (kind) => KINDS.find((row) => row.kind === kind);
export const SITE = "nga-tu-le-hong-phong";
const PLACE = ["Ngã tư Lê Hồng Phong – Đinh Tiên Hoàng, hướng Bắc", "Lê Hồng Phong – Đinh Tiên Hoàng junction, northbound"];
const BEHAVIOURS = table("behaviours");
const KIND_RULES = table("kinds");
export const OPEN = ["screened", "review_1", "review_2", "review_3"];

/** A behaviour of the law as it was fined on a day. */
export const behaviourOn = (key, day) => BEHAVIOURS.find((row) => row.key === key && holds(row, day));
const lawRow = (row) => ({
  behaviour: row.key, clause: row.clause, title_vi: row.title_vi, title_en: row.title_en, text_vi: row.text_vi, fine_low: row.fine_low, fine_high: row.fine_high, fine_average: (row.fine_low + row.fine_high) / 2, points: row.points,
  revocation_months: row.revoke_months_low === null ? null : row.revoke_months_high === row.revoke_months_low ? String(row.revoke_months_low) : `${row.revoke_months_low}–${row.revoke_months_high}`, legal_basis: row.legal_basis, confidence: row.confidence, valid_from: row.valid_from,
});
/** Behaviours that a kind can be for such a vehicle, as central lists them. */
function lawOf(kind, cls, at) {
  const day = dayOf(at.getTime());
  const vehicle = cls === "motorcycle" ? "motorcycle" : "car";
  const rules = KIND_RULES.filter((row) => row.kind === kind && row.vehicle === vehicle && holds(row, day)).toSorted((a, b) => a.rank - b.rank);
  const proposed = rules.find(({ condition }) => condition === "");
  return [...new Set([proposed, ...rules].filter(Boolean).map(({ behaviour }) => behaviour))].map((key) => behaviourOn(key, day)).filter(Boolean).map(lawRow);
}

export const DEVICE = {
  serial: "LHP-0417", type: "traffic_camera", model: "VG-8M", annex_item: "21", approval_decision: { no: "142/QĐ-PC08", on: "2026-03-02", by: "Trưởng phòng PC08", from: "2026-03-05", to: null },
  approved_position: { lat: 20.2539, lon: 105.975, radius_m: 30, vi: "Cột đèn số 4, ngã tư Lê Hồng Phong – Đinh Tiên Hoàng" }, calibration: { cert_no: "KĐ-2026-0881", agency: "Trung tâm Kỹ thuật tiêu chuẩn đo lường", from: "2026-02-20", to: "2027-02-19" }, max_clock_offset_ms: 1000, trained_users: ["police", "police2"], sign_installed: { on: "2026-03-01", photo_sha256: sha("sign") }, status: "in_use",
};

const CONDITIONS = [
  ["kind_known", "Loại vi phạm có trong danh mục", "The kind of violation is known"], ["kind_is_evidence", "Loại này được dùng làm chứng cứ", "This kind may be evidence", "Không phải thiết bị đo đã kiểm định: chỉ dùng cho thống kê", "Not a type-approved meter: for statistics only"], ["law_article", "Có điều khoản xử phạt tại thời điểm đó", "An article fines it on that day"],
  ["device_approved", "Thiết bị có hồ sơ được duyệt", "The device has an approved record"], ["approval_in_force", "Quyết định sử dụng còn hiệu lực", "The decision on its use was in force"], ["calibration_valid", "Kiểm định, hiệu chuẩn còn hiệu lực", "Inspection or calibration was valid", "Kiểm định, hiệu chuẩn có giá trị từ 2025-10-01 đến 2026-09-30, không gồm ngày vi phạm", "Inspection or calibration is good from 2025-10-01 to 2026-09-30, not on that day"],
  ["trained_users", "Có người sử dụng đã được tập huấn", "Trained users are named"], ["device_status", "Thiết bị đang hoạt động", "The device was in use"], ["sign_installed", "Có biển báo về camera", "The notice sign was up"],
];

export const step = (at, actor, role, what, reason = null) => ({ at, actor, role, what, reason, hash: "" });
export function chained(rows) {
  let prior = "";
  for (const row of rows) prior = row.hash = sha(prior + JSON.stringify({ ...row, hash: undefined }));
  return rows;
}

let number = 118;
function make({ kind = "red_light", cls = "motorcycle", state = "screened", age_h, display = "35-N1 360.55", score = 0.91, flags = [], doubts = [], failed = null, missing = [], clip = "good", duplicates = [], clones = [], source = "own", answers = [], escalated = false, measured = null, handling_id = null }) {
  const facts = kindOf(kind);
  const at = new Date(Date.now() - age_h * 3_600_000);
  const from = new Date(at.getTime() - 4667);
  const iso = (ms) => new Date(from.getTime() + ms).toISOString();
  const id = `019ac0de-${sha(`case${(number += 1)}`).slice(0, 4)}-7${sha(`k${number}`).slice(0, 3)}-a${sha(`l${number}`).slice(0, 3)}-${sha(`m${number}`).slice(0, 12)}`;
  const bare = kind === "plate_missing";
  const whats = facts.moments;
  const offsets = whats.length === 1 ? [4667] : whats.length === 2 ? [4167, 5333] : [4167, 4667, 5333];
  const pictures = whats.length === 1 ? [FRAMES.on_line] : whats.length === 2 ? [FRAMES.before_line, FRAMES.past_line] : Object.values(FRAMES);
  const boxes = Object.values(BOXES.moments).map((box) => box.map(Math.round));
  const signal = kind === "red_light" ? { signal: "den-bac", state: "red", since: new Date(from.getTime() - 20_000).toISOString(), source: "picture", score: 0.98 } : null;
  const moments = whats.map((what, n) => ({ what, at: iso(offsets[n]), offset_ms_in_clip: clip === "none" ? null : offsets[n], box: boxes[whats.length === 1 ? 1 : n], signal, evidence: pictures[n] }));
  const clipSha = clip === "h265" ? H265 : clip === "gone" ? sha(`gone${id}`) : CLIP;
  const crop = keep(PLATE_SVG(display), "image/svg+xml");
  const file = (sha256, role, media_type, bytes, width = 0, height = 0, present = true) => ({ sha256, role, media_type, bytes, width, height, present });
  const evidence = [
    file(OVERVIEW, "overview", "image/jpeg", 44_751, 960, 540),
    ...pictures.map((sha256) => file(sha256, "act", "image/jpeg", 44_750, 960, 540)),
    ...(bare ? [] : [file(crop, "plate", "image/svg+xml", 900, 190, 140)]),
    ...(clip === "none" ? [] : [file(clipSha, "clip", "video/mp4", 81_868, 0, 0, clip !== "gone"), file(OVERLAY, "overlay", "application/json", 38_000)]),
  ];
  const text = display.replace(/[^0-9A-Z]/g, "");
  const repaired = flags.includes("repaired_plate");
  const law = lawOf(kind, cls, at);
  const log = [step(at.toISOString(), "system", "system", "detected"), step(new Date(at.getTime() + 8000).toISOString(), "system", "system", state === "inadmissible" ? "refuse" : state === "duplicate" ? "join" : "admit")];
  for (const answer of answers) log.push(step(answer.at, answer.by, "traffic_police", answer.decision, answer.reason));
  return {
    id, number: `VP-2026-${String(number).padStart(6, "0")}`, kind, site: SITE, camera: "huong-bac", place_vi: PLACE[0], place_en: PLACE[1], at_ms: at.getTime(), state, serious: facts.serious, score, class: cls, flags, escalated, second: facts.serious || flags.length > 0 || (law[0]?.fine_high ?? 0) > 10_000_000,
    due_ms: at.getTime() + 10 * 86_400_000, display, plate: bare ? "" : text, plate_typed: state === "confirmed" ? text : null, plate_colour: "white", claim: null, answers, log: chained(log), void: null, hold: null, handling_id, duplicates, clones,
    moments, timeline: kind === "red_light" ? [{ signal: "den-bac", state: "red", flashing: false, from: signal.since, to: iso(7000), source: "picture", score: 0.98 }, { signal: "den-bac", state: "green", flashing: false, from: iso(7000), to: iso(17_000), source: "picture", score: 0.97 }] : [],
    evidence, clip: clip === "none" ? null : { sha256: clipSha, from: from.toISOString(), to: iso(CLIP_MS), codec: clip === "h265" ? "h265" : "h264", original: true, stream_s: STREAM_S }, picture: [960, 540],
    reading: bare ? null : { text, display, raw: repaired ? text.replace("N", "H") : text, valid: true, kind: "motorcycle_old", lines: 2, score: 0.93, votes: 7, reads: 9, candidates: [{ text, score: 0.93 }, { text: text.replace(/5$/, "6"), score: 0.22 }, { text: text.replace("0", "8"), score: 0.07 }], edits: repaired ? ["2:H→N"] : [], ambiguous: [], box: [560, 300, 24, 16], colour: { value: "white", score: 0.9 }, class: "civil" },
    measured, doubts, time: { uncertainty_ms: 40, source: "rtcp", clock: { synchronised: true, offset_ms: 12, camera_offset_ms: 3 } }, scene: { version: 3 }, ground: null, models: [{ id: "picodet-s-416", sha256: sha("m1") }, { id: "ppocr-v4-rec", sha256: sha("m2") }], made_by: source === "own" ? "edge-agent 0.5.0" : "JCam 2.3", source, law,
    gate: { admissible: failed === null && missing.length === 0, missing, conditions: CONDITIONS.map(([code, vi, en, not_vi = vi, not_en = en]) => ({ code, ok: code !== failed, vi: code === failed ? not_vi : vi, en: code === failed ? not_en : en })) },
  };
}

const answer = (round, by, decision, display, { reason = null, note = null, behaviour = null } = {}) => ({ round, by, at: new Date(Date.now() - 7_200_000).toISOString(), decision, behaviour, reason, note, plate_typed: display.replace(/[^0-9A-Z]/g, "") });
const clone = (code, at_ms, why_vi, why_en) => ({ id: code, number: "", at: new Date(at_ms).toISOString(), place_vi: "", why_vi, why_en });

export const cases = [
  make({ age_h: 212 }), // 119: the clearest one
  make({ age_h: 199, display: "29-F2 118.42", doubts: ["occluded", "near_grace"], score: 0.74, flags: ["low_score"], state: "review_2", answers: [answer(1, "police", "approve", "29-F2 118.42", { behaviour: "moto.red_light" })] }), // 120: second round
  make({ age_h: 150, kind: "wrong_way", cls: "car", display: "35-B2 145.07", score: 0.88 }), // 121
  make({ age_h: 96, clip: "gone", display: "18-H1 220.15", score: 0.83 }), // 122: the clip was lost
  make({ age_h: 90, clip: "h265", display: "90-B1 771.30", score: 0.9 }), // 123: no browser plays it
  make({ age_h: 71, flags: ["exempt"], doubts: ["priority_vehicle_look"], display: "35-A1 003.11", score: 0.8 }), // 124
  make({ age_h: 64, flags: ["clone_suspect"], display: "36-B5 512.90", clones: [clone("impossible_way", Date.now() - 64.3 * 3_600_000, "Cùng biển ở Thanh Hóa 18 phút trước, cách 61 km.", "The same plate in Thanh Hóa 18 minutes before, 61 km away.")] }), // 125
  make({ age_h: 40, kind: "wrong_lane", display: "35-C1 804.26", score: 0.79 }), // 126: one person is enough
  make({ age_h: 30, failed: "calibration_valid", state: "inadmissible", display: "35-D1 660.18" }), // 127
  make({ age_h: 26, state: "review_3", display: "35-E1 274.63", answers: [answer(1, "police", "approve", "35-E1 274.63", { behaviour: "moto.red_light" }), answer(2, "police2", "reject", "35-E1 274.63", { reason: "stopped_before_line", note: "Bánh sau chưa qua vạch ở hình 2." })] }), // 128: a senior's
  make({ age_h: 12, kind: "carry_3plus", display: "35-F1 118.91", source: "cam-so-xay-dung", flags: ["third_party"], score: 0.71 }), // 129
  make({ age_h: 8, kind: "plate_missing", display: "00-00 000.00", score: 0.69, flags: ["low_score"] }), // 130
  make({ age_h: 5, display: "35-G1 442.07", flags: ["repaired_plate"] }), // 131
  make({ age_h: 2, display: "35-H1 930.22", score: 0.96 }), // 132
  make({ age_h: 300, state: "confirmed", display: "35-K1 116.75", answers: [answer(1, "police", "approve", "35-K1 116.75", { behaviour: "moto.red_light" }), answer(2, "police2", "approve", "35-K1 116.75", { behaviour: "moto.red_light" })] }), // 133
  make({ age_h: 260, state: "rejected", display: "35-L1 287.40", answers: [answer(1, "police", "reject", "35-L1 287.40", { reason: "stopped_before_line" }), answer(2, "police2", "reject", "35-L1 287.40", { reason: "stopped_before_line" })] }), // 134
  make({ age_h: 48, kind: "speed_homography", state: "inadmissible", display: "35-M1 600.39", failed: "kind_is_evidence", measured: { what: "speed_kmh", value: 72.4, uncertainty: 9.1, limit: 60, type_approved: false }, clip: "none" }), // 135
  make({ age_h: 211.99, state: "duplicate", display: "35-N1 360.55", flags: ["duplicate_of"] }), // 136: of 119
  make({ age_h: 290, state: "confirmed", kind: "wrong_lane", display: "35-K1 116.75", answers: [answer(1, "police", "approve", "35-K1 116.75", { behaviour: "moto.wrong_lane" })] }), // 137
  make({ age_h: 60, kind: "wrong_lane", display: "35-P1 441.20", score: 0.82 }), // 138
  make({ age_h: 20, kind: "wrong_lane", display: "35-P1 518.07", score: 0.85 }), // 139
  make({ age_h: 90, state: "inadmissible", display: "35-Q1 402.55", missing: [{ need: "clip", vi: "Clip đủ dài của sự việc", en: "A clip of the act that is long enough" }], clip: "none" }), // 140
];
cases[17].duplicates = [cases[0].id];
