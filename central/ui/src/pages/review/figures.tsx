import { useQuery } from "@tanstack/react-query";
import { ClipboardCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ReviewFigures } from "../../api/case-types";
import { casesApi } from "../../api/cases";
import { addDays, dayOf, endOfDay, startOfDay } from "../../format/days";
import { percent, score, whole } from "../../format/numbers";
import { useAddress } from "../../shell/site";
import { FigureTable } from "../../ui/figure-table";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { useSpan } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import { DayField } from "../accesses/filters";

/** How well reviews go, for the commander: agreement, known cases, why things were rejected, what thresholds would follow. */
export function ReviewFiguresPage() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const to = address.get("to") || dayOf(Date.now());
  const from = address.get("from") || addDays(to, -29);
  const query = useQuery({ queryKey: ["review-figures", from, to], queryFn: () => casesApi.figures(startOfDay(from), endOfDay(to)) });
  return (
    <div className="page">
      <PageHead title={t("reviewers.title")} lead={t("reviewers.lead")} query={query}>
        <DayField word={t("reviewers.from")} value={from} onChange={(day) => change({ from: day })} />
        <DayField word={t("reviewers.to")} value={to} onChange={(day) => change({ to: day })} />
      </PageHead>
      <Loaded query={query} isEmpty={(data) => data.reviewers.length === 0} empty={{ icon: ClipboardCheck, title: t("reviewers.empty") }}>
        {(data) => <Shown data={data} />}
      </Loaded>
    </div>
  );
}

/** Reasons of all kinds together, the most frequent first. */
function joinReasons(rows: ReviewFigures["reasons"]): ReviewFigures["reasons"] {
  const all = new Map<string, ReviewFigures["reasons"][number]>();
  for (const row of rows) all.set(row.code, { ...row, count: row.count + (all.get(row.code)?.count ?? 0) });
  return [...all.values()].toSorted((a, b) => b.count - a.count);
}

function Shown({ data }: { data: ReviewFigures }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const span = useSpan();
  const n = (value: number) => whole(value, i18n.language);
  const share = (part: number, of: number) => (of > 0 ? percent(part / of, i18n.language) : "–");
  const reasons = joinReasons(data.reasons);
  const most = Math.max(1, ...reasons.map(({ count }) => count));
  return (
    <div className="figure-grid">
      <FigureTable
        title={t("reviewers.people")}
        heads={[t("reviewers.name"), t("reviewers.decided"), t("reviewers.rejected"), t("reviewers.agreement"), t("reviewers.seeded"), t("reviewers.median")]}
        rows={data.reviewers.map((row) => ({ key: row.username, cells: [row.name, n(row.decided), share(row.rejected, row.decided), share(row.agreed, row.agreed + row.disagreed), `${row.seeded_right}/${row.seeded_shown}`, row.median_s === null ? "–" : span(row.median_s)] }))}
      />
      <FigureTable
        title={t("reviewers.thresholds")}
        hint={t("reviewers.threshold_hint")}
        heads={[t("review.kind"), t("reviewers.now"), t("reviewers.proposed"), t("reviewers.precision"), t("reviewers.kept"), t("reviewers.cases")]}
        rows={data.thresholds.map((row) => ({ key: row.kind, strong: row.now !== row.proposed, cells: [say(row.kind_vi, row.kind_en), score(row.now, i18n.language), score(row.proposed, i18n.language), percent(row.precision, i18n.language), percent(row.kept, i18n.language), n(row.cases)] }))}
      />
      <section className="card">
        <h2>{t("reviewers.reasons")}</h2>
        <ol className="bar-list">
          {reasons.map((row) => (
            <li key={row.code}>
              <span>
                {say(row.title_vi, row.title_en)} <small>{word("reviewers.teach", row.teaches)}</small>
              </span>
              <span className="bar" aria-hidden="true">
                <span style={{ width: `${(row.count / most) * 100}%` }} />
              </span>
              <b>{n(row.count)}</b>
            </li>
          ))}
        </ol>
      </section>
      <FigureTable
        title={t("reviewers.kinds")}
        heads={[t("review.kind"), t("reviewers.decided"), t("reviewers.approved"), t("reviewers.rejected"), t("reviewers.second"), t("reviewers.disagreed")]}
        rows={data.kinds.map((row) => ({ key: row.kind, cells: [say(row.kind_vi, row.kind_en), n(row.decided), n(row.approved), n(row.rejected), n(row.second), n(row.disagreed)] }))}
      />
      <FigureTable
        title={t("reviewers.cameras")}
        heads={["Camera", t("reviewers.decided"), t("reviewers.rejected"), t("reviewers.inadmissible")]}
        rows={data.cameras.map((row) => ({ key: row.site + row.camera, cells: [row.camera_name ?? row.camera, n(row.decided), share(row.rejected, row.decided), n(row.inadmissible)] }))}
      />
    </div>
  );
}
