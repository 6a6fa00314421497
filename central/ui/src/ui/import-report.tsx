import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ImportReport } from "../api/types";
import { whole } from "../format/numbers";
import { Note } from "./outcome";
import { useSay } from "./words";

/** What an import would do, and every row that is wrong, by its number in the file. */
export function ImportSummary({ report }: { report: ImportReport }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const n = (count: number) => whole(count, i18n.language);
  const tiles = [["rows", report.rows], ["new", report.new], ["changed", report.changed], ["same", report.same], ["wrong", new Set(report.errors.map(({ row }) => row)).size]] as const;
  return (
    <div className="import-report" data-testid="import-report">
      <div className="tiles">
        {tiles.map(([word, count]) => (
          <div key={word} className={`tile ${word === "wrong" && count > 0 ? "number-deny" : ""}`}>
            <span className="figure-label">{t(`import.${word}`)}</span>
            <span className="figure-value">{n(count)}</span>
          </div>
        ))}
      </div>
      {(report.ignored?.length ?? 0) > 0 && <Note tone="wait">{t("import.ignored", { list: report.ignored?.join(", ") ?? "" })}</Note>}
      {report.warnings?.slice(0, 20).map((warning) => (
        <Note key={`${warning.row}${warning.code}`} tone="wait">
          {t("import.row")} {warning.row}: {say(warning.vi, warning.en)}
        </Note>
      ))}
      {report.errors.length === 0 ? (
        <p className="done">
          <CircleCheck aria-hidden="true" />
          {t("import.all_good")}
        </p>
      ) : (
        <>
          <p className="problem">
            <CircleAlert aria-hidden="true" />
            {t("import.some_wrong")}
          </p>
          <div className="table-wrap import-errors">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col" className="table-number">{t("import.row")}</th>
                  <th scope="col">{t("import.column")}</th>
                  <th scope="col">{t("import.what")}</th>
                </tr>
              </thead>
              <tbody>
                {report.errors.map((error) => (
                  <tr key={`${error.row}${error.column}${error.code}`}>
                    <td className="table-number strong" data-word={t("import.row")}>{error.row}</td>
                    <td data-word={t("import.column")}>{error.column || "–"}</td>
                    <td>{say(error.vi, error.en)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}
