import { useQuery } from "@tanstack/react-query";
import { gatesApi } from "../../api/gates";
import { gateKeys } from "../../api/gate-queries";
import type { Schedule } from "../../api/types";
import { useUser } from "../../shell/user";
import { useName } from "../../ui/words";

/** The hours that a site knows. A tenant may not read the policy: it sees their ids. */
export function useSchedules(site: string): Schedule[] {
  const tenant = useUser().role === "enterprise";
  const { data } = useQuery({ queryKey: gateKeys.policy(site), queryFn: () => gatesApi.policy(site), retry: false, staleTime: 60_000, enabled: site !== "" && !tenant });
  return data?.schedules ?? [];
}

export function useScheduleName(site: string): (id: string) => string {
  const schedules = useSchedules(site);
  const name = useName();
  return (id) => {
    const schedule = schedules.find((one) => one.id === id);
    return schedule ? name(schedule) : id;
  };
}
