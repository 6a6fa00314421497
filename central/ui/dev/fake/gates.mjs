// Invented gates: policies, decisions, who is inside, evacuation, what central would have decided otherwise.
import { SITES, nextFeed, pictures, random, sha } from "./data.mjs";

const pick = (list) => list[Math.floor(random() * list.length)];
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

const policy = (id, changes = {}) => ({
  id, wanted: "vehicle", rules: [{ id: "ca-ngay", groups: [], lists: ["allow"], schedule: "ca-ngay", verdict: "admit" }, { id: "giao-hang", groups: ["van-tai-b"], lists: ["allow"], schedule: null, verdict: "admit" }],
  unknown: "wait", least_trust: null, least_score: 0.85, anti_passback: { mode: "soft" }, quotas: true, interlock: [], tailgating: { bodies: 1, window_s: 8 },
  staleness: { fresh_s: 900, usable_s: 86_400, when_old: "wait" }, faces: "off", pair_s: 30, ...changes,
});
const lane = (id, name_vi, name_en, way, rules) => ({ id, name_vi, name_en, way, policy: rules });

/** By site: the document that the policy page edits. */
export const policies = new Map([
  ["khanh-phu", {
    version: 318, paper_form: "BM-07",
    holidays: [{ date: "2026-09-02", off: true, name_vi: "Quốc khánh" }, { date: "2027-01-01", off: true, name_vi: "Tết Dương lịch" }, { date: "2026-12-26", off: false, name_vi: "Làm bù" }],
    schedules: [
      { id: "ca-ngay", name_vi: "Ca ngày", name_en: "Day shift", windows: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat"], from: "05:00:00", until: "18:00:00" }] },
      { id: "ca-dem", name_vi: "Ca đêm", name_en: "Night shift", windows: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "21:30:00", until: "06:00:00" }] },
    ],
    groups: [
      { id: "may-a", kind: "enterprise", name: "Công ty TNHH May Mẫu A", vehicle_quota: 40, person_quota: 600 },
      { id: "van-tai-b", kind: "enterprise", name: "Công ty Vận tải Ví Dụ B", vehicle_quota: 25, person_quota: 80 },
      { id: "xay-lap", kind: "contractor", name: "Nhà thầu Xây lắp Thử", vehicle_quota: 10, person_quota: 40 },
      { id: "ban-quan-ly", kind: "staff", name: "Ban quản lý KCN", vehicle_quota: null, person_quota: null },
    ],
    gates: [
      { id: "cong-2", name_vi: "Cổng 2", name_en: "Gate 2", area: "khu-a", person_capacity: 3000, vehicle_capacity: 120, lanes: [
        lane("vao-1", "Làn vào 1 (xe)", "Entry 1 (vehicles)", "in", policy("xe-vao")),
        lane("ra-1", "Làn ra 1 (xe)", "Exit 1 (vehicles)", "out", policy("xe-ra", { unknown: "admit", rules: [] })),
        lane("di-bo", "Cửa công nhân", "Workers' door", "both", policy("cong-nhan", { wanted: "person", unknown: "deny", least_trust: "qr_and_register", anti_passback: { mode: "timed", minutes: 5 } })),
      ] },
      { id: "cong-3", name_vi: "Cổng 3 (hàng)", name_en: "Gate 3 (freight)", area: "khu-a", person_capacity: 3000, vehicle_capacity: 120, lanes: [
        lane("hang-vao", "Làn hàng vào", "Freight in", "in", policy("hang", { wanted: "vehicle_and_driver", interlock: ["hang-ra"] })),
        lane("hang-ra", "Làn hàng ra", "Freight out", "out", policy("hang-ra", { rules: [] })),
      ] },
    ],
  }],
  ["trang-an", {
    version: 42, paper_form: "BM-02", holidays: [], schedules: [{ id: "gio-mo-cua", name_vi: "Giờ mở cửa", name_en: "Opening hours", windows: [{ days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"], from: "07:00:00", until: "17:00:00" }] }],
    groups: [{ id: "doan", kind: "tour", name: "Đoàn khách", vehicle_quota: null, person_quota: null }],
    gates: [{ id: "ben-thuyen", name_vi: "Cổng bến thuyền", name_en: "Boat landing", area: "ben", person_capacity: 2500, vehicle_capacity: null, lanes: [lane("khach-vao", "Lối khách", "Visitors", "both", policy("dem-nguoi", { wanted: "anonymous", rules: [], unknown: "admit" }))] }],
  }],
]);
export const history = new Map([...policies].map(([site, document]) => [site, [{ version: document.version, changed_at: ago(900), changed_by: "Đỗ Quản Lý", approved_by: "Trưởng Ban", note: "Thêm ca đêm", changes: [{ path: "schedules[ca-dem]", from: null, to: document.schedules.at(-1) }] }]]));

const inside = new Map([["khu-a", { people: 1204, vehicles: 87 }], ["ben", { people: 451, vehicles: 0 }]]);
const STEP = { "cong-2": ["full", "full", "full"], "cong-3": ["centre_lost", "reader_lost"], "ben-thuyen": ["full"] };
const AGENT = { "cong-2": "kp-edge-1", "cong-3": "kp-edge-2", "ben-thuyen": "ta-edge-1" };
const lowest = (steps) => steps.toSorted((a, b) => ["full", "centre_lost", "camera_lost", "reader_lost", "by_hand"].indexOf(b) - ["full", "centre_lost", "camera_lost", "reader_lost", "by_hand"].indexOf(a))[0];

export function gateRows() {
  return [...policies].flatMap(([site, document]) =>
    document.gates.map((gate) => ({
      site, ...gate,
      lanes: gate.lanes.map((one, at) => ({ ...one, step: STEP[gate.id]?.[at] ?? "full", barrier: one.policy.wanted === "anonymous" ? null : "closed", waiting: gate.id === "cong-2" && at === 0 ? 3 : 0 })),
      desk_url: AGENT[gate.id] ? "http://10.20.0.5:8090" : null,
      list: { version: document.version, made_at: ago(4), in_use: AGENT[gate.id] ? [{ agent: AGENT[gate.id], version: document.version - (gate.id === "cong-3" ? 3 : 0), made_at: ago(gate.id === "cong-3" ? 190 : 4), step: lowest(STEP[gate.id]) }] : [] },
      ...(inside.get(gate.area) ?? { people: 0, vehicles: 0 }),
      deciding_alone: site === "khanh-phu" ? ["kp-edge-2"] : [],
    })),
  );
}

/** Weights, verdict of the machine, reason, list entry. */
const CASES = [
  [58, "admit", "listed", true], [8, "wait", "not_listed", false], [6, "deny", "out_of_hours", true], [4, "wait", "unsure", false], [4, "wait", "check_papers", true], [3, "deny", "blocked", true],
  [3, "wait", "quota_full", true], [3, "wait", "unreadable", false], [2, "deny", "expired", true], [2, "wait", "possible", false], [2, "deny", "already_inside", true], [3, "wait", "proof_needed", true],
];
const LABELS = [["Xe Cty May Mẫu A", "Công ty TNHH May Mẫu A"], ["Xe tải Ví Dụ B", "Công ty Vận tải Ví Dụ B"], ["Nguyễn V. M.", "Công ty TNHH May Mẫu A"], ["Trần T. V.", "Nhà thầu Xây lắp Thử"]];
const GROUP_ID = { "Công ty TNHH May Mẫu A": "may-a", "Công ty Vận tải Ví Dụ B": "van-tai-b", "Nhà thầu Xây lắp Thử": "xay-lap" };
const ASKS = { person: { keys: [["card", "9f2c11d04be7a3f6"]], trust: "qr_and_register", offline: false, mismatch: false, papers_checked: false } };

export const accesses = [];
const details = new Map();

/** A decision at a lane, by a passage that a camera saw or by a card. */
export function makeAccess(at, passage, forced) {
  let left = random() * CASES.reduce((sum, [weight]) => sum + weight, 0);
  const [, answer, reason, listed] = forced ?? CASES.find(([weight]) => (left -= weight) < 0) ?? CASES[0];
  const onFoot = !passage;
  const gate = onFoot ? "cong-2" : pick(["cong-2", "cong-2", "cong-3"]);
  const out = passage?.direction === "out";
  const where = gate === "cong-3" ? (out ? "hang-ra" : "hang-vao") : onFoot ? "di-bo" : out ? "ra-1" : "vao-1";
  const [label, group] = onFoot ? LABELS[2 + Math.floor(random() * 2)] : LABELS[Math.floor(random() * 2)];
  const guard = answer === "wait" ? pick(["admit", "admit", "deny"]) : answer === "deny" && random() < 0.3 ? "admit" : null;
  const verdict = guard ?? answer;
  const alone = gate === "cong-3";
  const number = nextFeed();
  const id = `019ac000-${sha(`access${number}`).slice(0, 4)}-7${sha(`x${number}`).slice(0, 3)}-8${sha(`y${number}`).slice(0, 3)}-${sha(`z${number}`).slice(0, 12)}`;
  const acts = guard ? [{ at: new Date(at.getTime() + 9_000).toISOString(), act: guard, user: "Trần Văn Gác", reason: guard === "admit" ? "host_confirmed" : "no_permission", note: answer === "deny" ? "Ca trưởng đồng ý qua điện thoại" : null, overrides: guard === answer ? null : answer }] : [];
  const access = {
    id, feed_id: number, site: "khanh-phu", agent: AGENT[gate], gate, lane: where, at: at.toISOString(), direction: out ? "out" : "in", verdict, decided: answer, reason, rule: reason === "listed" ? "ca-ngay" : null, warnings: alone ? ["list_stale"] : [],
    actor: guard ? "Trần Văn Gác" : null, outcome: verdict === "admit" ? "passed" : pick(["turned_back", "turned_back", "passed_unadmitted"]), barrier: verdict === "admit" ? "closed" : "idle", bodies: verdict === "admit" ? 1 : 0,
    list_version: alone ? 315 : 318, list_age_s: alone ? 11_200 : 240, freshness: alone ? "stale" : "fresh", alone_since: alone ? ago(187) : null, late: alone && random() < 0.4, label: listed || onFoot ? label : null, driver_label: null, group: listed || onFoot ? GROUP_ID[group] : null, group_name: listed || onFoot ? group : null, plate: passage?.reading?.text ?? null, form: null, otherwise: null,
    reading: reason === "unreadable" ? null : (passage?.reading ?? null), command_ms: answer === "admit" ? 90 + Math.floor(random() * 120) : null, ended_at: new Date(at.getTime() + 14_000).toISOString(), passage: passage?.id ?? null, thumbnail: passage?.thumbnail ?? null, acts,
  };
  details.set(id, {
    ask: { vehicle: passage ? { text: passage.reading?.text ?? null, score: passage.reading?.score ?? 0, others: reason === "possible" ? ["35A12346"] : [] } : null, person: onFoot || gate === "cong-3" ? ASKS.person : null, escort: false, emergency: false, face_hint: false, open_lanes: [] },
    rule_text: access.rule ? { id: access.rule, groups: [], lists: ["allow"], schedule: "ca-ngay", verdict: "admit" } : null,
    list_entry: access.label ? { id: `m-${number}`, label: access.label, list: reason === "blocked" ? "block" : "allow", group: access.group, valid_until: reason === "expired" ? ago(3000) : null } : null,
  });
  accesses.unshift(access);
  if (alone && accesses.length % 5 === 0) otherwise.unshift(makeOtherwise(access));
  if (otherwise[0]?.access === access.id) access.otherwise = "open";
  return access;
}

export const otherwise = [];
function makeOtherwise(access) {
  const other = access.decided === "admit" ? ["deny", "expired", "Thẻ của xe này bị thu hồi lúc 09:12, sau khi cổng mất trung tâm.", "This vehicle's pass was revoked at 09:12, after the gate had lost central."] : ["admit", "listed", "Xe được thêm vào danh sách lúc 09:40; cổng chưa nhận được.", "The vehicle was added at 09:40; the gate had not received it."];
  return {
    id: access.id, feed_id: access.feed_id, access: access.id, site: access.site, at: access.at,
    edge: { verdict: access.decided, reason: access.reason, list_version: 315, list_age_s: access.list_age_s }, central: { verdict: other[0], reason: other[1], list_version: 318 }, why_vi: other[2], why_en: other[3], state: "open", seen_by: null, seen_at: null, note: null,
  };
}

export const detailOf = (access) => ({ ...access, ...details.get(access.id), would_have_been: otherwise.find((row) => row.access === access.id) ?? null });

const NAMES = ["Nguyễn V. M.", "Trần T. V.", "Lê M. T.", "Phạm T. G.", "Đỗ Q. M.", "Hoàng V. B.", "Vũ T. C.", "Bùi Đ. K.", "Đặng T. H.", "Ngô V. S.", "Dương T. L.", "Lý V. P."];
const GROUPS = Object.keys(GROUP_ID);
export const insideRows = Array.from({ length: 26 }, (_, at) => {
  const vehicle = at % 4 === 3;
  return { subject: `s-${at}`, site: "khanh-phu", kind: vehicle ? "vehicle" : "person", label: vehicle ? `35C-${120 + at}.${10 + at}` : NAMES[at % NAMES.length], group: GROUP_ID[GROUPS[at % 3]], group_name: GROUPS[at % 3], area: "khu-a", gate: at % 5 === 0 ? "cong-3" : "cong-2", lane: vehicle ? "vao-1" : "di-bo", since: ago(20 + at * 23), overstayed: at > 22, entry_access: null, accounted: at % 3 !== 0 };
});
export const stays = () =>
  insideRows.slice(0, 18).map((row, at) => {
    const state = at % 9 === 8 ? "no_entry" : at % 7 === 6 ? "no_exit" : at % 3 === 0 ? "inside" : "left";
    return { id: `stay-${at}`, subject: row.subject, kind: row.kind, label: row.label, group: row.group, group_name: row.group_name, area: row.area, in: state === "no_entry" ? null : row.since, out: ["left", "no_entry"].includes(state) ? ago(5 + at) : null, entry_access: null, exit_access: null, duration_s: state === "left" ? 3000 + at * 700 : null, overstayed: row.overstayed, state };
  });
export const muster = { since: null, by: null, state: "none" };
export function musterOf(site) {
  const known = site === "khanh-phu" ? insideRows.filter((row) => row.kind === "person").map((row) => ({ ...row, accounted: muster.state === "running" && row.accounted })) : [];
  const accounted = known.filter((row) => row.accounted).length;
  return { ...muster, known, anonymous: site === "khanh-phu" ? 12 : 451, accounted, missing: known.length - accounted };
}

/** Alerts of gates and areas, one of each kind, with an invented picture. */
export function incidentAlerts() {
  const kinds = [
    ["tailgating", "high", "Hai người qua trên một lượt", "Two people on one admission", "Cửa công nhân: một lượt được phép, hai người đi qua trong 6 giây.", "Workers' door: one admission, two people within 6 seconds.", 2],
    ["intrusion", "high", "Có người trong khu cấm", "Somebody in a forbidden area", "Khu kho hóa chất không cho vào.", "The chemicals store is closed to everybody.", 1],
    ["barrier_forced", "critical", "Rào chắn bị mở cưỡng bức", "The barrier was forced", "Rào mở mà không có lệnh.", "It opened without a command.", 0],
    ["crowding", "medium", "Sân ga đông trước tàu SE3", "Platform crowded before train SE3", "212 người, ngưỡng trước tàu là 200.", "212 people; before a train 200 is too many.", 212],
    ["possible_face", "medium", "Có thể trùng khuôn mặt", "Possible face match", "Chỉ là gợi ý kiểm tra giấy tờ.", "Only a hint to check papers.", 0],
    ["after_hours", "medium", "Có người trong khu ngoài giờ", "Somebody there after hours", "Khu bến thuyền đóng cửa lúc 17:00.", "The boat landing closes at 17:00.", 1],
    ["overstay", "low", "Quá giờ lưu trú", "Overstayed", "Thẻ khách 120 phút, đã ở 190 phút.", "A visitor's pass for 120 minutes, 190 minutes inside.", 0],
  ];
  return kinds.map(([kind, severity, title_vi, title_en, reason_vi, reason_en, count], at) => {
    const number = nextFeed();
    const picture = sha(`incident:${kind}`);
    pictures.set(picture, { scene: { ground: "gate", hour: 8 + at, seed: at, class: "car", box: null, plate: null } });
    const raised_at = ago(3 + at * 21);
    return {
      id: `alert-${number}`, feed_id: number, kind, severity, state: "new", certainty: kind === "possible_face" ? "possible" : "exact", site: at === 5 ? "trang-an" : "khanh-phu", camera: "cong-2-vao", camera_name: "Cổng 2 · làn vào", passage_id: null, source_id: `e-${number}`,
      incident: { incident: kind, rule: "kho-hoa-chat", gate: kind === "intrusion" ? null : "cong-2", lane: kind === "intrusion" ? null : "di-bo", access: kind === "tailgating" ? (accesses[0]?.id ?? null) : null, count, box: kind === "intrusion" ? [520, 300, 120, 280] : null, picture: kind === "intrusion" ? [1280, 720] : null },
      plate_display: "", plate_kind: null, plate_colour: null, lines: 1, title_vi, title_en, reason_vi, reason_en, raised_at, captured_at: raised_at, thumbnail: picture, acknowledged_by: null, acknowledged_at: null, history: [{ at: raised_at, actor: "system", from: null, to: "new", note: null }],
    };
  });
}

export const siteNames = new Map(SITES.map((site) => [site.id, site.name]));
