// Invented sites, cameras, vehicles, passages and alerts, made from a fixed seed.
import { createHash } from "node:crypto";

export const sha = (text) => createHash("sha256").update(text).digest("hex");

let state = 20261121;
export function random() {
  state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0;
  return state / 4294967296;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const digits = (n) => Array.from({ length: n }, () => Math.floor(random() * 10)).join("");

export const SITES = [
  { id: "khanh-phu", name: "KCN Khánh Phú", model: "access_industrial" },
  { id: "trang-an", name: "Khu du lịch Tràng An", model: "access_tourist" },
  { id: "nga-tu-le-hong-phong", name: "Ngã tư Lê Hồng Phong", model: "traffic_violation" },
];

const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
export const CAMERAS = [
  ["khanh-phu", "kp-edge-1", "cong-2-vao", "Cổng 2 · làn vào", "gate", "live"],
  ["khanh-phu", "kp-edge-1", "cong-2-ra", "Cổng 2 · làn ra", "gate", "live"],
  ["khanh-phu", "kp-edge-1", "kho-phia-bac", "Kho phía Bắc", "gate", "auth_failed"],
  ["trang-an", "ta-edge-1", "ben-thuyen", "Bến thuyền", "street", "live"],
  ["trang-an", "ta-edge-1", "bai-xe", "Bãi xe P1", "gate", "stale"],
  ["nga-tu-le-hong-phong", "lhp-edge-1", "huong-bac", "Hướng Bắc", "street", "live"],
  ["nga-tu-le-hong-phong", "lhp-edge-1", "huong-nam", "Hướng Nam", "street", "live"],
  ["nga-tu-le-hong-phong", "lhp-edge-1", "huong-dong", "Hướng Đông", "street", "live"],
  ["nga-tu-le-hong-phong", "lhp-edge-1", "cau-lim", "Cầu Lim", "street", "live"],
  ["nga-tu-le-hong-phong", "lhp-edge-1", "huong-tay", "Hướng Tây", "street", "live"],
].map(([site, agent, camera, name, ground, is], at) => ({
  ground,
  row: {
    site, agent, camera, name, kind: ground === "gate" ? "gate" : "junction", state: is,
    since: is === "live" ? minutesAgo(400) : minutesAgo(is === "stale" ? 3.4 : 61),
    last_frame_at: is === "auth_failed" ? null : minutesAgo(is === "stale" ? 3.4 : 0.01),
    fps: is === "live" ? 8 + at * 0.3 : 0, analysed: is === "auth_failed" ? 0 : 148_203 + at * 7_919,
    dropped: at * 37, reconnects: is === "live" ? at % 3 : 14, time_source: is === "auth_failed" ? null : at === 4 ? "arrival" : "rtcp",
    snapshot: is === "auth_failed" ? null : sha(`snapshot:${camera}`),
  },
}));

export const AGENTS = [
  { site: "khanh-phu", agent: "kp-edge-1", state: "online", last_seen: minutesAgo(0.03), version: "0.1.0", outbox: { events: 0, bytes: 0, oldest_seq: null, evicted: { preview: 0, crossing: 0, vehicle: 0, watch: 0 } }, next_seq: 18_442, gaps: 0, enrolled_at: minutesAgo(60 * 24 * 12) },
  { site: "khanh-phu", agent: "kp-edge-2", state: "offline", last_seen: minutesAgo(187), version: "0.1.0", outbox: null, next_seq: 6_120, gaps: 0, enrolled_at: minutesAgo(60 * 24 * 12) },
  { site: "trang-an", agent: "ta-edge-1", state: "online", last_seen: minutesAgo(0.05), version: "0.1.0", outbox: { events: 214, bytes: 48_233_120, oldest_seq: 9_120, evicted: { preview: 96, crossing: 12, vehicle: 0, watch: 0 } }, next_seq: 9_334, gaps: 12, enrolled_at: minutesAgo(60 * 24 * 5) },
  { site: "nga-tu-le-hong-phong", agent: "lhp-edge-1", state: "offline", last_seen: minutesAgo(18), version: "0.1.0", outbox: null, next_seq: 3_301, gaps: 0, enrolled_at: minutesAgo(60 * 30) },
];

const OWNERS = ["Nguyễn Văn Mẫu", "Trần Thị Ví Dụ", "Lê Minh Thử", "Phạm Thu Giả", "Công ty TNHH Vận tải Thử Nghiệm", "Đỗ Quang Mẫu"];
const MAKES = { car: [["Toyota", "Vios"], ["Hyundai", "Accent"], ["Ford", "Ranger"], ["VinFast", "VF 5"]], motorcycle: [["Honda", "Wave Alpha"], ["Yamaha", "Sirius"], ["Honda", "Vision"]], truck: [["Isuzu", "QKR"], ["Hino", "300"]], bus: [["Thaco", "Town"]] };
const COLOUR_WORD = { white: "trắng", silver: "bạc", black: "đen", red: "đỏ", blue: "xanh dương", green: "xanh lá", yellow: "vàng" };

function plateFor(kind, vehicleClass) {
  const province = pick(["35", "30", "29", "18", "90", "36", "59"]);
  const order = digits(5).replace(/^0{5}$/, "00001");
  const number = `${order.slice(0, 3)}.${order.slice(3)}`;
  if (kind === "military") return { display: "KV-69-38", text: "KV6938", lines: 1, ground: "#b7151b", ink: "#fff", parts: ["KV-69-38"] };
  if (vehicleClass === "motorcycle") {
    const series = pick(["B1", "F2", "AA", "P1"]);
    return { display: `${province}-${series} ${number}`, text: province + series + order, lines: 2, parts: [`${province}-${series}`, number] };
  }
  const series = pick(["A", "C", "D", "H", "K"]);
  const two = random() < 0.35;
  return { display: `${province}${series}-${number}`, text: province + series + order, lines: two ? 2 : 1, parts: two ? [`${province}${series}`, number] : [`${province}${series}-${number}`] };
}

let feed = 1000;
let sequence = 18_000;
export const nextFeed = () => (feed += 1);
const scenes = new Map();
export const pictures = new Map();

for (const { ground, row } of CAMERAS) {
  if (row.snapshot) pictures.set(row.snapshot, { scene: { ground, hour: 9, seed: 3, class: "car", box: null, plate: null } });
}

const SITUATIONS = [
  ["found", "none", 62], ["not_found", "none", 7], ["found", "exact", 4], ["found", "possible", 5], ["stolen", "none", 3],
  ["revoked", "none", 3], ["multiple", "none", 2], ["military", "none", 3], ["unavailable", "none", 4], ["unread", "none", 9],
];

function situation() {
  let at = random() * SITUATIONS.reduce((sum, [, , weight]) => sum + weight, 0);
  return SITUATIONS.find(([, , weight]) => (at -= weight) < 0) ?? SITUATIONS[0];
}

/** Kind, colour and bearer as central tells them. */
function meaningOf(kind) {
  const [word, colour, bearer] = { business_yellow: ["car", "yellow", "business"], blue_car: ["state_car", "blue", "state"], military: ["military", "red", "military"] }[kind] ?? [kind, "white", "civil"];
  return { kind: word, colour: { value: colour, score: 0.93 }, class: bearer, country: null };
}

function readingOf(plate, kind, box) {
  const repaired = random() < 0.25;
  const raw = repaired ? plate.text.replace(/[A-Z]/, (letter) => ({ D: "0", A: "4", B: "8", F: "E" })[letter] ?? letter) : plate.text;
  const at = [...raw].findIndex((character, index) => character !== plate.text[index]);
  return {
    text: plate.text, display: plate.display, raw, valid: true, ...meaningOf(kind), lines: plate.lines, score: 0.88 + random() * 0.115, votes: 6 + Math.floor(random() * 6), reads: 12,
    candidates: [{ text: plate.text, score: 0.94 }, { text: plate.text.replace(/\d$/, (d) => String((Number(d) + 3) % 10)), score: 0.21 }, { text: plate.text.replace("1", "7"), score: 0.08 }].filter((c, index, all) => all.findIndex((d) => d.text === c.text) === index),
    edits: at >= 0 ? [`${at}:${raw[at]}→${plate.text[at]}`] : [], ambiguous: [], box,
  };
}

export function makePassage(capturedAt, forced) {
  const { ground, row } = pick(CAMERAS.filter((camera) => camera.row.state === "live"));
  const [registry, watchlist] = forced ?? situation();
  const unread = registry === "unread";
  const vehicleClass = registry === "military" ? "car" : pick(["car", "car", "motorcycle", "motorcycle", "truck"]);
  const kind = registry === "military" ? "military" : vehicleClass === "motorcycle" ? "motorcycle_old" : vehicleClass === "truck" && random() < 0.6 ? "business_yellow" : random() < 0.08 ? "blue_car" : "car";
  const plate = plateFor(kind, vehicleClass);
  const colour = kind === "military" ? "green" : pick(Object.keys(COLOUR_WORD));
  const w = vehicleClass === "motorcycle" ? 190 : vehicleClass === "truck" ? 430 : 380;
  const h = vehicleClass === "motorcycle" ? 330 : vehicleClass === "truck" ? 400 : 300;
  const box = [Math.round(380 + random() * 260), Math.round(690 - h - random() * 70), w, h];
  const pw = vehicleClass === "motorcycle" ? 62 : plate.lines === 2 ? 84 : 128;
  const ph = vehicleClass === "motorcycle" ? 46 : plate.lines === 2 ? 44 : 28;
  const py = vehicleClass === "motorcycle" ? 0.61 : vehicleClass === "truck" ? 0.74 : 0.7;
  const plateBox = [Math.round(box[0] + w / 2 - pw / 2), Math.round(box[1] + h * py), pw, ph];
  const inks = { business_yellow: ["#f6c21a", "#14181a"], blue_car: ["#0b4ea2", "#fff"], military: ["#b7151b", "#fff"] }[kind] ?? ["#f4f4ef", "#14181a"];
  const number = nextFeed();
  const id = `019ab3f0-${sha(`passage${number}`).slice(0, 4)}-7${sha(`b${number}`).slice(0, 3)}-9${sha(`c${number}`).slice(0, 3)}-${sha(`d${number}`).slice(0, 12)}`;
  const scene = { ground, hour: new Date(capturedAt.getTime() + 7 * 3_600_000).getUTCHours(), seed: number % 97, class: vehicleClass, colour, box, plate: { x: plateBox[0], y: plateBox[1], w: pw, h: ph, lines: plate.parts, ground: inks[0], ink: inks[1] } };
  scenes.set(id, scene);
  const around = [box[0] - 20, box[1] - 20, w + 40, Math.min(h + 40, 720 - box[1] + 20)];
  const evidence = [["overview", [0, 0, 1280, 720]], ["vehicle", around], ...(unread ? [] : [["plate", [plateBox[0] - 8, plateBox[1] - 6, pw + 16, ph + 12]]])].map(([role, view]) => {
    const sha256 = sha(`${id}:${role}`);
    pictures.set(sha256, { scene, view });
    return { sha256, role, width: view[2], height: view[3], bytes: 48_000 + number, absent: false };
  });
  const late = random() < 0.05;
  const known = ["found", "stolen", "revoked"].includes(registry);
  const make = pick(MAKES[vehicleClass]);
  const owner = pick(OWNERS);
  const passage = {
    id, feed_id: number, site: row.site, camera: row.camera, camera_name: row.name, agent: row.agent, seq: (sequence += 1), phase: "settled", captured_at: capturedAt.toISOString(), uncertainty_ms: random() < 0.15 ? 350 : 18,
    time_source: "rtcp", received_at: new Date(capturedAt.getTime() + (late ? 840_000 : 900)).toISOString(), late, class: vehicleClass, direction: pick(["in", "in", "out"]), rule: "vach-1",
    reading: unread ? null : readingOf(plate, kind, plateBox), no_reading: unread ? pick(["no_plate_found", "too_small", "unreadable"]) : null,
    plate_finding: unread && number % 2 === 0 ? { kind: "unreadable", score: 0.72, looks: 7 } : null,
    box, picture: [1280, 720], thumbnail: evidence[1].sha256, evidence, match: { registry: unread ? "not_asked" : registry, watchlist },
    vehicle: known ? { make: make[0], model: make[1], colour: COLOUR_WORD[colour], type: { car: "Ô tô con", motorcycle: "Xe mô tô", truck: "Ô tô tải", bus: "Ô tô khách" }[vehicleClass] } : null,
    owner_masked: known ? owner.replace(/^(\S+) (\S)\S* (\S).*$/, "$1 $2. $3.") : null, alert_id: null,
  };
  return { passage, owner: known ? owner : null };
}

export function makeAlert(passage) {
  const { watchlist, registry } = passage.match;
  const possible = watchlist === "possible";
  const stolen = registry === "stolen";
  if (watchlist === "none" && !stolen && registry !== "multiple") return null;
  const kind = watchlist !== "none" ? "watchlist_plate" : stolen ? "stolen_vehicle" : "registry_mismatch";
  const number = nextFeed();
  const words = {
    watchlist_plate: possible ? ["Có thể là xe trong danh sách theo dõi", "Possibly a vehicle on the watch list", "Khác 1 ký tự dễ nhầm (8 và B) so với mục trong danh sách “Xe cần kiểm tra”.", "Differs by one easily confused character (8 and B) from an entry of the list “Vehicles to check”."] : ["Xe trong danh sách theo dõi", "Vehicle on the watch list", "Biển số khớp từng ký tự với một mục trong danh sách “Xe cần kiểm tra”.", "The plate agrees in every character with an entry of the list “Vehicles to check”."],
    stolen_vehicle: ["Xe báo mất cắp", "Vehicle reported stolen", "Cơ sở dữ liệu đăng ký xe ghi: báo mất ngày 12/11/2026.", "The vehicle registry says: reported stolen on 12/11/2026."],
    registry_mismatch: ["Biển có nhiều đăng ký", "Plate with several registrations", "Hai bản ghi đăng ký cùng một biển số.", "Two registrations carry the same plate."],
  }[kind];
  const alert = {
    id: `alert-${number}`, feed_id: number, kind, severity: stolen ? "critical" : possible ? "medium" : kind === "registry_mismatch" ? "low" : "high", state: "new", certainty: possible ? "possible" : "exact", site: passage.site, camera: passage.camera,
    camera_name: passage.camera_name, passage_id: passage.id, plate_display: passage.reading?.display ?? null, plate_kind: passage.reading?.kind ?? null, plate_colour: passage.reading?.colour?.value ?? null, lines: passage.reading?.lines ?? null, title_vi: words[0], title_en: words[1], reason_vi: words[2], reason_en: words[3],
    raised_at: passage.received_at, captured_at: passage.captured_at, thumbnail: passage.thumbnail, acknowledged_by: null, acknowledged_at: null, history: [{ at: passage.received_at, actor: "system", from: null, to: "new", note: null }],
  };
  passage.alert_id = alert.id;
  return alert;
}
