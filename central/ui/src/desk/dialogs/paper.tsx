import { CircleAlert, CircleCheck, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { date } from "../../format/time";
import { whyOf } from "../acts/errors";
import { desk, DeskError } from "../api/client";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { PaperRowFields } from "./paper-row";
import { type DraftRow, isBlank, newRow, openRows, type PaperDraft, rowRequest, storedPaper, storePaper } from "./paper-rows";
import { Sheet } from "./sheet";

/** Typing in what was written on paper: line by line, Enter by Enter, each line recorded once. */
export function PaperDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useText();
  const { gate, view, online, now } = useDesk();
  const [draft, setDraft] = useState<PaperDraft>(() => storedPaper() ?? { form: view.paper_form ?? "", day: date(now()), rows: [newRow(undefined)] });
  const [sending, setSending] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => storePaper(draft), [draft]);
  const left = openRows(draft.rows);
  const filled = draft.rows.filter((row) => !isBlank(row));
  const done = filled.length > 0 && left.length === 0;

  const change = (at: number, part: Partial<DraftRow>) =>
    setDraft((old) => {
      const rows = old.rows.with(at, { ...old.rows[at], state: "draft", why: null, ...part });
      const last = rows[rows.length - 1];
      return { ...old, rows: isBlank(last) ? rows : [...rows, newRow(last)] };
    });

  const submit = async () => {
    if (sending || !online) return;
    setSending(true);
    const rows = [...draft.rows];
    for (const [at, row] of rows.entries()) {
      if (!openRows([row]).length) continue;
      const request = rowRequest(draft, row, now());
      let next: Partial<DraftRow>;
      if (typeof request === "string") {
        next = { state: "error", why: t(`paper.bad.${request}`) };
      } else {
        setDraft((old) => ({ ...old, rows: old.rows.with(at, { ...old.rows[at], state: "sending", why: null }) }));
        next = await desk.paper(gate.id, request).then(
          () => ({ state: "done" as const, why: null }),
          (error: unknown) => ({ state: error instanceof DeskError && error.status === 409 ? ("duplicate" as const) : ("error" as const), why: whyOf(error, t) }),
        );
      }
      setDraft((old) => ({ ...old, rows: old.rows.with(at, { ...old.rows[at], ...next }) }));
    }
    setSending(false);
  };

  /** Enter goes on to the next field, the arrows up and down to the same field of the next line. */
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      return void submit();
    }
    const cells = [...(table.current?.querySelectorAll<HTMLElement>("[data-cell]") ?? [])];
    const at = cells.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const column = cells[at].dataset.cell;
    const same = cells.filter((cell) => cell.dataset.cell === column);
    const up = event.key === "ArrowUp";
    const select = event.target instanceof HTMLSelectElement;
    const next = event.key === "Enter" ? cells[at + 1] : (event.key === "ArrowDown" || up) && !select ? same[same.indexOf(cells[at]) + (up ? -1 : 1)] : undefined;
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (next instanceof HTMLInputElement) next.select();
  };

  return (
    <Sheet open={open} title={t("paper.title")} onClose={onClose} wide className="sheet-paper">
      <div className="paper-head">
        <label className="field">
          <span>{t("paper.form")}</span>
          <input value={draft.form} onChange={(event) => setDraft((old) => ({ ...old, form: event.target.value }))} />
        </label>
        <label className="field">
          <span>{t("paper.date")}</span>
          <input inputMode="numeric" maxLength={10} value={draft.day} onChange={(event) => setDraft((old) => ({ ...old, day: event.target.value }))} />
        </label>
        <p className="quiet paper-hint">{t("paper.hint")}</p>
      </div>
      <div className="paper-scroll">
        <table className="paper" ref={table} onKeyDown={onKeyDown}>
          <thead>
            <tr>
              {(["row", "time", "direction", "kind", "plate", "name", "number", "verdict", "note"] as const).map((column) => (
                <th key={column} scope="col" className={`paper-${column}`}>
                  {t(`paper.${column}`)}
                </th>
              ))}
              <th />
            </tr>
          </thead>
          <tbody>
            {draft.rows.map((row, at) => (
              <PaperRowFields key={at} row={row} at={at} onChange={(part) => change(at, part)}>
                <td className="paper-state" data-state={isBlank(row) ? "blank" : row.state}>
                  {!isBlank(row) && (
                    <span role={row.why ? "alert" : "status"} title={row.why ?? undefined}>
                      {row.state === "done" ? <CircleCheck aria-hidden="true" /> : row.why ? <CircleAlert aria-hidden="true" /> : null}
                      {row.state === "error" && row.why ? row.why : t(`paper.state.${row.state}`)}
                    </span>
                  )}
                  {!isBlank(row) && row.state !== "done" && row.state !== "sending" && (
                    <button type="button" className="icon-button" aria-label={t("paper.remove", { n: row.row })} onClick={() => setDraft((old) => ({ ...old, rows: old.rows.toSpliced(at, 1) }))}>
                      <Trash2 aria-hidden="true" />
                    </button>
                  )}
                </td>
              </PaperRowFields>
            ))}
          </tbody>
        </table>
      </div>
      <div className="sheet-foot">
        {done && (
          <p className="done" role="status">
            <CircleCheck aria-hidden="true" />
            {t("paper.all_done", { count: filled.length, n: filled.length })}
          </p>
        )}
        <button type="button" className="button" onClick={() => setDraft((old) => ({ ...old, rows: done ? [newRow(undefined)] : [...old.rows, newRow(old.rows.at(-1))] }))}>
          <Plus aria-hidden="true" />
          {t(done ? "paper.new_rows" : "paper.add")}
        </button>
        <button type="button" className="button button-primary" disabled={!online || sending || left.length === 0} onClick={() => void submit()}>
          {left.length > 0 ? t("paper.submit", { n: left.length }) : t("paper.submit_none")}
        </button>
      </div>
    </Sheet>
  );
}
