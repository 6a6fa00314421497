import { useTranslation } from "react-i18next";
import { useGates } from "../../api/gate-queries";
import type { Correction, FigureRow } from "../../api/types";
import { type Subject, corrected, signed } from "../../format/figures";
import { whole } from "../../format/numbers";
import { clock, date, dateTime } from "../../format/time";
import { useOneSite } from "../../shell/site";
import { LossNote } from "../../ui/loss";
import { Time } from "../../ui/time";
import { useName, useWord } from "../../ui/words";

export function useGateName(): (id: string) => string {
  const { site } = useOneSite();
  const gates = useGates(site).data ?? [];
  const name = useName();
  return (id) => {
    const gate = gates.find((row) => row.id === id);
    return gate ? name(gate) : id;
  };
}

/** The chart's numbers as a table, newest first: counted, corrected beside it, inside, and what is missing. */
export function FigureTable({ rows, subject, by }: { rows: FigureRow[]; subject: Subject; by: "hour" | "day" }) {
  const { t, i18n } = useTranslation();
  const gateName = useGateName();
  const n = (count: number) => whole(count, i18n.language);
  const when = (row: FigureRow) => (by === "day" ? date(row.from) : `${dateTime(row.from).slice(0, 16)}–${clock(row.to).slice(0, 5)}`);
  const shown = rows.toSorted((a, b) => b.from.localeCompare(a.from) || a.gate.localeCompare(b.gate));
  return (
    <div className="table-wrap">
      <table className="table" data-testid="figure-table">
        <caption className="sr-only">{t("figures.table")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("figures.time")}</th>
            <th scope="col">{t("access.gate")}</th>
            <th scope="col" className="table-number">{t("figures.in")}</th>
            <th scope="col" className="table-number">{t("figures.out")}</th>
            <th scope="col" className="table-number">{t("figures.inside")}</th>
            <th scope="col" className="table-number">{t("figures.corrected")}</th>
            <th scope="col">{t("figures.loss")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.from + row.gate}>
              <td className="strong">{when(row)}</td>
              <td>{gateName(row.gate)}</td>
              <td className="table-number" data-word={t("figures.in")}>{n(row[`${subject}_in`])}</td>
              <td className="table-number" data-word={t("figures.out")}>{n(row[`${subject}_out`])}</td>
              <td className="table-number" data-word={t("figures.inside")}>{n(row[`inside_${subject}`])}</td>
              <td className="table-number" data-word={t("figures.corrected")}>{row.corrections.length > 0 ? signed(corrected(row.corrections, subject), i18n.language) : "–"}</td>
              <td>
                <LossNote loss={row.loss} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who corrected what by hand, and why. */
export function Corrections({ rows }: { rows: Correction[] }) {
  const { t, i18n } = useTranslation();
  const gateName = useGateName();
  const word = useWord();
  if (rows.length === 0) return null;
  return (
    <section className="card corrections">
      <h2>{t("figures.corrections")}</h2>
      <ol className="history">
        {rows.map((row) => (
          <li key={row.id}>
            <b>
              {signed(row.people, i18n.language)} {t("figures.people_word")}, {signed(row.vehicles, i18n.language)} {t("figures.vehicles_word")} · {gateName(row.gate)}
            </b>
            <span>
              {row.user} · <Time at={row.at} /> · {word("correction_reason", row.reason)}
            </span>
            {row.note && <q>{row.note}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}
