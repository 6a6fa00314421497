import { useEffect, useRef, useState } from "react";
import { useText } from "../i18n";
import type { Acts } from "./use-acts";
import { wantsNote } from "./rules";

/** Asks why, in the place of the keys: the case stays in sight. Digits choose, Enter takes the first. */
export function ReasonPicker({ acts }: { acts: Acts }) {
  const { t, language } = useText();
  const { picking, note, setNote, choose, cancel, busy } = acts;
  const first = useRef<HTMLButtonElement>(null);
  const noteField = useRef<HTMLInputElement>(null);
  const [needsNote, setNeedsNote] = useState<string | null>(null);
  const key = picking && `${picking.act}${picking.access}`;
  useEffect(() => {
    setNeedsNote(null);
    if (key) first.current?.focus({ preventScroll: true });
  }, [key]);
  if (!picking) return null;
  const act = t(`act.${picking.act}`);
  const take = (code: string) => {
    if (wantsNote(code) && !note.trim()) {
      setNeedsNote(code);
      noteField.current?.focus();
      return;
    }
    choose(code);
  };
  return (
    <div className="picker" role="group" aria-label={t("keys_row.why", { act })} data-picking={picking.act}>
      <p className="picker-head">
        <b>{t("keys_row.why", { act })}</b>{" "}
        <span>{picking.against ? t("keys_row.why_hint", { answer: t(`verdict.${picking.against}`) }) : t("keys_row.pick_hint")}</span>
      </p>
      <div className="picker-reasons">
        {picking.reasons.map((reason, at) => (
          <button key={reason.code} type="button" ref={at === 0 ? first : undefined} className="button reason" disabled={busy !== null} onClick={() => take(reason.code)} data-reason={reason.code}>
            <kbd>{at + 1}</kbd>
            <span>{language === "en" ? reason.en : reason.vi}</span>
          </button>
        ))}
      </div>
      <div className="picker-foot">
        <input
          ref={noteField}
          className="line-input"
          aria-label={t("keys_row.note")}
          placeholder={t(needsNote ? "keys_row.note_needed" : "keys_row.note")}
          aria-invalid={needsNote !== null && !note.trim()}
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") cancel();
            if (event.key === "Enter" && (needsNote ?? picking.reasons[0])) take(needsNote ?? picking.reasons[0].code);
          }}
        />
        <button type="button" className="button" onClick={cancel}>
          {t("keys_row.cancel")} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  );
}

/** The digit keys while a reason is asked for. */
export function pickerKey(acts: Acts, key: string): boolean {
  const { picking } = acts;
  if (!picking) return false;
  if (key === "Escape") {
    acts.cancel();
    return true;
  }
  // Enter is the first reason, unless a reason or the button beside has the focus: then it is that one's.
  if (key === "Enter" && document.activeElement?.closest(".picker") instanceof HTMLElement) return false;
  const at = key === "Enter" ? 0 : /^[1-9]$/.test(key) ? Number(key) - 1 : -1;
  if (at < 0 || at >= picking.reasons.length) return false;
  // A click, so that "other" asks for its words in the one place that knows.
  document.querySelector<HTMLButtonElement>(`.picker [data-reason="${CSS.escape(picking.reasons[at].code)}"]`)?.click();
  return true;
}
