import { BellRing, Building2, Camera, ChartColumn, DoorOpen, Fingerprint, Gavel, type LucideIcon, PackageX, Radio, Scale, Settings2, TrafficCone, UsersRound } from "lucide-react";
import type { Role, User } from "../api/types";

type May = (user: User) => boolean;

export interface Page {
  /** Its word is `page.WORD`. */
  word: "gates" | "accesses" | "otherwise" | "policy" | "inside" | "stays" | "muster" | "figures" | "reports" | "crowding" | "timetable" | "exports" | "groups" | "people" | "vehicles" | "passes" | "import" | "visits" | "verify" | "checks" | "review" | "cases" | "reviewers" | "devices" | "violation_figures" | "sections" | "handlings" | "law_data" | "cameras" | "scenes";
  path: string;
  may: May;
}

export interface Place {
  /** Its word is `nav.ID`. */
  id: "feed" | "alerts" | "gates" | "inside" | "figures" | "members" | "violations" | "handling" | "law" | "identity" | "cameras" | "quarantine" | "admin";
  icon: LucideIcon;
  /** The first one that the person may open is where the place leads. */
  pages: Page[];
  path: string;
  may: May;
}

const only = (...roles: Role[]): May => (user) => roles.includes(user.role);
const not = (...roles: Role[]): May => (user) => !roles.includes(user.role);

// Central decides; these only keep doors off the wall that would not open.
const atGates = not("enterprise");
const reading = only("site_manager", "ioc_operator", "traffic_police", "admin");
const members = only("site_manager", "enterprise", "ioc_operator", "traffic_police");

/** Who looks at cases and decides them; a commander reads. */
export const mayReview = only("traffic_police");
/** Who signs, approves device records and law data: never who reviews. */
export const maySign = only("police_signer");
/** Who sees which devices are approved. */
export const maySeeDevices = only("traffic_police", "police_signer", "admin");
/** Who proposes changes of the law; another account approves. */
export const mayPropose = only("traffic_police", "police_signer", "admin");
/** Who looks at scenes and at the figures of what they measure. */
export const maySeeScenes = only("traffic_police", "police_signer", "ioc_operator", "admin");
const police = only("traffic_police", "police_signer");

/** Members, crowding, corrections: the site's own matters. */
export const mayManage = only("site_manager");
/** What gates ask. */
export const mayEditPolicy = only("site_manager", "admin");
/** Who may write people, vehicles and passes: the site for all, an enterprise for its own. */
export const mayKeepMembers = only("site_manager", "enterprise");
/** Who draws what rules judge by; publishing is for an account that did not draw. */
export const mayDrawScenes = only("traffic_police", "admin");
export const mayTryScenes = only("traffic_police", "police_signer", "admin");
export const mayDecideVisits = only("site_manager", "enterprise", "gate_operator");

const page = (word: Page["word"], path: string, may: May): Page => ({ word, path, may });
const place = (id: Place["id"], icon: LucideIcon, pages: Page[]): Place => ({ id, icon, pages, path: pages[0].path, may: (user) => pages.some((one) => one.may(user)) });
const single = (id: Place["id"], icon: LucideIcon, path: string, may: May): Place => ({ id, icon, pages: [], path, may });

export const PLACES: Place[] = [
  single("feed", Radio, "/", not("enterprise")),
  single("alerts", BellRing, "/alerts", not("enterprise")),
  place("gates", DoorOpen, [
    page("gates", "/gates", atGates),
    page("accesses", "/accesses", atGates),
    page("otherwise", "/otherwise", reading),
    page("policy", "/policy", only("site_manager", "ioc_operator", "admin")),
  ]),
  place("inside", UsersRound, [page("inside", "/inside", () => true), page("stays", "/stays", (user) => reading(user) || user.role === "enterprise"), page("muster", "/muster", atGates)]),
  place("figures", ChartColumn, [
    page("figures", "/figures", reading),
    page("reports", "/reports", reading),
    page("crowding", "/crowding", reading),
    page("timetable", "/timetable", reading),
    page("exports", "/exports", only("traffic_police", "ioc_operator", "site_manager")),
  ]),
  place("members", Building2, [
    page("groups", "/members", members),
    page("people", "/members/people", members),
    page("vehicles", "/members/vehicles", members),
    page("passes", "/passes", members),
    page("import", "/members/import", mayKeepMembers),
    page("visits", "/visits", only("site_manager", "enterprise", "gate_operator", "ioc_operator")),
  ]),
  place("identity", Fingerprint, [
    page("verify", "/identity", only("traffic_police", "gate_operator")),
    page("checks", "/identity/checks", only("gate_operator", "traffic_police", "site_manager", "ioc_operator")),
  ]),
  place("violations", TrafficCone, [
    page("review", "/review", mayReview),
    page("cases", "/cases", only("traffic_police", "police_signer", "ioc_operator")),
    page("violation_figures", "/violations", only("ioc_operator", "traffic_police", "police_signer", "admin")),
    page("sections", "/sections", maySeeScenes),
    page("reviewers", "/review/figures", maySign),
    page("devices", "/enforcement/devices", maySeeDevices),
  ]),
  place("handling", Gavel, [page("handlings", "/handlings", police)]),
  place("law", Scale, [page("law_data", "/law", only("traffic_police", "police_signer", "admin"))]),
  place("cameras", Camera, [page("cameras", "/cameras", not("enterprise")), page("scenes", "/scenes", maySeeScenes)]),
  single("quarantine", PackageX, "/quarantine", only("admin", "ioc_operator")),
  single("admin", Settings2, "/admin", only("admin")),
];


/** Where a place leads for this person. */
export const wayTo = (place: Place, user: User) => place.pages.find((one) => one.may(user))?.path ?? place.path;

/** The first page that a person may open: home for those who have no live page. */
export const homeOf = (user: User) => wayTo(PLACES.find((place) => place.may(user)) ?? PLACES[0], user);

/** The place that an address lies in. */
export const placeOf = (pathname: string) =>
  PLACES.find((place) => place.pages.some((one) => pathname === one.path || pathname.startsWith(`${one.path}/`)) || place.path === pathname);
