import { call, get, post } from "./client";
import type * as T from "./types";

const id = encodeURIComponent;

/** Gates, decisions, policies and identity, as central serves them. */
export const gatesApi = {
  gates: (site: string) => get<T.GateRow[]>("/gates", { site }),
  policy: (site: string) => get<T.PolicyDocument>(`/gates/${id(site)}/policy`),
  savePolicy: (site: string, document: T.PolicyDocument, note: string) =>
    call<{ version: number; changes: T.Change[] }>("PUT", `/gates/${id(site)}/policy`, { ...document, if_version: document.version, note }),
  previewPolicy: (site: string, document: T.PolicyDocument) => post<T.PolicyPreview>(`/gates/${id(site)}/policy/preview`, document),
  policyHistory: (site: string) => get<T.PolicyStep[]>(`/gates/${id(site)}/policy/history`),
  accesses: (filter: T.AccessFilter, cursor: string | null, limit: number) => get<T.Page<T.Access>>("/accesses", { ...filter, cursor, limit }),
  access: (access: string) => get<T.AccessDetail>(`/accesses/${id(access)}`),
  otherwise: (site: string, state: string, cursor: string | null) => get<T.Page<T.Otherwise>>("/otherwise", { site, state, cursor }),
  seen: (otherwise: string, note: string) => post<T.Otherwise>(`/otherwise/${id(otherwise)}/seen`, { note }),
  inside: (site: string, area: string, group: string) => get<T.InsideRow[]>("/inside", { site, area, group }),
  stays: (site: string, from: string, to: string, group: string, q: string, cursor: string | null) =>
    get<T.Page<T.Stay>>("/stays", { site, from, to, group, q, cursor, limit: 100 }),
  muster: (site: string) => get<T.Muster>("/muster", { site }),
  verify: (body: { number: string; name: string; birth: string; purpose: string }) => post<T.IdentityAnswer>("/identity/verify", body),
  vneid: (body: { token: string; purpose: string }) => post<T.IdentityAnswer>("/identity/vneid", body),
  checks: (state: string, cursor: string | null) => get<T.Page<T.IdentityCheckRow>>("/identity/checks", { state, cursor }),
};
