import { ScanSearch } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAccesses } from "../../api/gate-queries";
import type { AccessFilter } from "../../api/types";
import { fitsAccess } from "../../format/gate";
import { endOfDay, startOfDay } from "../../format/days";
import { useLiveList } from "../../live/use-live-list";
import { useAddress } from "../../shell/site";
import { moveFocus, useKeys } from "../../ui/keys";
import { MoreRows } from "../../ui/more";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { usePageTitle } from "../../ui/title";
import { Waiting } from "../feed/feed";
import { AccessFilters, FILTERS } from "./filters";
import { AccessRow } from "./row";

/** The filter as it stands in the address; days are Vietnam's. */
export function useAccessFilter(): AccessFilter {
  const [address] = useAddress();
  const of = (key: string) => address.get(key) ?? undefined;
  const [from, to] = [of("from"), of("to")];
  return {
    site: of("site"), gate: of("gate"), lane: of("lane"), verdict: of("verdict"), reason: of("reason"), outcome: of("outcome"), q: of("q"),
    from: from && startOfDay(from), to: to && endOfDay(to),
  };
}

export function AccessesPage() {
  const { t } = useTranslation();
  const filter = useAccessFilter();
  const [address, change] = useAddress();
  const query = useAccesses(filter);
  const snapshot = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const list = useLiveList("access", snapshot, (row) => fitsAccess(row, filter), JSON.stringify(filter));
  const filtered = FILTERS.some((key) => address.has(key));
  usePageTitle(t("access.title"));
  useKeys({ j: () => moveFocus("accesses", 1), k: () => moveFocus("accesses", -1), n: list.show });
  return (
    <div className="page accesses">
      <header className="page-head">
        <h1>{t("access.title")}</h1>
        <StaleNote query={query} />
      </header>
      <AccessFilters />
      <div {...list.holders}>
        <span ref={list.top} className="top-mark" />
        <Waiting count={list.waiting.length} held={list.held} show={list.show} />
        {query.isPending && <Skeleton count={8} shape="line" />}
        {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
        {query.data && list.rows.length === 0 && snapshot?.length === 0 && (
          <Empty icon={ScanSearch} title={t(filtered ? "access.empty_filtered" : "access.empty")} hint={filtered ? undefined : t("access.empty_hint")}>
            {filtered && (
              <button type="button" className="button" onClick={() => change(Object.fromEntries(FILTERS.map((key) => [key, ""])))}>
                {t("feed.clear")}
              </button>
            )}
          </Empty>
        )}
        <ol className="access-list" data-list="accesses">
          {list.rows.map((access) => (
            <AccessRow key={access.id} access={access} />
          ))}
        </ol>
      </div>
      <MoreRows query={query} />
    </div>
  );
}
