import { useMutation } from "@tanstack/react-query";
import { FolderPlus, FolderSearch } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { CaseRow, CaseState } from "../../api/case-types";
import { useCases, useKinds } from "../../api/cases";
import { handlingsApi } from "../../api/handlings";
import { percent } from "../../format/numbers";
import { mayReview } from "../../shell/places";
import { useAddress, useKeepSite, useSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { DueBar } from "../../ui/due";
import { moveFocus, useKeys } from "../../ui/keys";
import { MoreRows } from "../../ui/more";
import { Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Picture } from "../../ui/picture";
import { Plate } from "../../ui/plate";
import { SearchField } from "../../ui/search-field";
import { Select } from "../../ui/select";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import { CaseBadge } from "./badge";

export const STATES: CaseState[] = ["detected", "screened", "review_1", "review_2", "review_3", "confirmed", "rejected", "inadmissible", "duplicate", "voided", "expired"];

const SORTS = ["newest", "age", "deadline", "score"] as const;

/** Every case there is, to find one again. */
export function CasesPage() {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const user = useUser();
  const [address, change] = useAddress();
  const of = (key: string) => address.get(key) ?? "";
  const sort = SORTS.find((one) => one === of("sort")) ?? "newest";
  const query = useCases({ state: of("state"), kind: of("kind"), q: of("q"), site: useSite(), sort });
  const kinds = useKinds().data ?? [];
  const rows = query.data?.pages.flatMap((page) => page.items);
  const counts = query.data?.pages[0]?.counts ?? {};
  const [chosen, setChosen] = useState<string[]>([]);
  useKeys({ j: () => moveFocus("cases", 1), k: () => moveFocus("cases", -1), "/": () => document.getElementById("case-search")?.focus() });
  return (
    <div className="page">
      <PageHead title={t("cases.title")} query={query}>
        <SearchField id="case-search" word={t("cases.search")} value={of("q")} onSearch={(q) => change({ q })} />
        <Select label={t("review.sort")} value={sort} options={SORTS.map((one) => ({ value: one, label: t(one === "age" || one === "newest" ? `cases.sort_${one}` : `review.sort_${one}`) }))} onChange={(next) => change({ sort: next === "newest" ? "" : next })} />
        <Select label={t("cases.state")} all={t("cases.all_states")} value={of("state")} options={STATES.map((state) => ({ value: state, label: counts[state] ? `${word("case_state", state)} (${counts[state]})` : word("case_state", state) }))} onChange={(state) => change({ state })} />
        <Select label={t("review.kind")} all={t("review.all_kinds")} value={of("kind")} options={kinds.map((one) => ({ value: one.kind, label: say(one.vi, one.en) }))} onChange={(kind) => change({ kind })} />
        {mayReview(user) && chosen.length > 1 && <Merge chosen={chosen} onDone={() => setChosen([])} />}
      </PageHead>
      {query.isPending && <Skeleton count={6} shape="row" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={FolderSearch} title={t("cases.empty")} hint={t("cases.empty_hint")} />}
      <ol className="row-list" data-list="cases">
        {rows?.map((row) => (
          <Row key={row.id} row={row} chosen={chosen.includes(row.id)} joins={mayReview(user)} onChoose={mayReview(user) && row.state === "confirmed" ? () => setChosen((old) => (old.includes(row.id) ? old.filter((id) => id !== row.id) : [...old, row.id])) : undefined} />
        ))}
      </ol>
      <MoreRows query={query} />
    </div>
  );
}

/** The operations centre sees where and what; the file itself is for the police. */
function Row({ row, chosen, joins, onChoose }: { row: CaseRow; chosen: boolean; joins: boolean; onChoose?: () => void }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const keep = useKeepSite();
  const opens = useUser().role !== "ioc_operator";
  return (
    <li className="case-row" data-number={row.number}>
      <RowLink to={opens ? keep(`/cases/${row.id}`) : null}>
        <span className="case-picture">
          <Picture sha256={row.thumb} alt="" size={null} />
        </span>
        <span className="case-what">
          <b>{say(row.kind_vi, row.kind_en)}</b>
          <span className="mono">{row.number}</span>
        </span>
        <span className="case-place">
          <span>{say(row.place_vi, row.place_en)}</span>
          <Time at={row.at} />
        </span>
        <span className="case-plate">{row.plate_display ? <Plate display={row.plate_display} colour={row.plate_colour} size="s" /> : !opens ? <span className="quiet" title={t("cases.plate_not_here")}>—<span className="sr-only"> {t("cases.plate_not_here")}</span></span> : <span className="quiet">{t(row.state === "inadmissible" ? "cases.plate_hidden" : "cases.no_plate")}</span>}</span>
        <span className="case-state">
          <CaseBadge state={row.state} />
          <small>{percent(row.score, i18n.language)}</small>
          <DueBar due={row.due} />
        </span>
      </RowLink>
      {joins && !onChoose && <span className="case-choose case-choose-not" aria-hidden="true" />}
      {onChoose && (
        <label className="check case-choose" title={t("cases.merge_hint")}>
          <input type="checkbox" checked={chosen} onChange={onChoose} aria-label={`${t("cases.merge_hint")} ${row.number}`} />
        </label>
      )}
    </li>
  );
}

function RowLink({ to, children }: { to: string | null; children: ReactNode }) {
  if (!to) return <span className="case-link">{children}</span>;
  return (
    <Link to={to} className="case-link" data-item>
      {children}
    </Link>
  );
}

/** Several confirmed cases of one liable party, before the decision. */
function Merge({ chosen, onDone }: { chosen: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const navigate = useNavigate();
  const merge = useMutation({
    mutationFn: () => handlingsApi.merge(chosen),
    onSuccess: ({ id }) => {
      onDone();
      void navigate(keep(`/handlings/${id}`));
    },
  });
  return (
    <>
      <button type="button" className="button button-primary" aria-busy={merge.isPending} onClick={() => merge.mutate()}>
        <FolderPlus aria-hidden="true" />
        {t("cases.merge", { count: chosen.length })}
      </button>
      <Refusal error={merge.error} />
    </>
  );
}
