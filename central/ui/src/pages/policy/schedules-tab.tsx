import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { DayKind, PolicyDocument, Schedule, Window } from "../../api/types";
import { DAYS, hhmm, wholeHours } from "../../format/policy";
import { Check, Field } from "../../ui/field";
import { Note } from "../../ui/outcome";
import { useName, useWord } from "../../ui/words";
import type { Edit } from "./use-draft";
import { WeekGrid } from "./week-grid";

export function SchedulesTab({ document, edit }: { document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  const add = () =>
    edit?.((next) => {
      let n = next.schedules.length + 1;
      while (next.schedules.some((one) => one.id === `gio-${n}`)) n += 1;
      next.schedules.push({ id: `gio-${n}`, name_vi: t("policy.new_schedule"), name_en: "New hours", windows: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "07:00:00", until: "17:00:00" }] });
    });
  return (
    <div className="policy-gates">
      <Note>{t("policy.schedules_hint")}</Note>
      {document.schedules.map((schedule) => (
        <ScheduleEditor key={schedule.id} schedule={schedule} document={document} edit={edit} />
      ))}
      {edit && (
        <button type="button" className="button" onClick={add}>
          <Plus aria-hidden="true" />
          {t("policy.add_schedule")}
        </button>
      )}
    </div>
  );
}

const usedBy = (document: PolicyDocument, id: string) => document.gates.flatMap((gate) => gate.lanes).filter((lane) => lane.policy.rules.some((rule) => rule.schedule === id));

function ScheduleEditor({ schedule, document, edit }: { schedule: Schedule; document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  const name = useName();
  const set = (change: Partial<Schedule>) => edit?.((next) => void Object.assign(next.schedules.find((one) => one.id === schedule.id) ?? {}, change));
  const lanes = usedBy(document, schedule.id);
  return (
    <fieldset className="card form" disabled={!edit} data-schedule={schedule.id}>
      <header className="card-head">
        <h2>{name(schedule)}</h2>
        <span className="quiet">{lanes.length > 0 ? t("policy.used_by", { lanes: lanes.map(name).join(", ") }) : t("policy.used_by_none")}</span>
      </header>
      <div className="field-row">
        <Field word={t("policy.name_vi")}>
          <input value={schedule.name_vi} maxLength={60} onChange={(event) => set({ name_vi: event.target.value })} />
        </Field>
        <Field word={t("policy.name_en")}>
          <input value={schedule.name_en} maxLength={60} onChange={(event) => set({ name_en: event.target.value })} />
        </Field>
      </div>
      {wholeHours(schedule) ? <WeekGrid schedule={schedule} onChange={edit && ((windows) => set({ windows }))} /> : <p className="quiet">{t("policy.half_hours")}</p>}
      <details className="windows">
        <summary>{t("policy.exact_hours")}</summary>
        {schedule.windows.map((window, at) => (
          <WindowRow key={at} window={window} onChange={(next) => set({ windows: schedule.windows.with(at, next) })} onRemove={() => set({ windows: schedule.windows.filter((_, index) => index !== at) })} />
        ))}
        {edit && (
          <button type="button" className="button button-quiet" onClick={() => set({ windows: [...schedule.windows, { days: ["mon"], from: "07:00:00", until: "17:00:00" }] })}>
            <Plus aria-hidden="true" />
            {t("policy.add_window")}
          </button>
        )}
      </details>
      {edit && lanes.length === 0 && (
        <button type="button" className="button button-danger" onClick={() => window.confirm(t("policy.remove_sure", { name: name(schedule) })) && edit((next) => void (next.schedules = next.schedules.filter((one) => one.id !== schedule.id)))}>
          <Trash2 aria-hidden="true" />
          {t("policy.remove_schedule")}
        </button>
      )}
    </fieldset>
  );
}

function WindowRow({ window, onChange, onRemove }: { window: Window; onChange: (window: Window) => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const toggle = (day: DayKind, on: boolean) => onChange({ ...window, days: DAYS.filter((one) => (one === day ? on : window.days.includes(one))) });
  return (
    <div className="window-row">
      <div className="checks checks-row">
        {DAYS.map((day) => (
          <Check key={day} word={word("day_short", day)} checked={window.days.includes(day)} onChange={(on) => toggle(day, on)} />
        ))}
      </div>
      <input type="time" aria-label={t("policy.window_from")} value={hhmm(window.from)} onChange={(event) => event.target.value && onChange({ ...window, from: `${event.target.value}:00` })} />
      <span>–</span>
      <input type="time" aria-label={t("policy.window_until")} value={hhmm(window.until)} onChange={(event) => event.target.value && onChange({ ...window, until: `${event.target.value}:00` })} />
      {window.until <= window.from && <span className="quiet">{t("policy.next_day")}</span>}
      <button type="button" className="icon-button" onClick={onRemove} aria-label={t("policy.remove_window")}>
        <Trash2 aria-hidden="true" />
      </button>
    </div>
  );
}
