// Invented handlings from the owner to the receipt, in the states that a desk meets. What can be done with them is in handling-acts.mjs.
import { SITE, behaviourOn, cases, kindOf } from "./cases.mjs";
import { sha } from "./data.mjs";
import { STATES, STEPS, dayOf, table } from "./tables.mjs";

const DAY = 86_400_000;
const UNIT = { calendar_days: 1, working_days: 1.4, months: 30, years: 365 };
const DEADLINES = table("deadlines");
export const ago = (days) => new Date(Date.now() - days * DAY).toISOString();
export const UNIT_NAME = "PC08";

/** A deadline of the law that began at a moment. */
export function deadline(what, started, met = null) {
  const row = DEADLINES.find(({ kind }) => kind === what);
  const due = Date.parse(started) + row.amount * UNIT[row.unit] * DAY;
  const share = ((met ? Date.parse(met) : Date.now()) - Date.parse(started)) / (due - Date.parse(started));
  return { what, what_vi: row.title_vi, what_en: row.title_en, started_at: started, due_at: new Date(due).toISOString(), basis: row.legal_basis, confidence: row.confidence, calendar_known: row.unit !== "years", law_version: 1, met_at: met, alerts: [50, 80, 100].filter((level) => share * 100 >= level), share: Math.round(Math.max(share, 0) * 1000) / 1000 };
}

const MASK = { masked: ["id_number"], mask_reason: "Số định danh chỉ hiện 3 số cuối; số đầy đủ nằm trong hồ sơ vụ việc.", mask_reason_vi: "Số định danh chỉ hiện 3 số cuối; số đầy đủ nằm trong hồ sơ vụ việc.", mask_reason_en: "Only the last 3 digits of the number are shown; the whole number belongs in the case file." };
const OPEN_MASK = { masked: [], mask_reason: null, mask_reason_vi: null, mask_reason_en: null };
/** A party as the police see it. */
export const party = (kind, name, address, id_number, basis, since, drove = false) => ({ kind, name, address, id_number: kind === "org" ? id_number : `*********${id_number.slice(-3)}`, ...(kind === "org" ? OPEN_MASK : MASK), basis, drove, licence_known: false, since });
const PARTIES = [["person", "Nguyễn Văn Mẫu", "Thôn 1, xã Gia Vân, tỉnh Ninh Bình", "037090001234"], ["org", "Công ty TNHH Vận tải Thử Nghiệm", "Số 8 đường Mẫu, phường Hoa Lư, tỉnh Ninh Bình", "2700123456"], ["person", "Trần Thị Ví Dụ", "Tổ 4, phường Nam Định, tỉnh Ninh Bình", "036191005678"]];

let count = 40;
let second = 0;
function make(state, days, behaviours, { owner = 0, plate = "35-N1 360.55", running = ["notice"], met = [], papers = [], answers = [], payment = null, doubts = [], warnings = [], messages = [], points = { state: "none", taken: 0, left: null }, named = null, steps = [] } = {}) {
  count += 1;
  const id = `019ac1aa-${sha(`h${count}`).slice(0, 4)}-7${sha(`i${count}`).slice(0, 3)}-b${sha(`j${count}`).slice(0, 3)}-${sha(`k${count}`).slice(0, 12)}`;
  const happened = ago(days + 8);
  const acts = behaviours.map((behaviour, n) => {
    const law = behaviourOn(behaviour, dayOf(Date.parse(happened)));
    const proposed = (law.fine_low + law.fine_high) / 2;
    const kind = behaviour.split(".")[1].replace("sign_marking", "solid_line").replace("carry_2", "carry_3plus").replace("mway_wrong_way", "wrong_way");
    return { case_id: cases.find((one) => one.state === "confirmed").id, key: n, case_number: `VP-2026-${String(60 + count + n).padStart(6, "0")}`, kind, behaviour, title_vi: law.title_vi, title_en: law.title_en, clause: law.clause, low: law.fine_low, high: law.fine_high, proposed, amount: payment || papers.some(([word]) => word === "decision") ? proposed : null, points: law.points, revocation_months: law.revoke_months_low ? [law.revoke_months_low, law.revoke_months_high] : null, circumstances: [], legal_basis: law.legal_basis, confidence: law.confidence, statute_ends: new Date(Date.parse(happened) + 365 * DAY).toISOString(), expired: false };
  });
  // Cases of one handling are different ones.
  for (const act of acts) if (act.key > 0) act.case_id = `${act.case_id.slice(0, -1)}${act.key}`;
  const liable = state === "owner_not_found" || state === "owner_lookup" ? null : party(...PARTIES[owner], "registered", ago(days + 2));
  const paper = ([kind, is, n, lacks = []]) => ({ id: is === "issued" ? sha(`${id}${kind}`).slice(0, 26) : null, kind, number: is === "drafted" ? null : `${String(n).padStart(6, "0")}/2026/${{ notice: "TB", minutes: "BB-VPHC", decision: "QĐ-XPHC", receipt: "BL" }[kind]}-${UNIT_NAME}`, issued_at: is === "drafted" ? null : ago(Math.max(days - 1, 0.2)), state: is, drafted_by: kind === "receipt" ? null : "police", signed_by: is === "drafted" || kind === "receipt" ? null : "signer", lacks, url: is === "issued" ? `/api/v1/documents/${sha(`${id}${kind}`).slice(0, 26)}` : null });
  const log = [];
  const one = {
    id, number: `XL-2026-${String(count).padStart(6, "0")}`, site: SITE, state, acts, liable, named, doubts, plate, documents: papers.map(paper), deadlines: [...met.map((what) => deadline(what, ago(days + 9), ago(days + 1))), ...running.map((what) => deadline(what, ago(what === "statute" ? days + 8 : days)))], responses: answers, payment, points, warnings, messages, void: null, transfer: null, joined_into: null, law_version: 1, log, updated_at: ago(days / 4), happened,
  };
  one.total = papers.some(([word]) => word === "decision") ? acts.reduce((sum, { amount }) => sum + (amount ?? 0), 0) : null;
  for (const [word, detail] of ["opened", "owner_answered", ...steps].map((step) => [step].flat())) note(one, word, { detail, at: new Date(Date.parse(happened) + 60_000 * (second += 61)).toISOString() });
  return one;
}

/** A line of the log, linked to the one before. */
export function note(one, what, { at = new Date().toISOString(), actor = "system", role = "system", from = one.state, to = one.state, reason = null, detail = {} } = {}) {
  const step = STEPS.find(({ name }) => name === what);
  one.log.push({ at, actor, role, unit: UNIT_NAME, what, what_vi: step?.vi ?? what, what_en: step?.en ?? what, from, to, basis: step?.basis ?? "", reason, detail, hash: sha(`${one.log.at(-1)?.hash ?? ""}${what}${at}${reason}`) });
}

const NOTICE = ["notice", "issued", 118];
const MINUTES = ["minutes", "issued", 64];
const AWAITED = { running: ["appearance", "warning", "statute"], met: ["notice"], papers: [NOTICE], messages: [{ channel: "vneid", paper: "notice", state: "delivered", at: ago(2), tries: 1, next_try: null }, { channel: "post", paper: "notice", state: "sent", at: ago(2.5), tries: 1, next_try: null }], steps: ["draft_notice", "sign_notice", "notice_sent"] };
const MINUTED = { met: ["notice", "warning", "minutes"], papers: [NOTICE, MINUTES] };
const dispute = { kind: "dispute", at: ago(1), by: "citizen", text: "Lúc đó tôi nhường đường cho xe cứu thương nên phải vượt qua vạch.", attachments: [{ id: "a1", name: "xe-cuu-thuong.jpg", type: "image/jpeg", bytes: 812_400 }] };
const OWED = { bill: "DVC-2026-118842", pay_url: "/pay/DVC-2026-118842", amount: 5_000_000, paid: 2_000_000, receipt: "BL-2026-0090007", late_interest: 6_000, left: 3_006_000, overpaid: 0, payments: [{ receipt: "BL-2026-0090007", amount: 2_000_000, at: ago(15), bill: "DVC-2026-118001", told_at: ago(15) }] };
const PAID = { ...OWED, bill: "DVC-2026-117310", pay_url: null, paid: 5_000_000, receipt: "BL-2026-0091223", late_interest: 0, left: 0, payments: [{ receipt: "BL-2026-0091223", amount: 5_000_000, at: ago(16), bill: "DVC-2026-117310", told_at: ago(16) }] };

export const handlings = [
  make("notice_draft", 8.6, ["moto.red_light"], { running: ["notice", "statute"], papers: [["notice", "drafted"]], steps: ["draft_notice"] }), // 41
  make("decision_draft", 5, ["car.mway_wrong_way"], { owner: 1, plate: "35C-118.20", running: ["decision", "statute"], ...MINUTED, papers: [NOTICE, MINUTES, ["decision", "drafted"]] }), // 42: above a team chief
  make("minutes_signed", 2, ["moto.red_light", "moto.wrong_lane"], { owner: 2, plate: "35-B2 145.07", running: ["decision", "statute"], ...MINUTED }), // 43: two acts
  make("disputed", 6, ["moto.red_light"], { plate: "35-F2 118.42", ...AWAITED, running: ["minutes", "statute"], answers: [dispute] }), // 44
  make("overdue", 14, ["moto.red_light"], { plate: "35-D1 660.18", running: ["payment", "enforcement"], ...MINUTED, papers: [NOTICE, MINUTES, ["decision", "issued", 31]], payment: OWED, points: { state: "taken", taken: 4, left: 8 }, steps: [["order", { order: 3, kind: "post", paper: "decision", state: "done" }], ["told", { order: 3, word: "RETURNED" }], ["points_taken", { before: 12, taken: 4, after: 8 }], ["alert", { what: "payment", percent: 80 }], ["payment", { receipt: "BL-2026-0090007", amount: 2_000_000 }], ["document_lacks", { order: 9, paper: "commune", lacks: ["to_unit (the address names no commune)", "act_clause"] }]] }), // 45
  make("owner_not_found", 4, ["moto.carry_3plus"], { plate: "35-E1 274.63", running: ["notice", "statute"], doubts: ["not_found"] }), // 46
  make("acknowledged", 1, ["moto.wrong_lane"], { plate: "35-G1 442.07", ...AWAITED, running: ["minutes", "statute"], met: ["notice", "appearance", "warning"], answers: [{ kind: "acknowledged", at: ago(0.4), by: "vneid", text: null, attachments: [] }] }), // 47
  make("closed", 20, ["moto.red_light"], { plate: "35-H1 930.22", running: [], met: ["notice", "minutes", "decision", "payment"], papers: [NOTICE, MINUTES, ["decision", "issued", 12], ["receipt", "issued", 12]], payment: PAID, points: { state: "taken", taken: 4, left: 8 }, warnings: [{ target: "registration", state: "removed", sent_at: ago(30), ack: ago(29.9), removal_at: ago(16), removed_at: ago(15.9) }] }), // 48
  make("decision_draft", 3, ["moto.red_light"], { plate: "35-K1 116.75", running: ["decision", "statute"], ...MINUTED, papers: [NOTICE, MINUTES, ["decision", "drafted"]] }), // 49: within a team chief's cap
  make("owner_found", 2, ["moto.red_light"], { plate: "35-L1 287.40", running: ["notice", "statute"], doubts: ["vehicle_type_differs"] }), // 50
  make("warned", 22, ["car.wrong_way"], { plate: "35A-901.12", ...AWAITED, papers: [NOTICE, ["commune", "drafted", null, ["to_unit (the address names no commune)", "phone (handling.phone)"]]], warnings: [{ target: "inspection", state: "set", sent_at: ago(2), ack: ago(1.9), removal_at: null, removed_at: null }, { target: "registration", state: "ordered", sent_at: ago(2), ack: null, removal_at: null, removed_at: null }] }), // 51
  make("driver_named", 5, ["moto.red_light"], { plate: "35-P1 441.20", ...AWAITED, answers: [{ kind: "driver", at: ago(1.2), by: "citizen", text: null, attachments: [] }], named: party("person", "Lê Minh Thử", "Phường Hoa Lư, tỉnh Ninh Bình", "037201009876", "driver", ago(1.2), true) }), // 52
  make("decision_delivered", 4, ["moto.red_light"], { plate: "35-Q1 402.55", running: ["payment", "enforcement"], ...MINUTED, papers: [NOTICE, MINUTES, ["decision", "issued", 77]], payment: { ...OWED, paid: 0, receipt: null, late_interest: 0, left: 5_000_000, payments: [] }, points: { state: "ordered", taken: 4, left: null } }), // 53
];

/** As one role sees it in a list. */
export function rowOf(one) {
  const open = one.deadlines.filter(({ met_at }) => !met_at).toSorted((a, b) => a.due_at.localeCompare(b.due_at))[0];
  const over = ["closed", "voided", "expired", "handed_over", "lapsed", "transferred_out"].includes(one.state);
  const due = open && !over ? { what: open.what, what_vi: open.what_vi, what_en: open.what_en, at: open.due_at, share: open.share, level: open.alerts.at(-1) ?? null } : null;
  const short = (name) => name.split(" ").map((part, at, all) => (at === 0 || at === all.length - 1 ? part : `${part[0]}.`)).join(" ");
  return {
    id: one.id, number: one.number, site: one.site, ...STATES.get(one.state), cases: one.acts.map((act) => ({ id: act.case_id, number: act.case_number, kind: act.kind, kind_vi: kindOf(act.kind)?.vi ?? act.kind, kind_en: kindOf(act.kind)?.en ?? act.kind, at: one.happened, place_vi: "Ngã tư Lê Hồng Phong – Đinh Tiên Hoàng, hướng Bắc", plate_display: one.plate, expired: act.expired })),
    party: one.liable && { kind: one.liable.kind, basis: one.liable.basis, name: one.liable.kind === "org" ? one.liable.name : short(one.liable.name) }, due, amount: one.total, doubts: one.doubts, void_asked: one.void !== null, updated_at: one.updated_at,
  };
}

/** What several acts come to together. */
export function combined(one) {
  const live = one.acts.filter(({ expired }) => !expired);
  const revoked = live.map(({ revocation_months }) => revocation_months).filter(Boolean);
  return { total: live.reduce((sum, { proposed }) => sum + proposed, 0), points: revoked.length ? 0 : Math.max(0, ...live.map(({ points }) => points)), revocation_months: revoked.length ? [Math.max(...revoked.map(([low]) => low)), Math.max(...revoked.map(([, high]) => high))] : null, max_of_range: Math.max(0, ...live.map(({ high }) => high)) };
}
