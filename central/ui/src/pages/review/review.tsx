import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Film, ShieldX, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail, CaseFilter, CaseRow } from "../../api/case-types";
import { caseKeys, casesApi, useCase, useCases, useKinds } from "../../api/cases";
import { mayReview } from "../../shell/places";
import { useAddress, useSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { useKeys } from "../../ui/keys";
import { PageHead } from "../../ui/page-head";
import { Select } from "../../ui/select";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { usePageTitle } from "../../ui/title";
import { useSay, useWord } from "../../ui/words";
import { DeskCase } from "./case";
import { type HeldRow, beside, hold } from "./held";
import { MyDay } from "./my-day";
import { Queue } from "./queue";
import type { Decision } from "./use-work";

/** States in which a case waits for a reviewer. */
const WAITING = "screened,review_1,review_2,review_3";
const SORTS = ["deadline", "age", "score"] as const;
const DONE_MS = 5_000;

/** The desk is for those who review; whoever comes by the address alone is told so. */
export function ReviewPage() {
  const { t } = useTranslation();
  const word = useWord();
  if (mayReview(useUser())) return <Desk />;
  return (
    <div className="page">
      <PageHead title={t("review.title")} />
      <Empty icon={ShieldX} title={t("state.forbidden")} hint={word("refused", "forbidden")} />
    </div>
  );
}

/** The review desk: a queue, a player and a case side by side, worked with the keyboard alone. */
function Desk() {
  const { t } = useTranslation();
  usePageTitle(t("review.title"));
  const client = useQueryClient();
  const site = useSite();
  const [address, change] = useAddress();
  const current = address.get("case") ?? "";
  const sort = SORTS.find((one) => one === address.get("sort")) ?? "deadline";
  const filter: CaseFilter = { state: WAITING, kind: address.get("kind") ?? "", site, sort, mine: address.get("mine") ?? "" };
  const query = useCases(filter);
  const listed = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const { rows, waiting, show } = useHeld(listed, JSON.stringify(filter));
  const detail = useCase(current);
  const closed = useClosed(detail.data);
  const open = (id: string | null) => change({ case: id ?? "" });
  const [done, setDone] = useState<{ decision: Decision; number: string } | null>(null);
  const status = useRef<HTMLDivElement>(null);

  // The first case of the queue lies on the desk when one comes.
  const first = rows.find(({ gone }) => !gone)?.row.id;
  useEffect(() => {
    if (!current && first) change({ case: first });
  }, [current, first, change]);
  useEffect(() => {
    document.querySelector(`[data-case="${CSS.escape(current)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current]);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(null), DONE_MS);
    return () => clearTimeout(timer);
  }, [done]);

  const decided = async (decision: Decision, of: CaseDetail) => {
    setDone({ decision, number: of.number });
    const neighbour = beside(rows, of.id, 1);
    let next: string | null = null;
    try {
      next = (await casesApi.next(of.id))?.id ?? null;
    } catch {
      next = neighbour !== of.id ? neighbour : null;
    }
    client.removeQueries({ queryKey: caseKeys.one(of.id) });
    show();
    await client.invalidateQueries({ queryKey: ["cases"] });
    void client.invalidateQueries({ queryKey: ["review-me"] });
    open(next);
  };

  useKeys({
    j: () => open(beside(rows, current, 1)),
    k: () => open(beside(rows, current, -1)),
    n: show,
  });

  return (
    <div className="desk">
      <h1 className="sr-only">{t("review.title")}</h1>
      <section className="desk-queue" aria-label={t("review.queue")}>
        <header className="queue-head">
          <h2>
            {t("review.queue")} <span className="queue-count">{listed?.length ?? ""}</span>
          </h2>
          <StaleNote query={query} />
          <QueueFilters kind={filter.kind ?? ""} sort={sort} mine={filter.mine === "true"} change={change} />
        </header>
        <div className="queue-body">
          {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
          {!(query.isError && !query.data) && <Queue rows={rows} waiting={waiting} current={current} closed={closed} loading={query.isPending} onShow={show} onOpen={open} />}
        </div>
        <MyDay />
      </section>
      <div ref={status} className="desk-done" role="status" aria-live="polite">
        {done && (
          <p className="toast" data-testid="done">
            <CircleCheck aria-hidden="true" />
            {t(`review.done_${done.decision.decision}`, { number: done.number })}
            <button type="button" className="icon-button icon-small" aria-label={t("state.dismiss")} onClick={() => setDone(null)}>
              <X aria-hidden="true" />
            </button>
          </p>
        )}
      </div>
      {current && detail.data && <DeskCase key={detail.data.id} detail={detail.data} onDecided={(decision, of) => void decided(decision, of)} />}
      {current && !detail.data && (
        <div className="desk-none">{detail.isError ? <Failed error={detail.error} retry={() => void detail.refetch()} /> : <Skeleton count={1} shape="camera" />}</div>
      )}
      {!current && (
        <div className="desk-none">
          <Empty icon={Film} title={t("review.none_open")} hint={t("review.none_open_hint")} />
        </div>
      )}
    </div>
  );
}

/** The queue as it was when the reader last asked for it; what came since waits. */
function useHeld(listed: CaseRow[] | undefined, filterKey: string) {
  const [shown, setShown] = useState<{ key: string; rows: HeldRow<CaseRow>[]; waiting: number }>({ key: "", rows: [], waiting: 0 });
  const fresh = useRef(false);
  useEffect(() => {
    if (!listed) return;
    setShown((old) => {
      const renew = fresh.current || old.key !== filterKey;
      return { key: filterKey, ...hold(old.rows, listed, renew) };
    });
    fresh.current = false;
  }, [listed, filterKey]);
  return {
    rows: shown.rows,
    waiting: shown.waiting,
    show: () => {
      if (listed) setShown({ key: filterKey, ...hold([], listed, true) });
      fresh.current = true;
    },
  };
}

/** Cases of which an opened file said that this account cannot take them; a list alone does not say it. */
function useClosed(detail: CaseDetail | undefined): ReadonlyMap<string, string> {
  const [closed, setClosed] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    if (!detail) return;
    const why = detail.review.may ? null : (detail.review.why_not ?? "other");
    setClosed((old) => {
      if ((old.get(detail.id) ?? null) === why) return old;
      const next = new Map(old);
      if (why) next.set(detail.id, why);
      else next.delete(detail.id);
      return next;
    });
  }, [detail]);
  return closed;
}

function QueueFilters({ kind, sort, mine, change }: { kind: string; sort: (typeof SORTS)[number]; mine: boolean; change: (changes: Record<string, string>) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const kinds = useKinds().data ?? [];
  return (
    <div className="queue-filters">
      <Select label={t("review.kind")} all={t("review.all_kinds")} value={kind} options={kinds.map((one) => ({ value: one.kind, label: say(one.vi, one.en) }))} onChange={(next) => change({ kind: next })} />
      <Select label={t("review.sort")} value={sort} options={SORTS.map((one) => ({ value: one, label: t(`review.sort_${one}`) }))} onChange={(next) => change({ sort: next === "deadline" ? "" : next })} />
      <button type="button" className="chip" aria-pressed={mine} onClick={() => change({ mine: mine ? "" : "true" })}>
        {t("review.mine")}
      </button>
    </div>
  );
}
