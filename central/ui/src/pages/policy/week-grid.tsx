import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schedule, Window } from "../../api/types";
import { DAYS, cellsOf, hhmm, windowsOf } from "../../format/policy";
import { useWord } from "../../ui/words";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface Props {
  schedule: Schedule;
  onChange?: (windows: Window[]) => void;
}

/** A week by hours: a click turns an hour, dragging paints several, the arrow keys walk. */
export function WeekGrid({ schedule, onChange }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  const [painting, setPainting] = useState<boolean | null>(null);
  const cells = cellsOf(schedule);
  const paint = (cell: string, on: boolean) => {
    const next = new Set(cells);
    if (on) next.add(cell);
    else next.delete(cell);
    onChange?.(windowsOf(next));
  };
  const walk = (event: React.KeyboardEvent, day: number, hour: number) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = event.currentTarget.closest("table")?.querySelector<HTMLElement>(`[data-cell="${(day + step[0] + 8) % 8}:${(hour + step[1] + 24) % 24}"]`);
    to?.focus();
  };
  return (
    <div className="week" onPointerUp={() => setPainting(null)} onPointerLeave={() => setPainting(null)}>
      <table aria-label={t("policy.week", { name: schedule.name_vi })}>
        <thead>
          <tr>
            <th />
            {HOURS.map((hour) => (
              <th key={hour} scope="col">
                {hour % 3 === 0 ? hour : ""}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DAYS.map((day, row) => (
            <tr key={day}>
              <th scope="row">{word("day", day)}</th>
              {HOURS.map((hour) => {
                const on = cells.has(`${day}:${hour}`);
                return (
                  <td key={hour}>
                    <button
                      type="button"
                      className={`week-cell ${on ? "week-on" : ""}`}
                      aria-pressed={on}
                      aria-label={t("policy.cell", { day: word("day", day), from: hour, to: hour + 1 })}
                      tabIndex={row === 0 && hour === 0 ? 0 : -1}
                      data-cell={`${row}:${hour}`}
                      disabled={!onChange}
                      onKeyDown={(event) => walk(event, row, hour)}
                      onPointerDown={() => setPainting(!on)}
                      onPointerEnter={(event) => painting !== null && event.buttons === 1 && on !== painting && paint(`${day}:${hour}`, painting)}
                      onClick={() => paint(`${day}:${hour}`, painting ?? !on)}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">{schedule.windows.map((window) => `${window.days.map((day) => word("day_short", day)).join(" ")} ${hhmm(window.from)}–${hhmm(window.until)}`).join(" · ") || t("policy.never_open")}</p>
    </div>
  );
}
