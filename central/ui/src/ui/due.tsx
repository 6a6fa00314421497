import { AlarmClock, AlarmClockOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dueStep, dueTone, leftUntil } from "../format/due";
import { percent } from "../format/numbers";
import { date, dateTime } from "../format/time";
import { useNow } from "./time";
import { useWord } from "./words";

interface Props {
  due: { what: string; what_vi?: string; what_en?: string; at: string; share: number } | null;
  /** Said instead of central's word. */
  label?: string;
  /** Says the day and how much of the time has gone, too. */
  exact?: boolean;
}

/** A deadline as a bar with its words: what, how long there is to go, and how much of the time has gone. */
export function DueBar({ due, label, exact }: Props) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const now = useNow(30_000);
  if (!due) return null;
  const step = dueStep(due.share);
  const { unit, n, over } = leftUntil(due.at, now);
  const Icon = over ? AlarmClockOff : AlarmClock;
  return (
    <span className={`due due-${step} tone-${dueTone[step]}`} title={dateTime(due.at)} data-due={step}>
      <span className="due-words">
        <span className="due-what">
          <Icon aria-hidden="true" />
          {label ?? word("due", due.what)}
        </span>
        <b>{t(over ? `due_over.${unit}` : `due_left.${unit}`, { n })}</b>
      </span>
      <span className="due-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(1, Math.max(0.02, due.share)) * 100}%` }} />
      </span>
      {exact && <small className="due-exact">{t("due_exact", { day: date(due.at), part: percent(Math.min(due.share, 9.99), i18n.language) })}</small>}
    </span>
  );
}
