import type { AlertState, NewUser, PassageFilter } from "./types";
import type * as T from "./types";

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;
const UPLOAD_TIMEOUT_MS = 120_000;

/** A refusal from central (RFC 9457), or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** The whole answer: some refusals say more, such as every problem of a policy. */
    readonly body: unknown = null,
  ) {
    super(detail || code);
    this.name = "ApiError";
  }

  /** Nothing was heard from central: the network or the server is down. */
  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** `AbortSignal.timeout`, which the phones of some visitors do not know. */
function deadline(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
}

async function problemOf(response: Response): Promise<ApiError> {
  let problem: Problem = {};
  try {
    problem = (await response.json()) as Problem;
  } catch {
    // A proxy's HTML page is no problem document: the status has to do.
  }
  return new ApiError(response.status, problem.code ?? `http_${response.status}`, problem.detail ?? problem.title ?? "", problem);
}

/** One question to central: JSON, or a form with files (whose type the browser writes, with its boundary). */
export async function call<R>(method: string, path: string, body?: unknown): Promise<R> {
  const headers: Record<string, string> = { accept: "application/json" };
  const form = body instanceof FormData;
  if (method !== "GET") headers["x-requested-with"] = "vong-gac";
  if (body !== undefined && !form) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      credentials: "same-origin",
      signal: deadline(form ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS),
    });
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as R;
  return (await response.json()) as R;
}

export type Query = Record<string, string | number | null | undefined>;

/** `?a=1&b=2` without the empty ones, or an empty string. */
export function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

export const get = <R>(path: string, query: Query = {}) => call<R>("GET", path + queryString(query));
export const post = <R>(path: string, body: unknown) => call<R>("POST", path, body);

/** Where the browser itself fetches something: a download, a template. */
export const fileUrl = (path: string, query: Query = {}) => BASE + path + queryString(query);
export const evidenceUrl = (sha256: string) => `${BASE}/evidence/${encodeURIComponent(sha256)}`;
export const STREAM_URL = `${BASE}/stream`;

export const api = {
  signIn: (username: string, password: string) => post<T.User>("/session", { username, password }),
  session: () => get<T.User>("/session"),
  signOut: () => call<void>("DELETE", "/session"),
  summary: () => get<T.Summary>("/summary"),
  sites: () => get<T.Site[]>("/sites"),
  passages: (filter: PassageFilter, cursor: string | null, limit: number) =>
    get<T.Page<T.Passage>>("/passages", { ...filter, cursor, limit }),
  passage: (id: string) => get<T.PassageDetail>(`/passages/${encodeURIComponent(id)}`),
  alerts: (state: string | undefined, cursor: string | null, limit: number) =>
    get<T.Page<T.Alert>>("/alerts", { state, cursor, limit }),
  alert: (id: string) => get<T.Alert>(`/alerts/${encodeURIComponent(id)}`),
  transition: (id: string, to: AlertState, note: string) =>
    post<T.Alert>(`/alerts/${encodeURIComponent(id)}/transition`, note ? { to, note } : { to }),
  cameras: () => get<T.Camera[]>("/cameras"),
  agents: () => get<T.Agent[]>("/agents"),
  counts: (site: string | undefined) => get<T.Counts>("/counts", { site }),
  quarantine: (cursor: string | null, limit: number) => get<T.Page<T.Quarantined>>("/quarantine", { cursor, limit }),
  enrolmentCode: (site: string, agent: string) => post<T.EnrolmentCode>("/enrolment-codes", { site, agent }),
  users: () => get<T.User[]>("/users"),
  addUser: (user: NewUser) => post<T.User>("/users", user),
  audit: (cursor: string | null, limit: number) => get<T.Page<T.AuditEntry>>("/audit", { cursor, limit }),
};
