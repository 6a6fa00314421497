// Invented figures of violations and where they happened; no plates.
import { SITE, kindOf } from "./cases.mjs";

const DAY = 86_400_000;
const WATCHERS = ["traffic_police", "police_signer", "ioc_operator", "admin"];
const PLACES = [["huong-bac", "Ngã tư Lê Hồng Phong – Đinh Tiên Hoàng, hướng Bắc", 1], ["huong-nam", "Ngã tư Lê Hồng Phong – Lương Văn Thăng", 0.62], ["cau-lim", "Cầu Lim, đường Trần Hưng Đạo", 0.4], ["ql1", "Quốc lộ 1, km 268", 0.12]];
/** Where they stand; nobody said it of the last one. */
const AT = { "huong-bac": [20.2539, 105.975], "huong-nam": [20.2535, 105.9752], "cau-lim": [20.2486, 105.9688] };
/** As many as fit into a span: an hour has its part of a day. */
const points = (hours) => PLACES.flatMap(([camera, place_vi, whole]) => [whole * Math.min(1, hours / 24)].map((part) => [camera, place_vi, part])).flatMap(([camera, place_vi, part]) => [["red_light", 180], ["wrong_lane", 70]].map(([kind, n]) => ({ site: SITE, camera, place_vi, kind, kind_vi: kindOf(kind).vi, kind_en: kindOf(kind).en, states: { overdue: Math.round(n * part * 0.1), paid: Math.round(n * part * 0.6) }, count: Math.round(n * part * 0.6) + Math.round(n * part * 0.1), place_en: `${place_vi} (EN)`, camera_vi: camera, camera_en: camera, position_from: AT[camera] ? "device" : null, case_states: { confirmed: Math.round(n * part * 0.6) + Math.round(n * part * 0.1), rejected: Math.round(n * part * 0.2), screened: 2 }, cases: Math.round(n * part * 0.6) + Math.round(n * part * 0.1) + Math.round(n * part * 0.2) + 2, lat: AT[camera]?.[0] ?? null, lon: AT[camera]?.[1] ?? null })));

const COUNTED = ["detected", "inadmissible", "rejected", "confirmed", "noticed", "decided", "paid", "overdue"];
const figure = (key, n, vi = key, en = vi) => {
  const confirmed = Math.round(n * 0.68);
  const decided = Math.round(confirmed * 0.6);
  return { key, vi, en, detected: n, inadmissible: Math.round(n * 0.08), rejected: Math.round(n * 0.2), confirmed, noticed: Math.round(confirmed * 0.93), decided, paid: Math.round(decided * 0.82), overdue: Math.round(decided * 0.06) };
};
const GROUPS = {
  kind: () => [["carry_3plus", 52], ["red_light", 431], ["solid_line", 96], ["speed_homography", 33], ["stop_park", 47], ["wrong_lane", 188], ["wrong_way", 61]].map(([word, n]) => figure(word, n, kindOf(word).vi, kindOf(word).en)),
  place: () => PLACES.map(([camera, , part]) => figure(camera, Math.round(420 * part))),
  hour: () => Array.from({ length: 24 }, (_, hour) => figure(String(hour), Math.round(4 + 62 * Math.exp(-((hour - 7.5) ** 2) / 5) + 70 * Math.exp(-((hour - 17.5) ** 2) / 6)), `${hour} giờ`, `${hour}:00`)).toSorted((a, b) => a.key.localeCompare(b.key)),
  day: () => Array.from({ length: 30 }, (_, n) => figure(new Date(Date.now() + 25_200_000 - (29 - n) * DAY).toISOString().slice(0, 10), 22 + ((n * 7919) % 17))),
};

/** Answers `/violations/figures` and `/handlings/map`; `undefined` for another path. */
export function violationRoutes({ path, query, user, send, refuse }) {
  const map = path === "/handlings/map";
  if (!map && path !== "/violations/figures") return undefined;
  if (!WATCHERS.includes(user.role)) return refuse(403, "forbidden", "the role of this account may not do that");
  if (map) return send(200, points((Date.parse(query.get("to")) - Date.parse(query.get("from"))) / 3_600_000));
  const group = query.get("group") ?? "kind";
  if (!GROUPS[group]) return refuse(400, "bad_query", "group: use kind, place, hour or day");
  // A time in which nothing was seen has figures too: noughts.
  const none = (query.get("to") ?? "") < "2020";
  const groups = query.get("to") && none ? [] : GROUPS[group]();
  const total = { key: "total", vi: "Tổng", en: "Total", ...Object.fromEntries(COUNTED.map((word) => [word, groups.reduce((sum, row) => sum + row[word], 0)])) };
  return send(200, { from: query.get("from"), to: query.get("to"), total, vnd_fined: total.decided * 5_000_000, vnd_paid: total.paid * 5_000_000, median_days: groups.length ? 17 : null, groups });
}
