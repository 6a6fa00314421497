import { BellOff } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAlerts } from "../../api/queries";
import type { Alert } from "../../api/types";
import { useLiveList } from "../../live/use-live-list";
import { useAddress, useSite } from "../../shell/site";
import { MoreRows } from "../../ui/more";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { Waiting } from "../feed/feed";
import { AlertRow } from "./row";

/** The open card is part of the address, so that it can be sent to a colleague and survives a reload. */
export function useOpenAlert(): [string, (id: string) => void] {
  const [address, change] = useAddress();
  return [address.get("alert") ?? "", (id) => change({ alert: id })];
}

export function useAlertList(state: string) {
  const site = useSite();
  const query = useAlerts(state);
  const mine = (alert: Alert) => (!site || alert.site === site) && (!state || alert.state === state);
  const snapshot = useMemo(
    () => query.data?.pages.flatMap((page) => page.items).filter((alert) => !site || alert.site === site),
    [query.data, site],
  );
  return { query, snapshot, list: useLiveList("alert", snapshot, mine, `${site}|${state}`) };
}

export function AlertList({ source, filtered }: { source: ReturnType<typeof useAlertList>; filtered: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useOpenAlert();
  const { query, snapshot, list } = source;
  return (
    <div className="column-body" {...list.holders}>
      <span ref={list.top} className="top-mark" />
      <Waiting count={list.waiting.length} held={list.held} show={list.show} />
      <StaleNote query={query} />
      {query.isPending && <Skeleton count={6} shape="row" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && list.rows.length === 0 && snapshot?.length === 0 && (
        <Empty icon={BellOff} title={t(filtered ? "alerts.empty_state" : "alerts.empty")} hint={t("alerts.empty_hint")} />
      )}
      <ol className="alert-list" data-list="alerts">
        {list.rows.map((alert) => (
          <AlertRow key={alert.id} alert={alert} open={alert.id === open} onOpen={() => setOpen(alert.id)} />
        ))}
      </ol>
      <MoreRows query={query} />
    </div>
  );
}
