import { ApiError } from "../../api/client";
import type * as T from "./types";

const TIMEOUT_MS = 8_000;

/** A refusal of the desk; `retryAfter` in seconds where it said one. */
export class DeskError extends ApiError {
  constructor(
    status: number,
    code: string,
    detail: string,
    readonly retryAfter: number | null = null,
  ) {
    super(status, code, detail);
    this.name = "DeskError";
  }

  /** Nothing was heard from the desk. 503 is an answer here: it says `no_list`. */
  override get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  retry_after?: number;
}

async function problemOf(response: Response): Promise<DeskError> {
  let problem: Problem = {};
  try {
    problem = (await response.json()) as Problem;
  } catch {
    // Not a problem document: the status has to do.
  }
  const after = problem.retry_after ?? Number(response.headers.get("retry-after") ?? Number.NaN);
  const seconds = Number.isFinite(after) ? Number(after) : null;
  return new DeskError(response.status, problem.code ?? `http_${response.status}`, problem.detail ?? problem.title ?? "", seconds);
}

async function call<R>(method: string, path: string, body?: unknown): Promise<R> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method !== "GET") headers["x-requested-with"] = "vong-gac";
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new DeskError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as R;
}

const get = <R>(path: string) => call<R>("GET", path);
const post = <R>(path: string, body: unknown) => call<R>("POST", path, body);
const part = encodeURIComponent;

export const EVENTS_URL = "/api/events";
export const pictureUrl = (access: string) => `/api/pictures/${part(access)}`;
export const liveUrl = (lane: string, where: Location = window.location) =>
  `${where.protocol === "https:" ? "wss" : "ws"}://${where.host}/api/lanes/${part(lane)}/live`;

export const desk = {
  session: () => get<T.Session>("/session"),
  signIn: (user: string, pin: string) => post<T.Session>("/session", { user, pin }),
  signOut: () => call<void>("DELETE", "/session"),
  state: () => get<T.DeskView>("/state"),
  act: (lane: string, request: T.ActRequest) => post<T.ActReply>(`/lanes/${part(lane)}/act`, request),
  present: (lane: string, request: T.PresentRequest) => post<T.PresentReply>(`/lanes/${part(lane)}/present`, request),
  reasons: () => get<T.Reasons>("/reasons"),
  inside: (area: string) => get<T.InsideView[]>(`/inside?area=${part(area)}`),
  expected: (gate: string) => get<T.ExpectedView[]>(`/expected?gate=${part(gate)}`),
  muster: (gate: string, on: boolean, note?: string) => post<void>(`/gates/${part(gate)}/muster`, note ? { on, note } : { on }),
  accounted: (gate: string, subject: string, reason: string) => post<void>(`/gates/${part(gate)}/accounted`, { subject, reason }),
  correct: (gate: string, correction: T.Correction) => post<void>(`/gates/${part(gate)}/corrections`, correction),
  shift: (gate: string) => get<T.ShiftView>(`/shift?gate=${part(gate)}`),
  handOver: (gate: string, request: T.HandOver) => post<T.Session | void>(`/gates/${part(gate)}/shift`, request),
  paper: (gate: string, row: T.PaperRow) => post<void>(`/gates/${part(gate)}/paper`, row),
  ladder: () => get<T.LadderView>("/ladder"),
};
