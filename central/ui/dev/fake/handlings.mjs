// Invented handlings from the owner to the receipt, and figures of violations. Steps follow their usual way only.
import { cases, lawRow, KINDS } from "./cases.mjs";
import { CAPS } from "./law.mjs";
import { sha } from "./data.mjs";

const DAY = 86_400_000;
const ago = (days) => new Date(Date.now() - days * DAY).toISOString();
const kind = (word) => KINDS.find((row) => row.kind === word);

const STATES = Object.fromEntries([["owner_not_found", "Chưa xác định chủ xe", "Owner not found"], ["notice_draft", "Dự thảo thông báo", "Notice drafted"], ["notice_signed", "Đã ký thông báo", "Notice signed"], ["notice_delivered", "Đã nhận thông báo", "Notice delivered"], ["disputed", "Không đồng ý", "Disputed"], ["acknowledged", "Đã xác nhận vi phạm", "Acknowledged"], ["minutes_signed", "Đã lập biên bản", "Minutes signed"], ["decision_draft", "Dự thảo quyết định", "Decision drafted"], ["decision_signed", "Đã ký quyết định", "Decision signed"], ["overdue", "Quá hạn nộp phạt", "Overdue"], ["closed", "Đã kết thúc", "Closed"], ["voided", "Đã hủy", "Voided"]].map(([state, vi, en]) => [state, { state, state_vi: vi, state_en: en }]));

const DEADLINES = { notice: ["Gửi thông báo vi phạm", "Violation notice", 10, "Điều 24 TT 73/2024/TT-BCA"], warning: ["Cảnh báo đăng kiểm nếu không đến", "Warning to inspection", 20, "Điều 24 TT 73/2024/TT-BCA"], minutes: ["Lập biên bản", "Minutes", 7, "điểm c khoản 1 Điều 15 NĐ 61/2026/NĐ-CP"], decision: ["Ra quyết định xử phạt", "Penalty decision", 9, "Điều 66 Luật Xử lý vi phạm hành chính"], payment: ["Nộp phạt", "Payment", 10, "Điều 73 Luật Xử lý vi phạm hành chính"], statute: ["Hết thời hiệu xử phạt", "Statute of limitation", 365, "Điều 4 NĐ 168/2024/NĐ-CP"] };
const deadline = (what, started, met = null) => {
  const [what_vi, what_en, days, basis] = DEADLINES[what];
  const due = new Date(Date.parse(started) + days * DAY);
  const share = (Date.now() - Date.parse(started)) / (days * DAY);
  return { what, what_vi, what_en, due_at: due.toISOString(), started_at: started, basis, confidence: what === "decision" || what === "payment" ? "M" : "H", calendar_known: what !== "statute", law_version: 1, met_at: met, share, alerts: met ? [] : [50, 80, 100].filter((level) => share * 100 >= level) };
};
const PARTIES = [["person", "Nguyễn Văn Mẫu", "Thôn 1, xã Gia Vân, tỉnh Ninh Bình"], ["org", "Công ty TNHH Vận tải Thử Nghiệm", "Số 8 đường Mẫu, phường Hoa Lư, tỉnh Ninh Bình"], ["person", "Trần Thị Ví Dụ", "Tổ 4, phường Nam Định, tỉnh Ninh Bình"]];

const STEP_WORDS = Object.fromEntries([["opened", "Mở hồ sơ", "Opened"], ["owner_found", "Có chủ xe", "Owner found"], ["notice_drafted", "Soạn thông báo", "Notice drafted"], ["notice_signed", "Ký thông báo", "Notice signed"], ["minutes_signed", "Ký biên bản", "Minutes signed"], ["decision_drafted", "Soạn quyết định", "Decision drafted"], ["decision_signed", "Ký quyết định", "Decision signed"], ["receipt_signed", "Biên lai", "Receipt"]].map(([word, what_vi, what_en]) => [word, { what_vi, what_en }]));

let count = 40;
function make(state, days, behaviours, { party = 0, plate = "35-N1 360.55", running = "notice", documents = [], responses = [], payment = null, drafted_by = "Lê Thị Cảnh", extra = {} } = {}) {
  count += 1;
  const id = `019ac1aa-${sha(`h${count}`).slice(0, 4)}-7${sha(`i${count}`).slice(0, 3)}-b${sha(`j${count}`).slice(0, 3)}-${sha(`k${count}`).slice(0, 12)}`;
  const [kindOf, name, address] = PARTIES[party];
  const acts = behaviours.map((behaviour) => {
    const law = lawRow(behaviour);
    const n = behaviours.indexOf(behaviour);
    return { case_id: `case-${count}-${n}`, case_number: `VP-2026-${String(60 + count + n).padStart(6, "0")}`, behaviour, title_vi: law.title_vi, title_en: law.title_en, clause: law.clause, low: law.fine_low, high: law.fine_high, proposed: law.fine_average, amount: ["decision_signed", "overdue", "closed"].includes(state) ? law.fine_average : null, points: law.points, revocation_months: null, circumstances: [], legal_basis: law.legal_basis, confidence: law.confidence, expired: false };
  });
  const started = ago(days);
  const names = ["notice", "minutes", "decision", "payment"];
  const at = names.indexOf(running);
  return {
    id, number: `XL-2026-${String(count).padStart(6, "0")}`, site: "nga-tu-le-hong-phong", ...STATES[state], at_days: days, running, drafted_by,
    cases: behaviours.map((behaviour, n) => ({ id: cases.find((one) => one.state === "confirmed").id, number: `VP-2026-${String(60 + count + n).padStart(6, "0")}`, kind: behaviour.split(".")[1], kind_vi: kind(behaviour.split(".")[1])?.vi, kind_en: kind(behaviour.split(".")[1])?.en, at: ago(days + 8), plate_display: plate, plate_colour: party === 1 ? "yellow" : "white" })),
    liable: state === "owner_not_found" ? null : { kind: kindOf, basis: "registered", drove: false, licence_known: false, since: ago(days + 2), name, address, id_number: kindOf === "person" ? "037******234" : null, masked: kindOf === "person" ? ["id_number"] : [], mask_reason_vi: "Số định danh đầy đủ chỉ có trong văn bản.", mask_reason_en: "The full number is only in the documents." },
    named: null, doubts: state === "owner_not_found" ? ["registration_revoked"] : [], void_asked: false, chain_broken_at: null,
    documents: documents.map(([word, doc_state, n]) => ({ id: doc_state === "draft" ? null : sha(`${id}${word}`).slice(0, 12), kind: word, number: doc_state === "draft" ? null : `${n}/${{ notice: "TB", minutes: "BB", decision: "QĐ", receipt: "BL" }[word]}-CSGT`, issued_at: doc_state === "draft" ? null : ago(days - 1), state: doc_state === "draft" ? "drafted" : "issued", drafted_by: "police", signed_by: doc_state === "draft" ? null : "signer", url: doc_state === "draft" ? null : `/api/v1/documents/${sha(`${id}${word}`).slice(0, 12)}` })),
    deadlines: [...names.slice(0, Math.max(at, 0)).map((what) => deadline(what, ago(days + 9), ago(days + 1))), ...(STATES[state].state === "closed" ? [] : [deadline(running, started)]), deadline("statute", ago(days + 8))],
    responses, acts, total: acts.every(({ amount }) => amount !== null) ? acts.reduce((sum, { amount }) => sum + amount, 0) : null, combined: { total: acts.reduce((sum, { amount, proposed }) => sum + (amount ?? proposed), 0), points: Math.max(...acts.map(({ points }) => points)), revocation_months: null, max_of_range: Math.max(...acts.map(({ high }) => high)) }, payment,
    warnings: state === "overdue" ? [{ target: "registration", state: "set", sent_at: ago(3), ack: ago(2.9), removed_at: null }] : [], messages: documents.length ? [{ channel: "vneid", paper: "notice", state: "done", at: ago(days - 0.5), tries: 1 }, { channel: "post", paper: "notice", state: state === "notice_signed" ? "waiting" : "done", at: ago(days - 1), tries: 1 }] : [],
    log: [["opened", "system", null], ...(state === "owner_not_found" ? [] : [["owner_found", "system", null]]), ...documents.map(([word, doc_state]) => [`${word}_${doc_state === "draft" ? "drafted" : "signed"}`, doc_state === "draft" ? "Lê Thị Cảnh" : "Vũ Hải Ký", null])].map(([what, actor, reason], n) => ({ at: ago(days + 1 - n * 0.2), actor, role: actor === "system" ? null : actor.startsWith("Vũ") ? "police_signer" : "traffic_police", what, ...STEP_WORDS[what], basis: "TT 73/2024/TT-BCA", reason, hash: sha(`${id}${n}${what}`) })),
    amount: acts.every(({ amount }) => amount !== null) ? acts.reduce((sum, { amount }) => sum + amount, 0) : null, updated_at: ago(days / 4), ...extra,
  };
}

const NOTICE = ["notice", "delivered", 118];
const MINUTES = ["minutes", "signed", 64];
export const handlings = [
  make("notice_draft", 8.6, ["moto.red_light"], { documents: [["notice", "draft"]] }),
  make("decision_draft", 5, ["car.red_light"], { party: 1, plate: "35C-118.20", running: "decision", documents: [NOTICE, MINUTES, ["decision", "draft"]] }),
  make("decision_draft", 2, ["moto.red_light", "moto.wrong_lane"], { party: 2, plate: "35-B2 145.07", running: "decision", documents: [NOTICE, MINUTES, ["decision", "draft"]] }),
  make("disputed", 6, ["moto.red_light"], { plate: "35-F2 118.42", running: "minutes", documents: [NOTICE], responses: [{ kind: "dispute", at: ago(1), by: "citizen", text: "Lúc đó tôi nhường đường cho xe cứu thương nên phải vượt qua vạch.", attachments: [{ id: "a1", name: "xe-cuu-thuong.jpg", type: "image/jpeg", bytes: 812_400 }] }] }),
  make("overdue", 14, ["moto.red_light"], { plate: "35-D1 660.18", running: "payment", documents: [NOTICE, MINUTES, ["decision", "delivered", 31]], payment: { bill: "DVC-2026-118842", amount: 5_000_000, paid: 2_000_000, receipt: null, late_interest: 6_000, left: 3_006_000, overpaid: 0 } }),
  make("owner_not_found", 4, ["moto.carry_3plus"], { plate: "35-E1 274.63" }),
  make("acknowledged", 1, ["moto.wrong_lane"], { plate: "35-G1 442.07", running: "minutes", documents: [NOTICE], responses: [{ kind: "confirm", at: ago(0.4), by: "citizen", text: null, attachments: [] }] }),
  make("closed", 20, ["moto.red_light"], { plate: "35-H1 930.22", running: "payment", documents: [NOTICE, MINUTES, ["decision", "delivered", 12], ["receipt", "delivered", 12]], payment: { bill: "DVC-2026-117310", amount: 5_000_000, paid: 5_000_000, receipt: "BL-2026-0091223", late_interest: 0, left: 0, overpaid: 0 } }),
];

const dueOf = (one) => {
  const open = one.deadlines.find(({ met_at, what }) => !met_at && what !== "statute");
  if (!open || ["closed", "voided"].includes(one.state)) return null;
  const share = (Date.now() - Date.parse(open.started_at)) / (Date.parse(open.due_at) - Date.parse(open.started_at));
  return { what: open.what, what_vi: open.what_vi, what_en: open.what_en, at: open.due_at, share, level: share >= 1 ? 100 : share >= 0.8 ? 80 : share >= 0.5 ? 50 : null };
};
const rowOf = (one) => ({ id: one.id, number: one.number, site: one.site, state: one.state, state_vi: one.state_vi, state_en: one.state_en, cases: one.cases, party: one.liable && { kind: one.liable.kind, name: one.liable.name }, due: dueOf(one), amount: one.amount, doubts: one.doubts, void_asked: Boolean(one.void_by), updated_at: one.updated_at });

const LABELS = { note: ["Ghi chú", "Note"], reason: ["Lý do", "Reason"], acts: ["Mức phạt từng hành vi", "Fine of each act"], revocation_months: ["Tước GPLX (tháng)", "Revocation (months)"], name: ["Họ tên", "Name"], id_number: ["Số định danh", "Identity number"], address: ["Địa chỉ", "Address"], basis: ["Căn cứ", "Basis"], kind: ["Loại", "Kind"] };
const field = (name, type, required = true, more = {}) => ({ name, type, required, vi: LABELS[name][0], en: LABELS[name][1], ...more });
const action = (word, vi, en, fields = [], more = {}) => ({ action: word, vi, en, allowed: true, why_not_vi: null, why_not_en: null, fields, needs_signature: false, danger: false, ...more });

function actionsOf(one, user) {
  const sign = (word, vi, en) => {
    const highest = Math.max(...one.acts.map(({ high }) => high));
    const row = CAPS.find(({ role }) => role === user.rank);
    const not = user.role !== "police_signer" ? ["Chỉ chỉ huy ký được.", "Only commanders sign."] : word === "sign_decision" && (!row || row.cap < highest) ? [`Khung phạt cao nhất ${highest.toLocaleString("vi")} ₫ vượt thẩm quyền ${(row?.cap ?? 0).toLocaleString("vi")} ₫ của bạn.`, `The range goes up to ${highest.toLocaleString("en")} VND, above your cap of ${(row?.cap ?? 0).toLocaleString("en")} VND.`] : null;
    return action(word, vi, en, [], { needs_signature: true, allowed: !not, why_not_vi: not?.[0] ?? null, why_not_en: not?.[1] ?? null });
  };
  const officer = (made) => (user.role === "traffic_police" ? made : { ...made, allowed: false, why_not_vi: "Cán bộ xử lý làm việc này.", why_not_en: "Reviewing officers do this." });
  const drafting = () => officer(action("draft_decision", "Soạn quyết định", "Draft the decision", [field("acts", "acts"), field("revocation_months", "number", false)]));
  const ways = {
    notice_draft: () => [sign("sign_notice", "Ký thông báo", "Sign the notice")],
    disputed: () => [officer(action("dismiss_dispute", "Bác ý kiến, giữ kết quả", "Dismiss the dispute", [field("reason", "longtext")]))],
    acknowledged: () => [officer(action("draft_minutes", "Soạn biên bản", "Draft the minutes", [field("note", "longtext", false)]))],
    decision_draft: () => [drafting(), sign("sign_decision", "Ký quyết định", "Sign the decision")],
    owner_not_found: () => [officer(action("name_owner", "Nhập người chịu trách nhiệm", "Enter who is liable", [field("basis", "select", true, { options: ["registered", "buyer", "renter", "driver"] }), field("kind", "select", true, { options: ["person", "org"] }), field("name", "text"), field("id_number", "text"), field("address", "text"), field("reason", "longtext")]))],
    overdue: () => [{ ...action("order_enforcement", "Quyết định cưỡng chế", "Order enforcement", [field("reason", "longtext")], { danger: true }), ...(user.role !== "police_signer" && { allowed: false, why_not_vi: "Chỉ chỉ huy quyết định.", why_not_en: "Only commanders order it." }) }],
  };
  const over = ["closed", "voided"].includes(one.state);
  const voiding = over ? [] : one.void_by ? [action("confirm_void", "Xác nhận hủy hồ sơ", "Confirm the voiding", [], { danger: true, allowed: user.role === "police_signer" && one.void_by !== user.display_name, needs_signature: false, why_not_vi: one.void_by === user.display_name ? "Bạn đã đề nghị: người khác phải xác nhận." : "Chỉ chỉ huy xác nhận được.", why_not_en: "Another commander has to confirm." })] : [action("ask_void", "Đề nghị hủy hồ sơ", "Ask to void", [field("reason", "longtext")], { danger: true })];
  return [...(ways[one.state]?.() ?? []), ...voiding];
}

const AFTER = { sign_notice: "notice_signed", dismiss_dispute: "acknowledged", draft_minutes: "minutes_signed", sign_decision: "decision_signed", confirm_void: "voided" };

function act(one, word, body, user, send, refuse) {
  const known = actionsOf(one, user).find(({ action: name }) => name === word);
  if (!known) return refuse(409, "stale", "Bước này không còn nữa: hồ sơ vừa thay đổi.");
  if (!known.allowed) return refuse(403, word.startsWith("sign") ? "over_cap" : "not_yours", known.why_not_vi);
  const strange = Object.keys(body).find((name) => !known.fields.some((one_field) => one_field.name === name));
  if (strange) return refuse(422, "bad_fields", `trường không có: ${strange}`);
  const missing = known.fields.find(({ name, required }) => required && !body[name]);
  if (missing) return refuse(422, "missing_field", `Thiếu ${missing.name}`);
  if (word === "ask_void") one.void_by = user.display_name;
  if (word === "draft_decision") {
    for (const { case_id, amount, mitigating, aggravating } of body.acts) {
      const row = one.acts.find((known_act) => known_act.case_id === case_id);
      if (!row || amount < row.low || amount > row.high) return refuse(422, "bad_fields", "Mức phạt ngoài khung");
      Object.assign(row, { amount, circumstances: [...mitigating, ...aggravating] });
    }
    one.total = one.amount = one.acts.reduce((sum, { amount }) => sum + amount, 0);
  }
  if (word === "name_owner") Object.assign(one, STATES.notice_draft, { liable: { kind: "person", basis: "registered", name: body.name, address: body.address, id_number: "***", masked: [] }, doubts: [] });
  if (AFTER[word]) Object.assign(one, STATES[AFTER[word]]);
  if (word.startsWith("sign_")) {
    const doc = one.documents.find(({ kind: doc_kind }) => doc_kind === word.slice(5));
    if (doc) Object.assign(doc, { state: "issued", id: sha(one.id + word).slice(0, 12), url: `/api/v1/documents/${sha(one.id + word).slice(0, 12)}`, signed_by: user.username, number: `${100 + count}/${word === "sign_notice" ? "TB" : "QĐ"}-CSGT`, issued_at: new Date().toISOString() });
  }
  if (word === "sign_decision") {
    for (const row of one.acts) row.amount ??= row.proposed;
    one.total = one.amount = one.acts.reduce((sum, { amount }) => sum + amount, 0);
  }
  one.log.push({ at: new Date().toISOString(), actor: user.display_name, role: user.role, what: word, what_vi: known.vi, what_en: known.en, basis: "TT 73/2024/TT-BCA", reason: body.reason ?? body.note ?? null, hash: sha(one.log.at(-1).hash + word) });
  return send(200, { id: one.id, state: one.state });
}

const upper = (text) => (text ?? "").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF");

/** Answers `/handlings…`, `/violations/…`, `/documents/…`; `undefined` for another path. */
export function handlingRoutes({ method, path, query, user, body, page, send, refuse, response }) {
  const [, resource, id, more, word] = path.split("/");
  if (resource === "documents" && id) {
    response.writeHead(200, { "content-type": "application/pdf" });
    response.end(PDF);
    return true;
  }
  if (resource === "violations" && id === "figures") return send(200, figures(query.get("group") ?? "kind"));
  if (resource !== "handlings") return undefined;
  if (id === "map") return send(200, mapPoints());
  if (!["traffic_police", "police_signer"].includes(user.role)) return refuse(403, "forbidden", "Chỉ Công an xem hồ sơ xử lý");
  if (!id && method === "POST") return send(201, { id: handlings[0].id });
  if (!id) {
    const rows = handlings.map(rowOf).filter((row) => (!query.get("state") || row.state === query.get("state")) && (!query.get("due") || (query.get("due") === "late" ? (row.due?.share ?? 0) >= 1 : (row.due?.share ?? 0) >= 0.8)) && (!query.get("q") || row.number.includes(query.get("q").toUpperCase()) || row.cases.some(({ plate_display }) => upper(plate_display).includes(upper(query.get("q"))))));
    const counts = handlings.reduce((all, { state }) => ({ ...all, [state]: (all[state] ?? 0) + 1 }), {});
    return send(200, { ...page(rows.toSorted((a, b) => (b.due?.share ?? -1) - (a.due?.share ?? -1)), query), counts });
  }
  const one = handlings.find((row) => row.id === id);
  if (!one) return refuse(404, "not_found", "Không có hồ sơ này");
  if (method === "POST" && more === "actions") return act(one, word, body, user, send, refuse);
  const { at_days, running, drafted_by, void_by, ...detail } = one;
  return send(200, { ...detail, ...rowOf(one), cases: one.cases, actions: actionsOf(one, user) });
}

const PLACES = [["huong-bac", "Ngã tư Lê Hồng Phong – Đinh Tiên Hoàng, hướng Bắc", 1], ["huong-nam", "Ngã tư Lê Hồng Phong – Lương Văn Thăng", 0.62], ["cau-lim", "Cầu Lim, đường Trần Hưng Đạo", 0.4], ["ql1", "Quốc lộ 1, km 268", 0.12]];
const mapPoints = () => PLACES.flatMap(([camera, place_vi, part]) => [["red_light", 180], ["wrong_lane", 70]].map(([word, n]) => ({ site: "nga-tu-le-hong-phong", camera, place_vi, kind: word, kind_vi: kind(word).vi, kind_en: kind(word).en, states: { paid: Math.round(n * part * 0.6), overdue: Math.round(n * part * 0.1) }, count: Math.round(n * part * 0.6) + Math.round(n * part * 0.1) })));

const COUNTED = ["detected", "inadmissible", "rejected", "confirmed", "noticed", "decided", "paid", "overdue"];
const figure = (key, n, vi = key, en = vi) => {
  const confirmed = Math.round(n * 0.68);
  const decided = Math.round(confirmed * 0.6);
  return { key, vi, en, detected: n, inadmissible: Math.round(n * 0.08), rejected: Math.round(n * 0.2), confirmed, noticed: Math.round(confirmed * 0.93), decided, paid: Math.round(decided * 0.82), overdue: Math.round(decided * 0.06) };
};
function figures(group) {
  const groups = {
    kind: () => [["red_light", 431], ["wrong_lane", 188], ["solid_line", 96], ["wrong_way", 61], ["carry_3plus", 52], ["stop_park", 47], ["speed_homography", 33]].map(([word, n]) => figure(word, n, kind(word).vi, kind(word).en)),
    place: () => PLACES.map(([camera, vi, part]) => figure(camera, Math.round(420 * part), vi)),
    hour: () => Array.from({ length: 24 }, (_, hour) => figure(String(hour), Math.round(4 + 62 * Math.exp(-((hour - 7.5) ** 2) / 5) + 70 * Math.exp(-((hour - 17.5) ** 2) / 6)), `${hour} giờ`, `${hour}:00`)),
    day: () => Array.from({ length: 30 }, (_, n) => figure(new Date(Date.now() + 25_200_000 - (29 - n) * DAY).toISOString().slice(0, 10), 22 + ((n * 7919) % 17))),
  }[group]();
  const total = { key: "", vi: "", en: "", ...Object.fromEntries(COUNTED.map((word) => [word, groups.reduce((sum, row) => sum + row[word], 0)])) };
  return { total, vnd_fined: total.decided * 5_000_000, vnd_paid: total.paid * 5_000_000, median_days: 17, groups };
}
