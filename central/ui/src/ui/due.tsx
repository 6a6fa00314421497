import { AlarmClock, AlarmClockOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { dueStep, dueTone, leftUntil } from "../format/due";
import { dateTime } from "../format/time";
import { useNow } from "./time";
import { useWord } from "./words";

interface Props {
  due: { what: string; what_vi?: string; what_en?: string; at: string; share: number } | null;
  /** Said instead of central's word. */
  label?: string;
}

/** A deadline as a bar with its words: what, how long there is to go, and how much of the time has gone. */
export function DueBar({ due, label }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  const now = useNow(30_000);
  if (!due) return null;
  const step = dueStep(due.share);
  const { unit, n, over } = leftUntil(due.at, now);
  const Icon = over ? AlarmClockOff : AlarmClock;
  return (
    <span className={`due due-${step} tone-${dueTone[step]}`} title={dateTime(due.at)} data-due={step}>
      <span className="due-words">
        <Icon aria-hidden="true" />
        <span>{label ?? word("due", due.what)}</span>
        <b>{t(over ? `due_over.${unit}` : `due_left.${unit}`, { n })}</b>
      </span>
      <span className="due-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(1, Math.max(0.02, due.share)) * 100}%` }} />
      </span>
    </span>
  );
}
