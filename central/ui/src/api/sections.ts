import { useQuery } from "@tanstack/react-query";
import { endOfDay, startOfDay } from "../format/days";
import { get } from "./client";
import type { SectionList, SectionSpeeds } from "./section-types";

const id = encodeURIComponent;

const sectionsApi = {
  list: () => get<SectionList>("/sections"),
  speeds: (site: string, of: string, day: string) => get<SectionSpeeds>(`/sections/${id(site)}/${id(of)}`, { from: startOfDay(day), to: endOfDay(day) }),
};

export const useSections = () => useQuery({ queryKey: ["sections"], queryFn: sectionsApi.list });

/** The drives of one day, `YYYY-MM-DD`. */
export const useSectionSpeeds = (site: string, of: string, day: string) =>
  useQuery({ queryKey: ["section", site, of, day], queryFn: () => sectionsApi.speeds(site, of, day), refetchInterval: (query) => (query.state.error ? false : 60_000) });
