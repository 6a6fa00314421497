import { useTranslation } from "react-i18next";
import type { CitizenCase } from "../../api/citizen";
import { date, dateTime } from "../../format/time";
import { WAITS, dong } from "./words";

/** The cases of one person, newest first. */
export function CaseList({ cases, onOpen }: { cases: CitizenCase[]; onOpen: (ref: string) => void }) {
  const { t, i18n } = useTranslation();
  const vi = i18n.language === "vi";
  if (cases.length === 0) {
    return (
      <section>
        <h1>{t("citizen.none")}</h1>
        <p>{t("citizen.none_text")}</p>
      </section>
    );
  }
  return (
    <section>
      <h1>{t("citizen.yours", { count: cases.length })}</h1>
      <ul className="c-list">
        {cases.map((row) => (
          <li key={row.ref}>
            <button type="button" className="c-row" data-state={row.state} onClick={() => onOpen(row.ref)}>
              <b>{vi ? row.kind_vi : row.kind_en}</b>
              <span className="c-plate">{row.plate_display}</span>
              <span>{dateTime(row.at)}</span>
              <span>{vi ? row.place_vi : (row.place_en ?? row.place_vi)}</span>
              <span className="c-chip" data-state={row.state}>{vi ? row.state_vi : row.state_en}</span>
              {row.amount !== null && <b>{dong(row.amount, i18n.language)}</b>}
              {row.due_at && <small>{`${t(`citizen.due_for.${WAITS.find((one) => one === row.next_step) ?? "other"}`)} ${date(row.due_at)}`}</small>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
