// Invented enterprises, people, vehicles, passes, visits, figures and timetables.
import { random, sha } from "./data.mjs";
import { policies } from "./gates.mjs";

const DAY = 86_400_000;
const inDays = (days) => new Date(Date.now() + days * DAY).toISOString();
const dayOf = (at) => new Date(at + 25_200_000).toISOString().slice(0, 10);
const CONTACT = { "may-a": "Bảo vệ Mẫu A · 0229 3 000 001", "van-tai-b": "Điều hành · 0229 3 000 002", "xay-lap": "Chỉ huy trưởng · 0912 000 003" };

export const groups = [...policies].flatMap(([site, document]) => document.groups.map((group) => ({ ...group, site, contact: CONTACT[group.id] ?? null, status: "active" })));
const NAMES = ["Nguyễn Văn Mẫu", "Trần Thị Ví", "Lê Minh Thử", "Phạm Thu Giả", "Đỗ Quang Mẫu", "Hoàng Văn Bản", "Vũ Thị Chép", "Bùi Đức Kiểm", "Đặng Thị Hư", "Ngô Văn Sao"];
export const members = ["may-a", "van-tai-b", "xay-lap"].flatMap((group, g) => [
  ...NAMES.map((name, at) => ({ id: `p-${group}-${at}`, site: "khanh-phu", kind: "person", group, name, number: `0370******${10 + g * 10 + at}`, plate: null, schedule: at % 4 === 0 ? "ca-dem" : at % 3 === 0 ? "ca-ngay" : null, valid_from: null, valid_until: group === "xay-lap" ? inDays(at * 9 - 8) : null, gates: [], drivers: [], escort: group === "xay-lap" && at % 5 === 0, status: group === "xay-lap" && at === 0 ? "expired" : at === 7 ? "blocked" : "active" })),
  ...Array.from({ length: 5 }, (_, at) => ({ id: `v-${group}-${at}`, site: "khanh-phu", kind: "vehicle", group, name: ["Xe ca", "Xe tải 2,5 t", "Xe con", "Xe tải 8 t", "Xe máy"][at], number: null, plate: `35C-${101 + g * 111 + at}.${20 + at}`, schedule: null, valid_from: null, valid_until: null, gates: [], drivers: [], escort: false, status: "active" })),
]);

/** A square of dots: looks like a code, says nothing. */
export function qr(text) {
  const size = 25;
  const bits = sha(text) + sha(`${text}2`) + sha(`${text}3`);
  const finder = (x, y) => [[0, 0], [size - 7, 0], [0, size - 7]].some(([a, b]) => x >= a && x < a + 7 && y >= b && y < b + 7 && (x === a || x === a + 6 || y === b || y === b + 6 || (x > a + 1 && x < a + 5 && y > b + 1 && y < b + 5)));
  const near = (x, y) => (x < 8 && y < 8) || (x > size - 9 && y < 8) || (x < 8 && y > size - 9);
  let cells = "";
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) if (near(x, y) ? finder(x, y) : (parseInt(bits[(x * 7 + y * 11) % bits.length], 16) + x * y) % 3 === 0) cells += `M${x} ${y}h1v1h-1z`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 ${size + 4} ${size + 4}" shape-rendering="crispEdges"><path d="M-2-2h${size + 4}v${size + 4}h-${size + 4}z" fill="#fff"/><path d="${cells}"/></svg>`;
}

let made = 0;
export const next = (stem) => `${stem}-${(made += 1)}`;
export const passes = [
  ["visitor", "Khách Phạm T. G.", "may-a", 0.3, 1, 0, "active"], ["contractor", "Tổ điện lạnh Thử", "xay-lap", 20, null, 6, "active"], ["driver", "Lái xe Hoàng V. B.", "van-tai-b", 0.2, 1, 1, "used_up"], ["visitor", "Đoàn kiểm tra", null, -2, 1, 0, "expired"], ["contractor", "Tổ sơn", "xay-lap", 9, null, 2, "revoked"],
].map(([kind, label, group, days, uses, used, state], at) => ({ id: `pass-${at}`, site: "khanh-phu", kind, label, group, plate: kind === "driver" ? "35C-212.20" : null, valid_from: inDays(-1), valid_until: inDays(days), uses, used, gates: [], escort: false, state }));

const today = dayOf(Date.now());
export const visits = [
  ["Phạm Thu Giả", 2, "08:30", "may-a", "approved", null, true], ["Hoàng Văn Bản", 1, "09:00", "van-tai-b", "waiting", null, false], ["Đoàn Sở Công Thương", 12, "09:30", null, "waiting", null, false], ["Marie Exemple", 1, "10:15", "may-a", "waiting", { country: "FRA" }, false], ["Lê Minh Thử", 3, "07:45", "may-a", "arrived", null, true], ["Bùi Đức Kiểm", 1, "14:00", "xay-lap", "refused", null, false],
].map(([name, people, time, host_group, state, foreign, bound], at) => ({ id: `visit-${at}`, site: at === 2 ? "khanh-phu" : "khanh-phu", code: sha(`visit${at}`).slice(0, 6).toUpperCase(), name, people, date: today, time, plate: at === 1 ? "29C-456.78" : null, host_group, foreign, state, bound, contact: "09** *** *12", reason: state === "refused" ? "Đơn vị không hẹn vào giờ này" : null, made_at: inDays(-1) }));
export const NOTICE = { notice_vi: "Chúng tôi dùng họ tên, giờ tới, số liên hệ và biển số (nếu có) chỉ để chuẩn bị cho bạn qua cổng vào ngày đã chọn.\nNhân viên cổng và đơn vị bạn tới gặp được xem. Thông tin được xóa sau 30 ngày.\nNếu không đồng ý, bạn vẫn có thể khai trực tiếp tại cổng.", notice_en: "We use your name, time, contact and plate (if any) only to prepare your way through the gate on the chosen day.\nThe gate's staff and those you visit may see them. They are erased after 30 days.\nIf you do not agree, you can still register in person at the gate.", dpo: "dpo@khanhphu.example · 0229 3 000 000" };

const correction = { id: "c-1", at: inDays(-0.1), user: "Đỗ Quản Lý", gate: "cong-2", area: "khu-a", people: -3, vehicles: 0, reason: "double_count", note: "Ba người quay lại lấy thẻ" };
export const corrections = [correction];

/** Figures of each gate by hour or day, deterministic so that a reading can be repeated. */
export function figures(site, first, last, by, gate) {
  // A day stands for its midnight, and for its end as the last one.
  const from = first.length === 10 ? `${first}T00:00:00+07:00` : first;
  const to = last.length === 10 ? new Date(Date.parse(`${last}T00:00:00+07:00`) + DAY).toISOString() : last;
  const gates = (policies.get(site)?.gates ?? []).map((row) => row.id).filter((id) => !gate || gate === id);
  const step = by === "day" ? DAY : 3_600_000;
  const rows = [];
  for (let at = Date.parse(from); at < Math.min(Date.parse(to), Date.now()); at += step) {
    const hour = by === "day" ? 8 : new Date(at + 25_200_000).getUTCHours();
    for (const [order, id] of gates.entries()) {
      const shape = (peak, width) => Math.exp(-((hour - peak) ** 2) / width);
      const scale = (by === "day" ? 9 : 1) * (order === 0 ? 1 : 0.3) * (1 + (parseInt(sha(`${id}${at}`).slice(0, 2), 16) - 128) / 900);
      const people_in = Math.round((420 * shape(7, 2) + 90 * shape(14, 4) + 6) * scale);
      const people_out = Math.round((400 * shape(17, 3) + 80 * shape(12, 3) + 5) * scale);
      const here = corrections.filter((one) => one.gate === id && Date.parse(one.at) >= at && Date.parse(one.at) < at + step);
      const off = id === "cong-3" && hour === 6;
      rows.push({ from: new Date(at).toISOString(), to: new Date(at + step).toISOString(), gate: id, people_in, people_out, vehicles_in: Math.round(people_in / 9), vehicles_out: Math.round(people_out / 9), inside_people: (order === 0 ? 900 : 240) + hour * 3, inside_vehicles: (order === 0 ? 60 : 20) + (hour % 9), corrections: here, loss: { lost: 0, late: off ? 14 : 0, offline: off ? [{ camera: "Camera 2", minutes: 3 }] : [], unexplained: 0 } });
    }
  }
  return rows;
}

export function report(site, period) {
  const rows = (policies.get(site)?.gates ?? []).map((gate, at) => ({ name: gate.name_vi, people_in: 3100 - at * 1900, people_out: 3050 - at * 1850, vehicles_in: 344 - at * 120, vehicles_out: 340 - at * 118, most_inside: 1312, admitted: 3290 - at * 1800, denied: 24 + at, waited: 91 - at * 30, overrides: 12 - at * 5, alerts: 7 - at * 3 }));
  return { site, period, rows, loss: { lost: 0, late: 14, offline: [{ camera: "Camera 2", minutes: 3 }] }, corrections: site === "khanh-phu" ? corrections : [], trains: site === "trang-an" ? [] : [{ train: "SE3", date: period, arrives: "21:25", departs: "21:28", delay_minutes: 12, people_in: 140, people_out: 96 }], due: period.length === 7 ? { by: "2026-12-14", days_left: 23, recipient: "PC06", receipt: null, sent: false } : null };
}

export const crowding = new Map();
export const crowdingOf = (site) => {
  if (!crowding.has(site)) crowding.set(site, [{ zone: "san-ga", name_vi: "Sân ga 1", name_en: "Platform 1", warn: 150, most: 260, schedule: null, train_minutes: 20, train_most: 200 }, { zone: "sanh", name_vi: "Sảnh chờ", name_en: "Waiting hall", warn: 200, most: 300, schedule: null, train_minutes: null, train_most: null }]);
  const now = new Date().toISOString();
  return { zones: crowding.get(site), now: [{ zone: "san-ga", people: 212, at: now, train: "SE3" }, { zone: "sanh", people: 88 + Math.floor(random() * 20), at: now, train: null }] };
};
export const trains = [["SE1", "01:12:00", "01:15:00", "1"], ["SE3", "21:25:00", "21:28:00", "1"], ["SE6", "16:40:00", "16:43:00", "2"], ["NA1", null, "22:35:00", "1"]].map(([train, arrives, departs, platform], at) => ({ train, arrives, departs, platform, days: at === 3 ? ["fri", "sat", "sun"] : [] }));
