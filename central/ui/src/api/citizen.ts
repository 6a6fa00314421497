import { call, fileUrl, get, post } from "./client";

/** What a citizen is told about one case of their own. `ref` is random; the case's number is in the documents only. */
export interface CitizenCase {
  ref: string;
  kind_vi: string;
  kind_en: string;
  place_vi: string;
  place_en?: string;
  at: string;
  plate_display: string;
  state: string;
  state_vi: string;
  state_en: string;
  next_step: string | null;
  due_at: string | null;
  amount: number | null;
  /** The file that this one was joined into. */
  joined_into?: string | null;
}

export interface CitizenLaw {
  title_vi: string;
  title_en?: string;
  clause: string;
  fine_low: number;
  fine_high: number;
  points: number;
}

export interface CitizenPicture {
  n: number;
  role: string;
  width: number;
  height: number;
  what: string | null;
}

export type May = "confirm" | "name_driver" | "dispute" | "claim_transfer" | "explain" | "pay";

export interface CitizenDetail extends CitizenCase {
  law: CitizenLaw[];
  pictures: CitizenPicture[];
  rights_vi: string;
  rights_en: string;
  steps: { code: string; vi?: string; en?: string; done: boolean; at: string | null }[];
  may: Record<May, boolean>;
  documents: { kind: string; number: string; issued_at: string; n: number }[];
  /** How many acts are handled together: an answer is about all of them. */
  together: number;
  /** `to_pay` is what the next bill asks for; interest that still grows comes in a bill of its own, once the fine is paid. */
  payment: { bill: string; amount: number; paid: boolean; paid_at: string | null; late_interest: number | null; to_pay: number } | null;
  contact: { unit: string; phone: string; address: string };
}

export interface Citizen {
  name_masked: string | null;
  level: number;
}

export interface VerifiedDocument {
  kind: string;
  number: string;
  issued_on?: string;
  issued_at?: string;
  unit: string;
  state: "valid" | "replaced" | "voided";
  sha256: string;
  plate_masked: string | null;
  signer?: string | null;
  /** The file of this paper was joined into that one. */
  joined_into?: string | null;
}

const ref = encodeURIComponent;

function form(fields: Record<string, string>, files: File[]): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const file of files) data.append("file", file);
  return data;
}

/** The citizen's side of central: a session of its own, and only cases of one's own. */
export const citizenApi = {
  signIn: (token: string) => post<Citizen>("/citizen/session", { token }),
  byNotice: (number: string, code: string) => post<Citizen>("/citizen/session", { decision_or_notice_no: number, code }),
  signOut: () => call<void>("DELETE", "/citizen/session"),
  cases: () => get<{ items: CitizenCase[] }>("/citizen/cases"),
  case: (one: string) => get<CitizenDetail>(`/citizen/cases/${ref(one)}`),
  pictureUrl: (one: string, n: number) => fileUrl(`/citizen/cases/${ref(one)}/pictures/${n}`),
  documentUrl: (one: string, n: number) => fileUrl(`/citizen/cases/${ref(one)}/documents/${n}`),
  confirm: (one: string) => post<CitizenDetail>(`/citizen/cases/${ref(one)}/confirm`, {}),
  driver: (one: string, driver: { name: string; id_number: string; licence_no?: string; address: string }) => post<CitizenDetail>(`/citizen/cases/${ref(one)}/driver`, driver),
  dispute: (one: string, text: string, files: File[]) => post<CitizenDetail>(`/citizen/cases/${ref(one)}/dispute`, form({ text }, files)),
  transfer: (one: string, text: string, files: File[]) => post<CitizenDetail>(`/citizen/cases/${ref(one)}/transfer`, form({ text }, files)),
  explanation: (one: string, text: string, files: File[]) => post<CitizenDetail>(`/citizen/cases/${ref(one)}/explanation`, form({ text }, files)),
  pay: (one: string) => post<{ bill: string; pay_url: string }>(`/citizen/cases/${ref(one)}/pay`, {}),
  document: (id: string) => get<VerifiedDocument>(`/public/documents/${ref(id)}`),
  checkDocument: (id: string, sha256: string) => post<{ same: boolean }>(`/public/documents/${ref(id)}/check`, { sha256 }),
};
