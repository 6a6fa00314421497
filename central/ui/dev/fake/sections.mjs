// Invented sections between two cameras, one in every state, and the drives of a day: figures without plates.
import { SITE, kindOf } from "./cases.mjs";

const READERS = ["traffic_police", "police_signer", "ioc_operator", "admin"];
const { limits_vi: label_vi, limits_en: label_en } = kindOf("speed_section");
const LABEL = { evidence: false, label_vi, label_en };
const section = (id, first_camera, last_camera, problem = null, length_m = 2350, limit_kmh = 60) => ({ site: SITE, id, first_camera, last_camera, length_m, limit_kmh, problem });
const SECTIONS = [
  section("tran-hung-dao", "huong-bac", "huong-nam"),
  section("ql1-km268", "huong-bac", null, "no_partner", 5200, 80),
  section("le-dai-hanh", "huong-dong", "huong-nam", "differs", 900),
  section("cau-lim", "huong-dong", null, "twice", 1400, 50),
  section("duong-vanh-dai", "huong-dong", "huong-bac", null, 3100, 70),
];

/** As many as central tells of at most, though more drove. */
const TOLD = 500;

function drives(from, to, { length_m, limit_kmh }) {
  const rows = [];
  for (let n = 0; n < 640; n += 1) {
    const at = from + Math.round((to - from) * ((n + 0.5) / 640));
    const wave = Math.sin(n * 12.9898) * 43758.5453;
    const chance = wave - Math.floor(wave);
    const speed = 34 + 24 * chance + (n % 11 === 0 ? 16 : 0) + (n % 97 === 0 ? 14 : 0);
    const took_s = (length_m / speed) * 3.6;
    const uncertainty_kmh = Math.round((speed * 0.27) / took_s * 10) / 10 || 0.1;
    const speed_kmh = Math.round(speed * 10) / 10;
    rows.push({ left_at: new Date(at).toISOString(), took_s: Math.round(took_s * 10) / 10, class: ["motorcycle", "car", "motorcycle", "truck", "bus"][n % 5], speed_kmh, uncertainty_kmh, over: speed_kmh - uncertainty_kmh > limit_kmh });
  }
  return rows;
}

/** Answers `/sections…`; `undefined` for another path. */
export function sectionRoutes({ path, query, user, send, refuse }) {
  const [, root, site, id] = path.split("/");
  if (root !== "sections") return undefined;
  if (!READERS.includes(user.role)) return refuse(403, "forbidden", "the role of this account may not do that");
  if (!site) return send(200, { items: SECTIONS, ...LABEL });
  const found = SECTIONS.find((one) => one.site === site && one.id === decodeURIComponent(id));
  if (!found) return refuse(404, "not_found", "");
  const from = Date.parse(query.get("from"));
  const to = Math.min(Date.parse(query.get("to")), Date.now());
  if (from > to || to - from > 48 * 3_600_000) return refuse(400, "bad_span", "from, to: at most 48 hours, from before to");
  const all = found.problem || found.id !== SECTIONS[0].id ? [] : drives(from, to, found);
  return send(200, { section: found, drives: all.slice(-TOLD), total: all.length, over: all.filter(({ over }) => over).length, unpaired: found.problem ? 0 : 37, impossible: all.length > 0 ? 2 : 0, ...LABEL });
}
