import { call, get, post, queryString } from "./client";
import type * as T from "./types";

const id = encodeURIComponent;

function form(fields: Record<string, string | File>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

/** Enterprises and their people, passes, visits, figures and timetables, as central serves them. */
export const membersApi = {
  groups: (site: string) => get<T.Group[]>("/groups", { site }),
  addGroup: (group: Omit<T.Group, "id"> & { id?: string }) => post<T.Group>("/groups", group),
  changeGroup: (site: string, group: string, change: Partial<T.Group>) => call<T.Group>("PATCH", `/groups/${id(group)}${queryString({ site })}`, change),
  removeGroup: (site: string, group: string) => call<void>("DELETE", `/groups/${id(group)}${queryString({ site })}`),
  members: (site: string, kind: T.MemberKind, group: string, q: string, cursor: string | null) =>
    get<T.Page<T.Member>>("/members", { site, kind, group, q, cursor, limit: 50 }),
  addMember: (member: T.NewMember) => post<T.Member>("/members", member),
  changeMember: (member: string, change: Partial<T.Member>) => call<T.Member>("PATCH", `/members/${id(member)}`, change),
  removeMember: (member: string) => call<void>("DELETE", `/members/${id(member)}`),
  previewImport: (site: string, kind: T.MemberKind, group: string, file: File) =>
    post<T.ImportReport>("/members/import", form({ mode: "preview", site, kind, group, file })),
  applyImport: (site: string, preview: string, skipErrors: boolean) =>
    post<T.ImportReport>("/members/import", form({ mode: "apply", site, preview_id: preview, skip_errors: String(skipErrors) })),
  passes: (site: string, q: string) => get<T.Page<T.Pass>>("/passes", { site, q }),
  addPass: (pass: T.NewPass) => post<T.MadePass>("/passes", pass),
  removePass: (pass: string) => call<void>("DELETE", `/passes/${id(pass)}`),
  visits: (site: string, date: string, state: string) => get<T.Page<T.Visit>>("/visits", { site, date, state }),
  approveVisit: (visit: string) => post<T.Visit>(`/visits/${id(visit)}/approve`, {}),
  refuseVisit: (visit: string, reason: string) => post<T.Visit>(`/visits/${id(visit)}/refuse`, { reason }),
  publicSites: () => get<T.PublicSite[]>("/visits/sites"),
  book: (visit: T.NewVisit) => post<T.PublicVisit>("/visits", visit),
  booked: (code: string) => get<T.PublicVisit>(`/visits/${id(code)}`),
  bind: (code: string, token: string) => post<T.PublicVisit>(`/visits/${id(code)}/bind`, { vneid_token: token }),
  cancel: (code: string) => call<void>("DELETE", `/visits/${id(code)}`),
  figures: (site: string, from: string, to: string, by: "hour" | "day", gate: string) => get<T.FigureRow[]>("/figures", { site, from, to, by, gate }),
  correct: (body: { site: string; gate: string; area: string; people: number; vehicles: number; reason: string; note: string }) => post<T.Correction>("/corrections", body),
  crowding: (site: string) => get<T.Crowding>("/crowding", { site }),
  saveCrowding: (site: string, zones: T.CrowdingRule[], version: number | undefined) => call<T.Crowding>("PUT", `/crowding?site=${id(site)}`, { zones, if_version: version ?? null }),
  delay: (site: string, body: { train: string; date: string; minutes: number; cancelled: boolean }) => call<void>("PUT", `/timetable/delays?site=${id(site)}`, body),
  timetable: (site: string) => get<T.Train[]>("/timetable", { site }),
  importTimetable: (site: string, mode: "preview" | "apply", file: File) => post<T.ImportReport>("/timetable/import", form({ mode, site, file })),
  report: (kind: "daily" | "monthly", site: string, period: string) => get<T.Report>(`/reports/${kind}`, { site, period }),
};
