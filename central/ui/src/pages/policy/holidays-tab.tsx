import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PolicyDocument } from "../../api/types";
import { written } from "../../format/days";
import { Check, Field } from "../../ui/field";
import { Note } from "../../ui/outcome";
import type { Edit } from "./use-draft";

/** Days on which other hours hold: holidays, and working days that make up for them. */
export function HolidaysTab({ document, edit }: { document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  return (
    <div className="policy-gates">
      <Note>{t("policy.holidays_hint")}</Note>
      {document.holidays.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("policy.date")}</th>
                <th scope="col">{t("policy.holiday_name")}</th>
                <th scope="col">{t("policy.holiday_kind")}</th>
                {edit && <th scope="col" aria-label={t("members.remove")} />}
              </tr>
            </thead>
            <tbody>
              {document.holidays
                .toSorted((a, b) => a.date.localeCompare(b.date))
                .map((holiday) => (
                  <tr key={holiday.date}>
                    <td className="strong">{written(holiday.date)}</td>
                    <td>{holiday.name_vi}</td>
                    <td>{t(holiday.off ? "policy.day_off" : "policy.day_worked")}</td>
                    {edit && (
                      <td className="table-number">
                        <button type="button" className="icon-button" aria-label={`${t("members.remove")} ${written(holiday.date)}`} onClick={() => edit((next) => void (next.holidays = next.holidays.filter(({ date }) => date !== holiday.date)))}>
                          <Trash2 aria-hidden="true" />
                        </button>
                      </td>
                    )}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
      {edit && <NewHoliday document={document} edit={edit} />}
    </div>
  );
}

function NewHoliday({ document, edit }: { document: PolicyDocument; edit: NonNullable<Edit> }) {
  const { t } = useTranslation();
  const [day, setDay] = useState("");
  const [name, setName] = useState("");
  const [worked, setWorked] = useState(false);
  const [tried, setTried] = useState(false);
  const twice = document.holidays.some(({ date }) => date === day);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!day || !name.trim() || twice) return;
    edit((next) => void next.holidays.push({ date: day, off: !worked, name_vi: name.trim() }));
    setDay("");
    setName("");
    setTried(false);
  };
  return (
    <form className="card form" onSubmit={submit} noValidate>
      <div className="field-row">
        <Field word={t("policy.date")} trouble={twice ? t("policy.date_twice") : tried && !day ? t("admin.required") : null}>
          <input type="date" value={day} onChange={(event) => setDay(event.target.value)} />
        </Field>
        <Field word={t("policy.holiday_name")} trouble={tried && !name.trim() ? t("admin.required") : null}>
          <input value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        </Field>
      </div>
      <Check word={t("policy.day_worked")} hint={t("policy.day_worked_hint")} checked={worked} onChange={setWorked} />
      <button type="submit" className="button">
        <Plus aria-hidden="true" />
        {t("policy.add_holiday")}
      </button>
    </form>
  );
}
