import { Building2, FolderSearch, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HandlingRow } from "../../api/handling-types";
import { useHandlings } from "../../api/handlings";
import { dong } from "../../format/money";
import { canonical } from "../../format/plate";
import { useAddress, useKeepSite, useSite } from "../../shell/site";
import { DueBar } from "../../ui/due";
import { moveFocus, useKeys } from "../../ui/keys";
import { MoreRows } from "../../ui/more";
import { PageHead } from "../../ui/page-head";
import { Plate } from "../../ui/plate";
import { SearchField } from "../../ui/search-field";
import { Select } from "../../ui/select";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import { HandlingBadge } from "./badge";
import { ALL_STATES } from "./station";

const LEVELS = ["soon", "late"] as const;
const SORTS = ["deadline", "changed"] as const;

/** Numbers as they are written; plates as central keeps them, without marks between. */
const askedFor = (text: string) => (/^(XL|VP)-/i.test(text) ? text : canonical(text));

/** Files on their way from the owner to the receipt, the most urgent first, each with its nearest deadline. */
export function HandlingsPage() {
  const { t } = useTranslation();
  const word = useWord();
  const [address, change] = useAddress();
  const of = (key: string) => address.get(key) ?? "";
  const query = useHandlings({ state: of("state"), due: of("due"), q: askedFor(of("q")), site: useSite(), sort: of("sort") === "changed" ? "changed" : "" });
  const rows = query.data?.pages.flatMap((page) => page.items);
  const counts = query.data?.pages[0]?.counts ?? {};
  useKeys({ j: () => moveFocus("handlings", 1), k: () => moveFocus("handlings", -1), "/": () => document.getElementById("handling-search")?.focus() });
  return (
    <div className="page">
      <PageHead title={t("handlings.title")} query={query}>
        <SearchField id="handling-search" word={t("handlings.search")} value={of("q")} onSearch={(q) => change({ q })} />
        <div className="chips" role="group" aria-label={t("handlings.deadline")}>
          {LEVELS.map((level) => (
            <button key={level} type="button" className="chip" aria-pressed={of("due") === level} onClick={() => change({ due: of("due") === level ? "" : level })} data-level={level}>
              {t(`handlings.level_${level}`)}
            </button>
          ))}
        </div>
        <Select label={t("handlings.sort")} value={of("sort") === "changed" ? "changed" : "deadline"} options={SORTS.map((one) => ({ value: one, label: t(`handlings.sort_${one}`) }))} onChange={(sort) => change({ sort: sort === "deadline" ? "" : sort })} />
        <Select label={t("cases.state")} all={t("cases.all_states")} value={of("state")} options={ALL_STATES.map((state) => ({ value: state, label: counts[state] ? `${word("handling_state", state)} (${counts[state]})` : word("handling_state", state) }))} onChange={(state) => change({ state })} />
      </PageHead>
      {query.isPending && <Skeleton count={6} shape="row" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={FolderSearch} title={t("handlings.empty")} hint={t("handlings.empty_hint")} />}
      <ol className="row-list" data-list="handlings">
        {rows?.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ol>
      <MoreRows query={query} />
    </div>
  );
}

function Row({ row }: { row: HandlingRow }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const keep = useKeepSite();
  const PartyIcon = row.party?.kind === "org" ? Building2 : UserRound;
  const [first, ...others] = row.cases;
  return (
    <li className="handling-row" data-number={row.number} data-state={row.state}>
      <Link to={keep(`/handlings/${row.id}`)} className="handling-link" data-item>
        <span className="case-what">
          <b className="mono">{row.number}</b>
          <HandlingBadge row={row} />
          {(row.doubts.length > 0 || row.void_asked) && <small className="tone-text-wait">{row.void_asked ? t("handlings.void_asked") : row.doubts.map((doubt) => word("handling_doubt", doubt)).join(", ")}</small>}
        </span>
        <span className="handling-plates">
          {first?.plate_display && <Plate display={first.plate_display} size="s" />}
          {others.length > 0 && <small>{t("handlings.more_cases", { count: others.length })}</small>}
        </span>
        <span className="case-place">
          <span>{first ? say(first.kind_vi, first.kind_en) || first.kind : "–"}</span>
          {first && <Time at={first.at} />}
        </span>
        <span className="handling-party">
          <PartyIcon aria-hidden="true" />
          {row.party?.name ?? t("handlings.nobody")}
        </span>
        <span className="handling-due">
          <DueBar due={row.due} label={row.due ? say(row.due.what_vi, row.due.what_en) : undefined} exact />
        </span>
        <b className="handling-amount">{row.amount === null ? "" : dong(row.amount, i18n.language)}</b>
      </Link>
    </li>
  );
}
