import type { FigureGroup, ViolationFigure } from "../../api/handling-types";

const NONE = { detected: 0, inadmissible: 0, rejected: 0, confirmed: 0, noticed: 0, decided: 0, paid: 0, overdue: 0 };

/** Groups as one reads them: hours from the first to the last of the day, those without anything too; days in their order; else as central sends them. */
export function ordered(groups: readonly ViolationFigure[], group: FigureGroup): ViolationFigure[] {
  if (group === "day") return groups.toSorted((a, b) => a.key.localeCompare(b.key));
  if (group !== "hour" || groups.length === 0) return [...groups];
  return Array.from({ length: 24 }, (_, hour) => groups.find(({ key }) => Number(key) === hour) ?? { ...NONE, key: String(hour), vi: `${hour} giờ`, en: `${hour}:00` });
}

/** Words under a chart's bars, so few that they do not touch; the others are empty. */
export function chartLabels(names: readonly string[], most = 8): string[] {
  const every = Math.max(1, Math.ceil(names.length / most));
  return names.map((name, at) => (at % every === 0 ? name : ""));
}
