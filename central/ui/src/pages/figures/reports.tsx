import { useQuery } from "@tanstack/react-query";
import { Download, FileSpreadsheet, Printer } from "lucide-react";
import { useTranslation } from "react-i18next";
import { fileUrl } from "../../api/client";
import { gateKeys } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Report, TrainRow } from "../../api/types";
import { dayOf, monthOf, written } from "../../format/days";
import { whole } from "../../format/numbers";
import { useAddress, useOneSite, useSiteName } from "../../shell/site";
import { Loaded } from "../../ui/loaded";
import { LossNote } from "../../ui/loss";
import { Note } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Chips } from "./figures";
import { Corrections } from "./table";

const COLUMNS = ["people_in", "people_out", "vehicles_in", "vehicles_out", "most_inside", "admitted", "denied", "waited", "overrides", "alerts"] as const;

/** A day or a month of one site on one page; the files hold the same figures. */
export function ReportsPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const siteName = useSiteName();
  const [address, change] = useAddress();
  const kind = address.get("kind") === "monthly" ? "monthly" : "daily";
  const today = dayOf(Date.now());
  const period = address.get("period") || (kind === "daily" ? today : monthOf(today));
  const query = useQuery({ queryKey: gateKeys.report(kind, site, period), queryFn: () => membersApi.report(kind, site, period), enabled: site !== "" });
  const file = (format: string) => fileUrl(`/reports/${kind}`, { site, period, format });
  return (
    <div className="page">
      <PageHead title={t("reports.title")} query={query} oneSite>
        <Chips label={t("reports.kind")} value={kind} options={["daily", "monthly"]} word={(value) => t(`reports.${value}`)} onChange={(next) => change({ kind: next === "daily" ? "" : next, period: "" })} />
        <label className="day-field">
          <span>{t("reports.period")}</span>
          <input type={kind === "daily" ? "date" : "month"} value={period} max={kind === "daily" ? today : monthOf(today)} onChange={(event) => change({ period: event.target.value })} />
        </label>
        <a className="button" href={file("xlsx")} download>
          <FileSpreadsheet aria-hidden="true" />
          XLSX
        </a>
        <a className="button" href={file("csv")} download>
          <Download aria-hidden="true" />
          CSV
        </a>
        <button type="button" className="button" onClick={() => window.print()}>
          <Printer aria-hidden="true" />
          {t("muster.print")}
        </button>
      </PageHead>
      <p className="print-only strong">{siteName(site)} · {period}</p>
      <Loaded query={query} isEmpty={(report) => report.rows.length === 0} empty={{ icon: FileSpreadsheet, title: t("reports.empty") }}>
        {(report) => <Sheet report={report} />}
      </Loaded>
    </div>
  );
}

/** Who came and went around each train. */
function Trains({ rows }: { rows: TrainRow[] }) {
  const { t, i18n } = useTranslation();
  return (
    <section className="report-trains">
      <h2>{t("reports.trains")}</h2>
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("timetable.train")}</th>
              <th scope="col">{t("policy.date")}</th>
              <th scope="col">{t("timetable.arrives")}</th>
              <th scope="col">{t("timetable.departs")}</th>
              <th scope="col" className="table-number">{t("timetable.late_by")}</th>
              <th scope="col" className="table-number">{t("reports.people_in")}</th>
              <th scope="col" className="table-number">{t("reports.people_out")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.train + row.date}>
                <td className="strong">{row.train}</td>
                <td>{written(row.date)}</td>
                <td data-word={t("timetable.arrives")}>{row.arrives ?? "–"}</td>
                <td data-word={t("timetable.departs")}>{row.departs ?? "–"}</td>
                <td className="table-number" data-word={t("timetable.late_by")}>{row.delay_minutes}</td>
                <td className="table-number" data-word={t("reports.people_in")}>{whole(row.people_in, i18n.language)}</td>
                <td className="table-number" data-word={t("reports.people_out")}>{whole(row.people_out, i18n.language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Sheet({ report }: { report: Report }) {
  const { t, i18n } = useTranslation();
  const { due } = report;
  return (
    <>
      {due && (
        <Note tone={due.sent || (due.days_left ?? 0) > 5 ? "unknown" : "wait"}>
          {due.sent ? t("reports.sent", { recipient: due.recipient, receipt: due.receipt ?? "–" }) : t("reports.due", { by: written(due.by), recipient: due.recipient, days: due.days_left ?? 0 })}
        </Note>
      )}
      <p className="figures-loss">
        <LossNote loss={report.loss} />
      </p>
      <div className="table-wrap">
        <table className="table" data-testid="report">
          <caption className="sr-only">{t("reports.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("access.gate")}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" className="table-number">
                  {t(`reports.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <tr key={row.name}>
                <td className="strong">{row.name}</td>
                {COLUMNS.map((column) => (
                  <td key={column} className="table-number" data-word={t(`reports.${column}`)}>
                    {whole(row[column], i18n.language)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(report.trains?.length ?? 0) > 0 && <Trains rows={report.trains ?? []} />}
      <Corrections rows={report.corrections} />
    </>
  );
}
