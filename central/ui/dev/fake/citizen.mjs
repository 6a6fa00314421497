// The citizen's side and the verification page, on invented cases. Gives `undefined` for a path that is not one of these.
import { sha } from "./data.mjs";

const DAY = 86_400_000;
const at = (days) => new Date(Date.now() + days * DAY).toISOString();
const LIGHT = { title_vi: "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông", title_en: "Not obeying signal lights", clause: "Điểm b khoản 9 Điều 6 Nghị định 168/2024/NĐ-CP", fine_low: 18_000_000, fine_high: 20_000_000, points: 4 };
const LINE = { title_vi: "Không tuân thủ vạch kẻ đường", title_en: "Not obeying road markings", clause: "Điểm a khoản 1 Điều 7 Nghị định 168/2024/NĐ-CP", fine_low: 200_000, fine_high: 400_000, points: 0 };
const MAY = { confirm: false, name_driver: false, dispute: false, claim_transfer: false, explain: false, pay: false };
const CONTACT = { unit: "Phòng Cảnh sát giao thông, Công an tỉnh Ninh Bình", phone: "0229 387 1234", address: "Đường Lê Đại Hành, phường Hoa Lư, tỉnh Ninh Bình" };
const RIGHTS = { rights_vi: "Bạn có quyền xem chứng cứ, giải trình, khiếu nại.\nKhông đến giải quyết đúng hạn, cơ quan đăng kiểm và đăng ký xe sẽ được thông báo.", rights_en: "You may see the evidence, explain and complain.\nIf you do not come in time, the inspection and registration offices are told." };
const PICTURES = ["before_line", "on_line", "past_line"].map((what, n) => ({ n, role: "act", width: 1280, height: 720, what }));

const make = () => [
  { ref: "k7q2m9x4c3v8b1n6", kind_vi: "Vượt đèn đỏ", kind_en: "Ran a red light", place_vi: "Nút giao Lê Đại Hành – Trần Hưng Đạo", place_en: "Le Dai Hanh – Tran Hung Dao junction", at: at(-6), plate_display: "35A-123.45", state: "notice_delivered", state_vi: "Chờ bạn trả lời", state_en: "Waiting for your answer", next_step: "answer", due_at: at(9), amount: null, law: [LIGHT], pictures: PICTURES, ...RIGHTS, steps: [{ code: "noticed", done: true, at: at(-3) }, { code: "answered", done: false, at: null }], may: { ...MAY, confirm: true, name_driver: true, dispute: true, claim_transfer: true }, documents: [{ kind: "notice", number: "TB-2026-000123", issued_at: at(-3), n: 0 }], payment: null, together: 1, contact: CONTACT },
  { ref: "p3w8d5z1h6t2r9y4", kind_vi: "Đè, vượt vạch liền", kind_en: "Crossed a solid line", place_vi: "Đường Trần Hưng Đạo", at: at(-40), plate_display: "35-B1 224.68", state: "decision_delivered", state_vi: "Chờ nộp phạt", state_en: "To be paid", next_step: "pay", due_at: at(-2), amount: 300_000, law: [LINE], pictures: [], ...RIGHTS, steps: [{ code: "noticed", done: true, at: at(-36) }, { code: "minutes", done: true, at: at(-20) }, { code: "decision", done: true, at: at(-14) }, { code: "paid", done: false, at: null }], may: { ...MAY, pay: true }, documents: [{ kind: "notice", number: "TB-2026-000091", issued_at: at(-36), n: 0 }, { kind: "decision", number: "QĐ-2026-000042", issued_at: at(-14), n: 1 }], payment: { bill: "HD-000042", amount: 300_000, paid: false, paid_at: null, late_interest: 300, to_pay: 300_000 }, together: 1, contact: CONTACT },
];
/** One world per session, so that a test's answer is nobody else's. */
const sessions = new Map();
const PAPER = { kind: "notice", number: "TB-2026-000123", issued_on: at(-3).slice(0, 10), unit: CONTACT.unit, state: "valid", sha256: sha("a notice"), plate_masked: "35A-***.45", signer: "Trung tá Lê Mẫu", joined_into: null };
/** Of a file that was joined into another one. */
const JOINED = { ...PAPER, number: "TB-2026-000124", joined_into: "XL-2026-000117" };

const PICTURE = (n) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720"><rect width="1280" height="720" fill="#64717a"/><rect y="400" width="1280" height="320" fill="#3c464c"/><rect y="470" width="1280" height="14" fill="#f5f7f8"/><circle cx="1010" cy="120" r="24" fill="#d3302c"/><g fill="#8d9aa1" opacity="0.8"><rect x="180" y="380" width="180" height="120" rx="30"/><rect x="820" y="420" width="90" height="120" rx="40"/></g><rect x="520" y="${330 + n * 70}" width="240" height="150" rx="18" fill="#1e5f86"/><rect x="600" y="${440 + n * 70}" width="80" height="22" fill="#fff"/></svg>`;

const session = (request) => sessions.get(/vg_citizen=(\w+)/.exec(request.headers.cookie ?? "")?.[1]);

export function citizenRoutes({ request, response, method, path, body, form, send, refuse }) {
  const [, root, resource, ref, action, n] = path.split("/");
  if (root === "public" && resource === "documents") {
    if (ref === "abcdefghijklmnoq") return send(200, JOINED);
    if (ref !== "abcdefghijklmnop") return refuse(404, "not_found", "");
    return send(200, action === "check" ? { same: body.sha256 === PAPER.sha256 } : PAPER);
  }
  if (root !== "citizen") return undefined;
  if (resource === "session") {
    if (method === "DELETE") return send(204, undefined, { "set-cookie": "vg_citizen=; Max-Age=0; Path=/" });
    const refusal = { expired: "vneid_expired", replayed: "vneid_replayed", level1: "vneid_level" }[body.token];
    if (refusal) return refuse(401, refusal, "");
    if (!body.token && body.code !== "K7PM4QXD9T") return refuse(401, "bad_code", "");
    const token = sha(`${Math.random()}`);
    const cases = body.token === "nobody" ? [] : make();
    // A notice's code opens its own case, and lets nobody answer.
    sessions.set(token, { cases: body.token ? cases : cases.slice(0, 1).map((row) => ({ ...row, may: MAY })), reads: !body.token });
    return send(200, { name_masked: "N. V. M.", level: body.token ? 2 : 0 }, { "set-cookie": `vg_citizen=${token}; HttpOnly; SameSite=Strict; Path=/` });
  }
  const mine = session(request);
  if (!mine) return refuse(401, "not_signed_in", "");
  if (resource === "cases" && !ref) return send(200, { items: mine.cases });
  const found = mine.cases.find((row) => row.ref === ref);
  if (!found) return refuse(404, "not_found", "");
  if (method === "GET" && action === "pictures") {
    response.writeHead(200, { "content-type": "image/svg+xml" });
    return response.end(PICTURE(Number(n)) ?? "") ?? true;
  }
  if (method === "GET" && action === "documents") {
    response.writeHead(200, { "content-type": "application/pdf" });
    return response.end("%PDF-1.7\n") ?? true;
  }
  if (method === "GET") return send(200, found);
  if (mine.reads) return refuse(403, "vneid_level", "");
  if (action === "pay") {
    Object.assign(found, { next_step: "wait", steps: found.steps.map((step) => ({ ...step, done: true, at: step.at ?? at(0) })), state: "paid", state_vi: "Đã nộp phạt", state_en: "Paid", due_at: null, may: MAY, payment: { ...found.payment, paid: true, paid_at: at(0), to_pay: 0 } });
    found.documents.push({ kind: "receipt", number: "BL-2026-000042", issued_at: at(0), n: 2 });
    return send(200, { bill: "HD-000042", pay_url: `/vi-pham/${ref}` });
  }
  if (action === "dispute" && /filename="[^"]+\.exe"/.test(form)) return refuse(415, "bad_type", "");
  const answered = { confirm: ["acknowledged", "Bạn đã xác nhận", "You confirmed"], driver: ["driver_named", "Đã báo người lái", "Driver named"], dispute: ["disputed", "Đang xem lại", "Being looked at again"], transfer: ["transfer_claimed", "Đang kiểm tra chuyển nhượng", "Transfer being checked"], explanation: ["explanation", "Đã gửi giải trình", "Explanation sent"] }[action];
  if (!answered) return refuse(404, "not_found", "");
  const [state, state_vi, state_en] = answered;
  Object.assign(found, { state, state_vi, state_en, may: MAY, steps: found.steps.map((step) => (step.code === "answered" ? { ...step, done: true, at: at(0) } : step)) });
  return send(200, found);
}
