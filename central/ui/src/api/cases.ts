import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type * as C from "./case-types";
import { call, evidenceUrl, get, post } from "./client";
import { PAGE } from "./queries";

const id = encodeURIComponent;

/** Cases, reviews and devices, as central serves them. */
export const casesApi = {
  list: (filter: C.CaseFilter, cursor: string | null, limit: number) => get<C.CasePage>("/cases", { ...filter, cursor, limit }),
  one: (of: string) => get<C.CaseDetail>(`/cases/${id(of)}`),
  claim: (of: string) => post<C.Claim>(`/cases/${id(of)}/claim`, {}),
  release: (of: string) => call<void>("DELETE", `/cases/${id(of)}/claim`),
  played: (of: string, ms: number, pictures: string[]) => post<C.Played>(`/cases/${id(of)}/played`, { ms: Math.round(ms), pictures }),
  plate: (of: string, plate: string) => post<C.PlateAnswer>(`/cases/${id(of)}/plate`, { plate }),
  review: (of: string, body: { decision: "approve" | "reject" | "escalate"; behaviour?: string; reason?: string; note?: string; round: number }) => post<{ state: string }>(`/cases/${id(of)}/review`, body),
  voidAsk: (of: string, reason: string) => post<void>(`/cases/${id(of)}/void`, { reason }),
  voidConfirm: (of: string) => post<void>(`/cases/${id(of)}/void/confirm`, {}),
  separate: (of: string, reason: string) => post<void>(`/cases/${id(of)}/separate`, { reason }),
  hold: (of: string, reason: string) => post<void>(`/cases/${id(of)}/hold`, { reason }),
  unhold: (of: string) => call<void>("DELETE", `/cases/${id(of)}/hold`),
  next: (after: string) => get<{ id: string } | null>("/review/next", { after }),
  reasons: () => get<C.RejectReason[]>("/review/reasons"),
  me: (days: number) => get<C.MyDay>("/review/me", { days }),
  figures: (from: string, to: string) => get<C.ReviewFigures>("/review/figures", { from, to }),
  kinds: () => get<C.KindFacts[]>("/violation-kinds"),
  devices: () => get<C.DeviceRow[]>("/enforcement/devices"),
  putDevice: (record: C.DeviceRecord, note: string, valid_from: string | null) => call<C.DeviceRow>("PUT", `/enforcement/devices/${id(record.site)}/${id(record.camera)}`, { ...record, note, ...(valid_from && { valid_from }) }),
  approveDevice: (site: string, camera: string, proposal: string) => post<C.DeviceRow>(`/enforcement/devices/${id(site)}/${id(camera)}/approve`, { proposal }),
  refuseDevice: (site: string, camera: string, proposal: string, reason: string) => post<C.DeviceRow>(`/enforcement/devices/${id(site)}/${id(camera)}/refuse`, { proposal, reason }),
};

export const caseKeys = {
  list: (filter: C.CaseFilter) => ["cases", filter] as const,
  one: (of: string) => ["case", of] as const,
  reasons: ["review-reasons"] as const,
  me: (days: number) => ["review-me", days] as const,
  kinds: ["violation-kinds"] as const,
  devices: ["devices"] as const,
  overlay: (sha256: string) => ["overlay", sha256] as const,
};

export const useCases = (filter: C.CaseFilter) =>
  useInfiniteQuery({
    queryKey: caseKeys.list(filter),
    queryFn: ({ pageParam }) => casesApi.list(filter, pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // The page decides when new rows are shown: a list that is being read does not move.
    refetchOnWindowFocus: false,
    refetchInterval: 20_000,
  });

/** A look at a case is written to the audit log: it is not repeated without need. */
export const useCase = (of: string) =>
  useQuery({ queryKey: caseKeys.one(of), queryFn: () => casesApi.one(of), staleTime: Infinity, refetchOnWindowFocus: false, enabled: of !== "" });

export const useReasons = () => useQuery({ queryKey: caseKeys.reasons, queryFn: casesApi.reasons, staleTime: 300_000 });
export const useMyDay = (days: number) => useQuery({ queryKey: caseKeys.me(days), queryFn: () => casesApi.me(days), staleTime: 30_000 });
export const useKinds = () => useQuery({ queryKey: caseKeys.kinds, queryFn: casesApi.kinds, staleTime: Infinity });
/** `may`: the operations centre sees no device records, and does not ask. */
export const useDevices = (may = true) => useQuery({ queryKey: caseKeys.devices, queryFn: casesApi.devices, enabled: may });

export const useOverlay = (sha256: string | null) =>
  useQuery({
    queryKey: caseKeys.overlay(sha256 ?? ""),
    queryFn: async () => {
      const response = await fetch(evidenceUrl(sha256 ?? ""), { credentials: "same-origin" });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return (await response.json()) as C.Overlay;
    },
    enabled: Boolean(sha256),
    staleTime: Infinity,
    retry: false,
    refetchOnWindowFocus: false,
  });
