// Cases as central answers about them: what an account is to a case decides what it sees of it, and reviews alone lead to a verdict.
import { KINDS, OPEN, SITE, behaviourOn, cases, chained, kindOf, step } from "./cases.mjs";
import { deviceAt } from "./devices.mjs";
import { dayOf, table } from "./tables.mjs";

const LEASE_MS = 600_000;
const REASONS = table("reject_reasons").map(({ code, title_vi, title_en, teaches, note_needed }) => ({ code, title_vi, title_en, teaches, note_needed }));
const SENIOR = ["team_chief", "commune_chief", "division_head", "provincial_director"];
const MASKED = { mask_reason: "Số định danh chỉ hiện 3 số cuối; số đầy đủ nằm trong hồ sơ vụ việc.", mask_reason_vi: "Số định danh chỉ hiện 3 số cuối; số đầy đủ nằm trong hồ sơ vụ việc.", mask_reason_en: "Only the last 3 digits of the number are shown; the whole number belongs in the case file." };
/** What is registered for a plate. */
const REGISTERED = ({ class: type }) => (type === "motorcycle" ? { make: "Honda", model: "Wave Alpha", colour: "blue", type } : { make: "Toyota", model: "Vios", colour: "grey", type });
const OWNER = { kind: "person", name: "Nguyễn Văn Mẫu", address: "Thôn 1, xã Gia Vân, tỉnh Ninh Bình", id_number: "*********234", masked: ["id_number"], ...MASKED };

const upper = (text) => (text ?? "").toUpperCase().replaceAll("Đ", "D").replace(/[^A-Z0-9]/g, "");
const isOpen = (one) => OPEN.includes(one.state);
const isHidden = (one) => ["inadmissible", "detected"].includes(one.state);
const roundOf = (one) => ({ review_2: 2, review_3: 3 })[one.state] ?? 1;
const reviews = (user) => user.role === "traffic_police";
const police = (user) => reviews(user) || user.role === "police_signer";
const holds = (one, user) => one.claim !== null && one.claim.username === user.username && Date.now() < one.claim.until;
const holder = (one) => (one.claim && Date.now() < one.claim.until ? one.claim.username : null);

/** What an account is to a case. */
function seatOf(one, user) {
  const mine = holds(one, user);
  const blind = isOpen(one) && reviews(user) && !(one.state === "review_3" && mine);
  const own = one.answers.find(({ by }) => by === user.username);
  const typed = one.state === "confirmed" && police(user) ? one.plate_typed : !reviews(user) ? null : mine ? one.claim.plate_typed : (own?.plate_typed ?? null);
  const plate = police(user) && !isHidden(one) && !(reviews(user) && isOpen(one) && typed === null);
  return { mine, blind, plate, typed: police(user) && !isHidden(one) ? typed : null };
}

/** Whether the account may take the case, or why not. */
function refusalOf(one, user) {
  if (one.state === "inadmissible") return "not_admissible";
  if (!isOpen(one)) return "closed";
  if (!reviews(user) || (one.state === "review_3" && !SENIOR.includes(user.rank))) return "not_your_turn";
  if (!one.gate.admissible) return "not_admissible";
  if (one.answers.some(({ by }) => by === user.username)) return "own_first_review";
  const other = holder(one);
  return other && other !== user.username ? "not_your_turn" : null;
}

const needed = (one) => new Set(one.evidence.filter(({ role }) => ["overview", "act", "plate"].includes(role)).map(({ sha256 }) => sha256));
const neededMs = (one) => Math.min(Math.max(one.clip ? Date.parse(one.clip.to) - Date.parse(one.clip.from) : 3000, 3000), 20_000);
const playedOf = (one, claim) => ({ needed_ms: neededMs(one), seen_ms: claim?.played_ms ?? 0, pictures_needed: needed(one).size, pictures_seen: [...needed(one)].filter((sha256) => claim?.pictures.has(sha256)).length });
const enough = ({ seen_ms, needed_ms, pictures_seen, pictures_needed }) => seen_ms >= needed_ms && pictures_seen >= pictures_needed;

function rowOf(one, user, { plate, blind }) {
  const facts = kindOf(one.kind);
  const sees = police(user) && !isHidden(one);
  const thumb = one.evidence.findLast(({ role }) => role === "act") ?? one.evidence.find(({ role }) => role === "overview");
  const held = holder(one);
  return {
    id: one.id, number: one.number, kind: one.kind, kind_vi: facts.vi, kind_en: facts.en, site: one.site, camera: one.camera, place_vi: one.place_vi, place_en: one.place_en, at: new Date(one.at_ms).toISOString(), state: one.state, serious: one.serious, score: one.score, plate_display: plate && one.plate ? one.display : null, plate_colour: sees ? one.plate_colour : null, class: one.class, thumb: sees ? thumb.sha256 : null,
    age_s: Math.round((Date.now() - one.at_ms) / 1000), due: isOpen(one) ? { what: "notice", at: new Date(one.due_ms).toISOString(), share: (Date.now() - one.at_ms) / (one.due_ms - one.at_ms) } : null, assigned_to: police(user) && held && (!blind || held === user.username) ? held : null, round: roundOf(one), blind,
    flags: police(user) ? [...one.flags, ...(one.escalated && !blind ? ["escalated"] : [])] : [],
  };
}

const related = (one) => ({
  duplicates: one.duplicates.map((id) => cases.find((other) => other.id === id)).filter(Boolean).map((other) => {
    const seconds = Math.abs(Math.round((other.at_ms - one.at_ms) / 1000));
    return { id: other.id, number: other.number, at: new Date(other.at_ms).toISOString(), place_vi: other.place_vi, why_vi: `Cùng xe, cùng hành vi, cách ${seconds} giây.`, why_en: `The same vehicle and act, ${seconds} s apart.` };
  }),
  clones: one.clones,
});

function detailOf(one, user) {
  const seat = seatOf(one, user);
  const hidden = isHidden(one);
  const why_not = refusalOf(one, user);
  const played = playedOf(one, seat.mine ? one.claim : null);
  const facts = kindOf(one.kind);
  const overlay = one.evidence.find(({ role }) => role === "overlay");
  const all = user.role === "police_signer" || !isOpen(one) || one.state === "review_3";
  const device = deviceAt(one.site, one.camera);
  return {
    ...rowOf(one, user, seat), moments: hidden ? [] : one.moments, timeline: hidden ? [] : one.timeline, evidence: hidden ? [] : one.evidence, clip: hidden ? null : one.clip, overlay: hidden ? null : (overlay?.sha256 ?? null), picture: hidden ? [0, 0] : one.picture, reading: hidden || !seat.plate ? null : one.reading, plate_confirmed: seat.typed, owner: seat.typed ? OWNER : null, registered: seat.typed ? REGISTERED(one) : null, chain_broken_at: null, measured: hidden ? null : one.measured, doubts: hidden ? [] : one.doubts, limits_vi: facts.limits_vi, limits_en: facts.limits_en,
    time: { at: new Date(one.at_ms).toISOString(), uncertainty_ms: one.time.uncertainty_ms, source: one.time.source, clock: hidden ? null : one.time.clock }, device: one.source === "own" ? device : null, scene: hidden ? null : one.scene, ground: hidden ? null : one.ground, models: one.models, made_by: hidden ? "" : one.made_by, source: one.source, gate: one.gate, law: one.law, law_version: "3", proposed_behaviour: one.law[0]?.behaviour ?? null,
    review: { round: roundOf(one), may: why_not === null, why_not, played, may_decide: seat.mine && why_not === null && enough(played) && seat.typed !== null && one.gate.admissible }, earlier_answers: seat.blind ? null : all ? one.answers : [], related: related(one), log: one.log.filter(({ actor }) => !seat.blind || actor === "system"), void: one.void, legal_hold: one.hold !== null, handling_id: one.handling_id,
  };
}

/** Answers `/cases…`, `/review…` and `/violation-kinds`; `undefined` for another path. */
export function caseRoutes({ method, path, query, user, body, page, send, refuse }) {
  const [, resource, id, action, more] = path.split("/");
  if (path === "/violation-kinds") return send(200, KINDS);
  if (resource === "review") return reviewRoutes({ id, query, user, send, refuse });
  if (resource !== "cases") return undefined;
  const forbidden = () => refuse(403, "forbidden", "the role of this account may not do that");
  if (!police(user) && (id || user.role !== "ioc_operator")) return forbidden();
  if (!id) return list({ query, user, page, send, refuse });
  const one = cases.find((row) => row.id === id);
  if (!one) return refuse(404, "not_found", "there is no such case, or not for this account");
  if (method === "GET") return send(200, detailOf(one, user));
  const reasoned = (then) => ((body.reason ?? "").trim().length < 5 ? refuse(422, "bad_reason", "reason: 5 to 500 characters") : then());
  const note = (what, reason = null) => {
    one.log.push(step(new Date().toISOString(), user.username, user.role, what, reason));
    chained(one.log);
  };
  if (action === "hold") {
    if (user.role !== "police_signer") return forbidden();
    if (method === "DELETE") return (one.hold = null) ?? send(204);
    return reasoned(() => {
      one.hold = { by: user.username, reason: body.reason };
      return send(204);
    });
  }
  if (action === "void") return voidCase({ one, more, body, user, send, refuse, note, reasoned });
  if (!reviews(user)) return forbidden();
  if (action === "separate") {
    return reasoned(() => {
      if (one.state !== "duplicate") return refuse(409, "wrong_state", "a case in this state is no duplicate");
      note("separate", body.reason);
      one.state = "screened";
      return send(204);
    });
  }
  if (action === "claim" && method === "DELETE") {
    if (one.claim?.username === user.username) one.claim = null;
    return send(204);
  }
  if (action === "claim") return claim(one, user, send, refuse, note);
  if (action === "review") return decide({ one, body, user, send, refuse, note });
  if (!holds(one, user)) return refuse(409, "not_your_turn", "this case is not yours now: claim it, or leave it to whoever has it");
  one.claim.until = Date.now() + LEASE_MS;
  if (action === "played") {
    one.claim.played_ms = Math.max(0, Math.min(Math.max(one.claim.played_ms, body.ms), Date.now() - one.claim.since));
    for (const sha256 of body.pictures ?? []) if (needed(one).has(sha256)) one.claim.pictures.add(sha256);
    return send(200, playedOf(one, one.claim));
  }
  if (action === "plate") return typePlate(one, body, send, refuse);
  return undefined;
}

function list({ query, user, page, send, refuse }) {
  const states = (query.get("state") ?? "").split(",").filter(Boolean);
  const text = (query.get("q") ?? "").trim().toUpperCase();
  if (text && !text.startsWith("VP-") && !police(user)) return refuse(403, "forbidden", "the role of this account may not do that");
  const is = (one, key) => !query.get(key) || query.get(key) === one[key];
  const counted = cases.filter((one) => is(one, "kind") && is(one, "site"));
  const fits = counted.filter((one) => (!states.length || states.includes(one.state)) && (!text || one.number === text || (!isHidden(one) && one.plate !== "" && one.plate === upper(text))) && (query.get("mine") !== "true" || one.claim?.username === user.username || one.answers.some(({ by }) => by === user.username)));
  const by = { deadline: (one) => one.due_ms, age: (one) => one.at_ms, newest: (one) => -one.at_ms, score: (one) => -one.score }[query.get("sort") ?? "deadline"];
  const counts = {};
  for (const { state } of counted) counts[state] = (counts[state] ?? 0) + 1;
  return send(200, { ...page(fits.toSorted((a, b) => by(a) - by(b)).map((one) => rowOf(one, user, { plate: police(user) && !isHidden(one) && !(reviews(user) && isOpen(one)), blind: reviews(user) && isOpen(one) })), query), counts });
}

const WHY = { not_admissible: "this case is not admissible as evidence", closed: "a case in this state is not reviewed", not_your_turn: "this case is not yours now: claim it, or leave it to whoever has it", own_first_review: "you answered this case before: another person must look" };

function claim(one, user, send, refuse, note) {
  const why = refusalOf(one, user);
  if (why) return refuse(409, why, WHY[why]);
  const until = Date.now() + LEASE_MS;
  if (one.claim?.username === user.username && one.claim.round === roundOf(one)) one.claim.until = until;
  else {
    one.claim = { username: user.username, round: roundOf(one), since: Date.now(), until, played_ms: 0, pictures: new Set(), plate_typed: null, plate_fits: false, tried: null };
    if (one.state === "screened") one.state = "review_1";
    note("claim");
  }
  return send(200, { until: new Date(until).toISOString(), by: user.username });
}

function typePlate(one, body, send, refuse) {
  const normal = upper(body.plate);
  const none = normal === "" && ["plate_missing", "plate_covered"].includes(one.kind);
  if (!none && !/^\d{2}[A-Z][A-Z0-9]?\d{4,5}$/.test(normal)) return refuse(422, "bad_plate", "this is no plate that can be issued: type what the picture shows, or reject the case");
  const match = normal === one.plate;
  if (!match && one.claim.tried !== normal) {
    Object.assign(one.claim, { tried: normal, plate_typed: null, plate_fits: false });
    return send(200, { match: false, normal, again: true, owner: null, status: null, findings: [] });
  }
  Object.assign(one.claim, { tried: null, plate_typed: normal, plate_fits: match });
  if (!match) one.second = true;
  return send(200, { match, normal, again: false, owner: OWNER, status: "found", findings: one.flags.includes("clone_suspect") ? [{ code: "type", text_vi: "Đăng ký ghi: ô tô con màu trắng; hình: mô tô.", text_en: "Registered as a white car; the picture shows a motorcycle." }] : [] });
}

/** Where an answer leads, as central's `after` says it. */
function after(round, decision, { approved, rejected }, second) {
  if (decision === "escalate") return "review_3";
  const good = approved >= (second ? 2 : 1);
  if (round === 3) return decision === "reject" ? "rejected" : good && approved > rejected ? "confirmed" : "review_2";
  if (round === 1) return second ? "review_2" : decision === "approve" ? "confirmed" : "rejected";
  if (decision === "approve") return rejected === 0 && good ? "confirmed" : "review_3";
  return approved === 0 ? "rejected" : "review_3";
}

function decide({ one, body, user, send, refuse, note }) {
  const { decision, round } = body;
  const words = (body.note ?? "").trim();
  const behaviour = decision === "approve" ? (body.behaviour ?? one.law[0]?.behaviour ?? null) : null;
  if (behaviour && !behaviourOn(behaviour, dayOf(one.at_ms))) return refuse(422, "unknown_behaviour", "behaviour: a key of the law as it was on the day of the act");
  const reason = REASONS.find(({ code }) => code === body.reason);
  if (decision === "reject" && body.reason && !reason) return refuse(422, "unknown_reason", "reason: a code of GET /api/v1/review/reasons");
  if (decision === "reject" && reason?.note_needed && !words) return refuse(422, "note_needed", "note: this reason needs a note");
  if (one.state === "screened") return refuse(409, "not_your_turn", WHY.not_your_turn);
  if (!isOpen(one) || (one.state === "review_3" && decision === "escalate")) return refuse(409, one.state === "inadmissible" ? "not_admissible" : "closed", WHY.closed);
  const why = refusalOf(one, user);
  if (why) return refuse(409, why, WHY[why]);
  if (!holds(one, user)) return refuse(409, "not_your_turn", WHY.not_your_turn);
  if (round !== roundOf(one) || one.claim.round !== round) return refuse(409, "stale", "the case has changed meanwhile: read it again");
  if (decision !== "escalate" && !enough(playedOf(one, one.claim))) return refuse(409, "not_played", "play the act to its end and look at every picture first");
  if (decision === "approve" && one.claim.plate_typed === null) return refuse(409, "plate_not_confirmed", "type the plate first");
  if ((decision === "approve" && !behaviour) || (decision === "reject" && !body.reason) || (decision === "escalate" && !words)) return refuse(422, "incomplete", "say why, or which behaviour it is");
  const typed = one.claim.plate_typed;
  const same = one.answers.filter((row) => row.decision === "approve" && row.plate_typed === typed && row.behaviour === behaviour).length;
  const said = (word) => one.answers.filter((row) => row.decision === word).length;
  const tally = decision === "approve" ? { approved: same + 1, rejected: said("reject") + said("approve") - same } : { approved: said("approve"), rejected: said("reject") + (decision === "reject" ? 1 : 0) };
  const to = after(round, decision, tally, one.second || (decision === "approve" && !one.claim.plate_fits));
  one.answers.push({ round, by: user.username, at: new Date().toISOString(), decision, behaviour, reason: decision === "reject" ? body.reason : null, note: words || null, plate_typed: typed });
  note(decision, decision === "reject" ? body.reason : null);
  Object.assign(one, { state: to, claim: null, escalated: one.escalated || decision === "escalate", plate_typed: to === "confirmed" ? typed : one.plate_typed });
  counted.decided += 1;
  return send(200, { state: to });
}

function voidCase({ one, more, body, user, send, refuse, note, reasoned }) {
  const open = isOpen(one) || ["duplicate", "confirmed"].includes(one.state);
  const wrong = () => refuse(409, "wrong_state", "a case in this state cannot be made void");
  if (more === "confirm") {
    if (user.role !== "police_signer") return refuse(403, "forbidden", "the role of this account may not do that");
    if (!open) return wrong();
    if (!one.void) return refuse(409, "not_asked", "nobody asked for this case to be void");
    if (one.void.by === user.username) return refuse(403, "same_person", "another account than the one that asked must confirm");
    note("void");
    Object.assign(one, { state: "voided", void: null });
    return send(204);
  }
  return reasoned(() => {
    if (!open) return wrong();
    one.void = { by: user.username, at: new Date().toISOString(), reason: body.reason };
    note("ask_void", body.reason);
    return send(204);
  });
}

const counted = { decided: 11, agreed: 10, disagreed: 1, seeded: { shown: 3, right: 3 }, median_s: 48 };

function reviewRoutes({ id, query, user, send, refuse }) {
  const forbidden = () => refuse(403, "forbidden", "the role of this account may not do that");
  if (id === "reasons") return police(user) ? send(200, REASONS) : forbidden();
  if (id === "figures") return user.role === "police_signer" ? send(200, figures()) : forbidden();
  if (!reviews(user)) return forbidden();
  if (id === "me") return send(200, counted);
  if (id !== "next") return refuse(404, "not_found", "there is no such page");
  const next = cases.filter((one) => one.id !== query.get("after") && refusalOf(one, user) === null).toSorted((a, b) => a.due_ms - b.due_ms)[0];
  return send(200, next ? { id: next.id } : null);
}

const words = (kind) => ({ kind, kind_vi: kindOf(kind).vi, kind_en: kindOf(kind).en });
const figures = () => ({
  reviewers: [["police", "Lê Thị Cảnh", 214, 163, 51, 96, 4, 18, 18, 46], ["police2", "Trần Minh Xét", 188, 131, 57, 88, 9, 16, 15, 58], ["police3", "Đặng Thu Duyệt", 97, 74, 23, 40, 6, 9, 8, 71]].map(([username, name, decided, approved, rejected, agreed, disagreed, seeded_shown, seeded_right, median_s]) => ({ username, name, decided, approved, rejected, agreed, disagreed, seeded_shown, seeded_right, median_s })),
  kinds: [["carry_3plus", 48, 17, 31, 6, 1], ["red_light", 268, 214, 54, 214, 11], ["wrong_lane", 121, 88, 33, 14, 3], ["wrong_way", 62, 49, 13, 49, 4]].map(([kind, decided, approved, rejected, second, disagreed]) => ({ ...words(kind), decided, approved, rejected, second, disagreed })),
  reasons: [["stopped_before_line", 41], ["not_a_violation", 33], ["wrong_vehicle", 22], ["evidence_poor", 19], ["signal_not_red", 9], ["priority_on_duty", 7]].flatMap(([code, count]) => [["red_light", Math.ceil(count * 0.7)], ["wrong_lane", Math.floor(count * 0.3)]].map(([kind, part]) => {
    const { title_vi, title_en, teaches } = REASONS.find((row) => row.code === code);
    return { code, title_vi, title_en, teaches, kind, count: part };
  })),
  cameras: [["cau-lim", 54, 21, 31], ["huong-bac", 301, 62, 12], ["huong-nam", 144, 48, 3]].map(([camera, decided, rejected, inadmissible]) => ({ site: SITE, camera, camera_name: { "cau-lim": "Cầu Lim", "huong-bac": "Hướng Bắc", "huong-nam": "Hướng Nam" }[camera], decided, rejected, inadmissible })),
  thresholds: [["carry_3plus", 0.55, 0.78, 0.91, 0.52, 48], ["red_light", 0.6, 0.64, 0.97, 0.95, 268], ["wrong_lane", 0.6, 0.6, 0.94, 1, 121]].map(([kind, now, proposed, precision, kept, count]) => ({ ...words(kind), now, proposed, precision, kept, cases: count })),
});
