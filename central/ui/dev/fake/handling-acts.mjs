// Steps of handlings: the table is central's own, and so is who may take which step; what a step changes is the part that a page shows.
import { cases } from "./cases.mjs";
import { sha } from "./data.mjs";
import { UNIT_NAME, combined, deadline, handlings, note, party, rowOf } from "./handlings.mjs";
import { lawRows } from "./law.mjs";
import { STEPS, dayOf, trouble } from "./tables.mjs";
import { violationRoutes } from "./violations.mjs";

const PEOPLE = STEPS.filter(({ who }) => !["system", "citizen"].includes(who));
const no = (code, vi, en) => ({ code, vi, en });
const bad = (vi, en) => no("bad_fields", vi, en);
const whoOf = ({ role }) => ({ traffic_police: "officer", police_signer: "signer" })[role];
const paperOf = (one, kind) => one.documents.find((row) => row.kind === kind);

/** Why a person may not take a step now; null when they may. */
function refusal(one, step, user) {
  const who = whoOf(user);
  if (!step.from.includes(one.state)) return no("not_now", "trạng thái hiện tại không cho phép", "not in this state");
  if (step.who !== who && step.who !== "either") return no("not_yours", "không thuộc thẩm quyền của tài khoản này", "not for this account");
  if (one.void && !["withdraw_void", "confirm_void"].includes(step.name)) return no("void_asked", "đang có đề nghị hủy: xác nhận hoặc rút trước", "voiding was asked for: confirm or withdraw it first");
  const draft = step.name.startsWith("sign_") ? paperOf(one, step.name.slice(5)) : null;
  if (draft?.drafted_by === user.username) return no("own_draft", "người soạn không được ký", "who drafted it may not sign it");
  switch (step.name) {
    case "draft_notice":
    case "draft_transfer":
      if (one.doubts.length) return no("doubts", "ảnh và đăng ký xe không khớp: người có thẩm quyền xác minh trước", "picture and register differ: verify the vehicle first");
      return step.name === "draft_notice" && !one.liable ? no("nobody_liable", "chưa có người chịu trách nhiệm", "nobody is liable yet") : null;
    case "accept_owner":
      return one.doubts.length ? null : no("no_doubts", "không có điểm nào cần xác nhận", "there is nothing to accept");
    case "sign_transfer":
      if (!one.transfer) return no("not_drafted", "chưa có đề xuất chuyển", "no transfer is proposed");
      return one.transfer.by === user.username ? no("own_draft", "người soạn không được ký", "who drafted it may not sign it") : null;
    case "withdraw_void":
      return one.void ? null : no("void_not_asked", "chưa có đề nghị hủy", "voiding was not asked for");
    case "confirm_void":
      if (!one.void) return no("void_not_asked", "chưa có đề nghị hủy", "voiding was not asked for");
      return one.void.by === user.username ? no("own_request", "người đề nghị không được tự xác nhận", "who asked for it may not confirm it") : null;
    case "sign_decision":
      return overCap(one, user);
    default:
      return null;
  }
}

function overCap(one, user) {
  if (!paperOf(one, "decision")) return no("not_drafted", "chưa có dự thảo", "there is no draft");
  if (!user.rank) return no("no_rank", "tài khoản chưa có chức vụ", "the account has no rank");
  const { max_of_range: most } = combined(one);
  const cap = lawRows("caps", dayOf(Date.now())).find(({ role }) => role === user.rank)?.cap ?? 0;
  return most <= cap ? null : no("over_cap", `vượt thẩm quyền: khung cao nhất ${most} đ, thẩm quyền ${cap} đ`, `over the cap: the range reaches ${most} VND, this post signs up to ${cap} VND`);
}

/** Steps of people from here; what is idle has no button, what is somebody else's says why. */
function actionsOf(one, user) {
  if (!whoOf(user)) return [];
  return PEOPLE.filter(({ from }) => from.includes(one.state)).flatMap((step) => {
    const why = refusal(one, step, user);
    if (why && ["no_doubts", "void_not_asked", "not_drafted"].includes(why.code)) return [];
    return [{ action: step.name, vi: step.vi, en: step.en, allowed: why === null, why_not: why?.code ?? null, why_not_vi: why?.vi ?? null, why_not_en: why?.en ?? null, fields: step.fields, needs_signature: step.signature, danger: step.danger }];
  });
}

/** What is wrong with the fields of a form; null when they can be taken. */
function fieldTrouble(step, body) {
  for (const field of step.fields) {
    const value = body[field.name];
    if (value === undefined || value === null || value === "") {
      if (field.required) return bad(`thiếu: ${field.vi}`, `${field.name} is missing`);
      continue;
    }
    if (field.options && !field.options.includes(value)) return bad(`giá trị không hợp lệ: ${field.vi}`, `${field.name}: use ${field.options.join(", ")}`);
    if (field.name === "reason" && String(value).trim().length < 3) return bad("ghi rõ lý do", "say why");
    if (field.type === "date" && value > dayOf(Date.now())) return bad("ngày ở tương lai", "the day is in the future");
  }
  const other = Object.keys(body).find((name) => !step.fields.some((field) => field.name === name));
  if (other) return bad(`trường không có: ${other}`, `there is no field ${other}`);
  const number = (body.id_number ?? "").replace(/\s/g, "");
  if (body.id_number !== undefined && !(body.kind === "org" ? /^[A-Za-z0-9-]{3,20}$/ : /^\d{12}$/).test(number)) return bad("số định danh không hợp lệ", "id_number is not a valid number");
  return null;
}

/** The amounts of a decision, each within its range. */
function decide(one, { acts, revocation_months }) {
  for (const act of one.acts.filter(({ expired }) => !expired)) {
    const given = acts.find(({ case_id }) => case_id === act.case_id);
    if (!given) return bad(`thiếu mức phạt của vụ việc ${act.case_number}`, `no amount for case ${act.case_number}`);
    if (given.amount < act.low || given.amount > act.high) return bad(`mức phạt phải từ ${act.low} đến ${act.high} đ`, `the amount of ${act.case_number} must be ${act.low} to ${act.high} VND`);
    Object.assign(act, { amount: given.amount, circumstances: [...(given.mitigating ?? []), ...(given.aggravating ?? [])] });
  }
  const { revocation_months: range } = combined(one);
  if (range && !(revocation_months >= range[0] && revocation_months <= range[1])) return bad(`tước giấy phép từ ${range[0]} đến ${range[1]} tháng`, `revocation: ${range[0]} to ${range[1]} months`);
  if (!range && revocation_months !== undefined) return bad("hành vi không bị tước giấy phép", "no act carries a revocation");
  one.total = one.acts.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
  return null;
}

const DRAFTS = { draft_notice: "notice", draft_minutes: "minutes", draft_decision: "decision" };
const SUFFIX = { notice: "TB", minutes: "BB-VPHC", decision: "QĐ-XPHC" };
let numbers = 200;

/** What a step changes besides the state; a refusal where the fields do not allow it. */
function change(one, step, body, user) {
  const now = new Date().toISOString();
  const named = () => party(body.kind ?? "person", body.name, body.address, body.id_number.replace(/\s/g, ""), body.basis ?? "driver", now, (body.basis ?? "driver") === "driver");
  const answered = (kind) => one.responses.push({ kind, at: now, by: "officer", text: body.text ?? null, attachments: [] });
  const draft = DRAFTS[step.name];
  if (draft === "decision") {
    const wrong = decide(one, body);
    if (wrong) return wrong;
  }
  if (draft) one.documents = [...one.documents.filter(({ kind }) => kind !== draft), { id: null, kind: draft, number: null, issued_at: null, state: "drafted", drafted_by: user.username, signed_by: null, lacks: [], url: null }];
  const signed = step.name.startsWith("sign_") ? paperOf(one, step.name.slice(5)) : null;
  if (signed) {
    const id = sha(one.id + step.name).slice(0, 26);
    Object.assign(signed, { id, state: "issued", number: `${String((numbers += 1)).padStart(6, "0")}/2026/${SUFFIX[signed.kind]}-${UNIT_NAME}`, issued_at: now, signed_by: user.username, url: `/api/v1/documents/${id}` });
    for (const row of one.deadlines) if (row.what === signed.kind && !row.met_at) row.met_at = now;
  }
  if (step.name === "sign_decision") one.payment = { bill: "DVC-2026-120001", pay_url: "/pay/DVC-2026-120001", amount: one.total, paid: 0, receipt: null, late_interest: 0, left: one.total, overpaid: 0, payments: [] };
  if (["name_owner", "accept_transfer_claim"].includes(step.name)) Object.assign(one, { liable: named(), doubts: [] });
  if (step.name === "accept_owner") one.doubts = [];
  if (step.name === "record_driver") one.named = named();
  if (step.name === "accept_driver") Object.assign(one, { liable: one.named, named: null });
  if (/^(reject_driver|dismiss_dispute|reject_transfer_claim|hold_owner_liable|record_acknowledged)$/.test(step.name)) one.deadlines.push(deadline("minutes", now));
  const answer = { record_acknowledged: "acknowledged", record_driver: "driver", record_dispute: "dispute", record_transfer_claim: "transfer", record_explanation: "explanation" }[step.name];
  if (answer) answered(answer);
  if (step.name === "draft_transfer") one.transfer = { by: user.username, at: now, reason: body.reason, to_unit: body.to_unit };
  if (step.name === "ask_void") one.void = { by: user.username, at: now, reason: body.reason, to_unit: null };
  if (["withdraw_void", "confirm_void"].includes(step.name)) one.void = null;
  if (step.name === "return_decision") one.total = null;
  if (step.name === "record_payment") {
    const { payment } = one;
    Object.assign(payment, { paid: payment.paid + body.amount, left: Math.max(0, payment.left - body.amount), receipt: body.receipt, payments: [...payment.payments, { receipt: body.receipt, amount: body.amount, at: `${body.on}T05:00:00.000Z`, bill: null, told_at: now }] });
  }
  return null;
}

/** Where a step leads from here. */
function leadsTo(one, step) {
  if (step.name === "record_delivery") return one.state === "decision_signed" ? "decision_delivered" : "notice_delivered";
  if (step.name === "record_payment") return one.payment.left === 0 ? "paid" : one.state;
  if (step.name === "sign_minutes") return combined(one).max_of_range >= 15_000_000 ? "explanation" : "minutes_signed";
  return step.to.length > 1 ? one.state : step.to[0];
}

function act(one, word, body, user, send, refuse) {
  const said = ({ code, vi, en }) => refuse(["bad_fields", "law_missing", "unknown_action"].includes(code) ? 422 : ["not_yours", "own_draft", "own_request", "over_cap", "no_rank"].includes(code) ? 403 : 409, code, en, [trouble(code === "bad_fields" ? "fields" : "action", code, vi, en)]);
  const step = PEOPLE.find(({ name }) => name === word);
  if (!step) return refuse(422, "unknown_action", "there is no such action");
  const why = fieldTrouble(step, body) ?? refusal(one, step, user);
  if (why) return said(why);
  const wrong = change(one, step, body, user);
  if (wrong) return said(wrong);
  const from = one.state;
  one.state = leadsTo(one, step);
  one.updated_at = new Date().toISOString();
  note(one, word, { actor: user.username, role: whoOf(user), from, to: one.state, reason: body.reason ?? null });
  return send(200, { id: one.id, state: one.state });
}

const upper = (text) => (text ?? "").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF");

function detailOf(one, user) {
  const { acts, happened: _, plate: __, ...rest } = one;
  const signed = ["decision_signed", "decision_delivered", "overdue", "enforcement", "paid", "cleared", "closed"].includes(one.state);
  return { ...rest, ...rowOf(one), acts: acts.map(({ kind: _kind, key: _key, ...act_ }) => act_), combined: combined(one), payment: signed ? one.payment : null, chain_broken_at: null, actions: actionsOf(one, user) };
}

function list({ query, page, send }) {
  const is = (row, key) => !query.get(key) || query.get(key) === row[key];
  const before = { late: Date.now(), soon: Date.now() + 2 * 86_400_000 }[query.get("due")];
  const q = (query.get("q") ?? "").toUpperCase().replace(/[^A-Z0-9-]/g, "");
  const rows = handlings.map(rowOf).filter((row) => is(row, "state") && is(row, "site") && (!before || (row.due && Date.parse(row.due.at) <= before)) && (!q || row.number.startsWith(q) || row.cases.some(({ number, plate_display }) => number.startsWith(q) || upper(plate_display).startsWith(q))));
  const counts = {};
  for (const { state } of handlings) counts[state] = (counts[state] ?? 0) + 1;
  return send(200, { ...page(rows.toSorted((a, b) => (query.get("sort") === "changed" ? b.updated_at.localeCompare(a.updated_at) : (a.due?.at ?? "9").localeCompare(b.due?.at ?? "9"))), query), counts });
}

function join(body, user, send, refuse) {
  if (user.role !== "traffic_police") return refuse(403, "forbidden", "the role of this account may not do that");
  if ((body.case_ids?.length ?? 0) < 2) return refuse(422, "bad_fields", "case_ids: 2 to 20 cases");
  const chosen = body.case_ids.map((id) => cases.find((one) => one.id === id));
  if (new Set(chosen.map(({ plate }) => plate)).size > 1) return refuse(409, "other_party", "only cases of one liable party are joined", [trouble("action", "other_party", "chỉ gộp vụ việc của cùng một người chịu trách nhiệm", "only cases of one liable party are joined")]);
  return send(200, { id: handlings[8].id, state: handlings[8].state });
}

/** Answers `/handlings…`, `/violations/…`, `/documents/…`; `undefined` for another path. */
export function handlingRoutes(call) {
  const { method, path, user, body, send, refuse, response } = call;
  const [, resource, id, more, word] = path.split("/");
  if (resource === "documents" && id) {
    response.writeHead(200, { "content-type": "application/pdf" });
    response.end(PDF);
    return true;
  }
  const figures = violationRoutes(call);
  if (figures !== undefined || resource !== "handlings") return figures;
  if (!whoOf(user)) return refuse(403, "forbidden", "the role of this account may not do that");
  if (!id) return method === "POST" ? join(body, user, send, refuse) : list(call);
  const one = handlings.find((row) => row.id === id);
  if (!one) return refuse(404, "not_found", "there is no such handling, or not for this account");
  if (method === "GET" && more === "drafts") {
    if (paperOf(one, word)?.state !== "drafted") return refuse(404, "not_found", "there is no draft of this paper");
    response.writeHead(200, { "content-type": "application/pdf" });
    response.end(PDF);
    return true;
  }
  if (method === "POST" && more === "actions") return act(one, word, body, user, send, refuse);
  return send(200, detailOf(one, user));
}
