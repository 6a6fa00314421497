import type { ReactNode } from "react";
import { VERDICTS } from "../api/types";
import { useText } from "../i18n";
import type { DraftRow } from "./paper-rows";

interface Props {
  row: DraftRow;
  at: number;
  onChange: (part: Partial<DraftRow>) => void;
  children: ReactNode;
}

/** The cells of one line. What is recorded can no longer be changed here: a correction is another act. */
export function PaperRowFields({ row, at, onChange, children }: Props) {
  const { t } = useText();
  const still = row.state === "done" || row.state === "sending" || row.state === "duplicate";
  const text = (column: "row" | "time" | "plate" | "name" | "number" | "note", mode?: "numeric") => (
    <td>
      <input data-cell={column} data-first={column === "time" ? "" : undefined} aria-label={`${t(`paper.${column}`)} ${at + 1}`} value={row[column]} readOnly={still} inputMode={mode} autoComplete="off" spellCheck={false} onChange={(event) => onChange({ [column]: event.target.value })} />
    </td>
  );
  const choice = <K extends "direction" | "kind" | "verdict">(column: K, options: [DraftRow[K], string][]) => (
    <td>
      <select data-cell={column} aria-label={`${t(`paper.${column}`)} ${at + 1}`} value={row[column]} disabled={still} onChange={(event) => onChange({ [column]: event.target.value } as Partial<DraftRow>)}>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </td>
  );
  return (
    <tr data-paper-row={at} data-state={row.state}>
      {text("row", "numeric")}
      {text("time", "numeric")}
      {choice("direction", [["in", t("direction.in")], ["out", t("direction.out")]])}
      {choice("kind", [["vehicle", t("paper.vehicle")], ["person", t("paper.person")]])}
      {text("plate")}
      {text("name")}
      {text("number")}
      {choice("verdict", VERDICTS.map((verdict) => [verdict, t(`verdict.${verdict}`)]))}
      {text("note")}
      {children}
    </tr>
  );
}
