import { useInfiniteQuery } from "@tanstack/react-query";
import { Route as RouteIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { gatesApi } from "../../api/gates";
import { gateKeys, useGroups } from "../../api/gate-queries";
import type { Stay } from "../../api/types";
import { dayOf, endOfDay, startOfDay } from "../../format/days";
import { useAddress, useKeepSite, useOneSite } from "../../shell/site";
import { MoreRows } from "../../ui/more";
import { PageHead } from "../../ui/page-head";
import { Select } from "../../ui/select";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time, useSpan } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";
import { TextFilter } from "../../ui/text-filter";
import { DayField } from "../accesses/filters";

/** Entry and exit of each passage side by side; one that has only half of it says so. */
export function StaysPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const [address, change] = useAddress();
  const of = (key: string) => address.get(key) ?? "";
  const from = of("from") || dayOf(Date.now());
  const to = of("to") || from;
  const groups = useGroups(site).data ?? [];
  const query = useInfiniteQuery({
    queryKey: gateKeys.stays(site, from, to, of("group"), of("q")),
    queryFn: ({ pageParam }) => gatesApi.stays(site, startOfDay(from), endOfDay(to), of("group"), of("q"), pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: site !== "",
  });
  const rows = query.data?.pages.flatMap((page) => page.items);
  return (
    <div className="page">
      <PageHead title={t("stays.title")} lead={t("stays.lead")} query={query} oneSite>
        <TextFilter value={of("q")} onChange={(q) => change({ q })} word={t("access.search")} />
        {groups.length > 0 && <Select label={t("inside.group")} all={t("inside.all_groups")} value={of("group")} options={groups.map(({ id, name }) => ({ value: id, label: name }))} onChange={(group) => change({ group })} />}
        <DayField word={t("access.from")} value={from} onChange={(day) => change({ from: day })} />
        <DayField word={t("access.to")} value={to} onChange={(day) => change({ to: day })} />
      </PageHead>
      {query.isPending && <Skeleton count={6} shape="line" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={RouteIcon} title={t("stays.empty")} />}
      {rows && rows.length > 0 && <Rows rows={rows} />}
      <MoreRows query={query} />
    </div>
  );
}

function Moment({ at, access, missing }: { at: string | null; access: string | null; missing: string }) {
  const keep = useKeepSite();
  if (!at) return <span className="quiet">{missing}</span>;
  if (!access) return <Time at={at} form="short" />;
  return (
    <Link className="link" to={keep(`/accesses/${access}`)}>
      <Time at={at} form="short" />
    </Link>
  );
}

function Rows({ rows }: { rows: Stay[] }) {
  const { t } = useTranslation();
  const span = useSpan();
  const word = useWord();
  return (
    <div className="table-wrap">
      <table className="table">
        <caption className="sr-only">{t("stays.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("inside.who")}</th>
            <th scope="col">{t("inside.group")}</th>
            <th scope="col">{t("stays.entry")}</th>
            <th scope="col">{t("stays.exit")}</th>
            <th scope="col">{t("stays.duration")}</th>
            <th scope="col">{t("stays.state")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-stay={row.state}>
              <td>
                <b>{row.label ?? t("inside.no_name")}</b>
              </td>
              <td data-word={t("inside.group")}>{row.group_name ?? row.group ?? "–"}</td>
              <td data-word={t("stays.entry")}>
                <Moment at={row.in} access={row.entry_access} missing={t("stays.not_seen")} />
              </td>
              <td data-word={t("stays.exit")}>
                <Moment at={row.out} access={row.exit_access} missing={row.state === "inside" ? t("stays.still") : t("stays.not_seen")} />
              </td>
              <td data-word={t("stays.duration")}>{row.duration_s === null ? "–" : span(row.duration_s)}</td>
              <td data-word={t("stays.state")}>
                {row.state === "left" || row.state === "inside" ? (
                  word("stay", row.state)
                ) : (
                  <Badge tone="wait" size="s">
                    {word("stay", row.state)}
                  </Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
