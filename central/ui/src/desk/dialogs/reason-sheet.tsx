import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { askedReasons, wantsNote } from "../acts/rules";
import { useReasons } from "../api/queries";
import type { GuardAct } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { Sheet } from "./sheet";

interface Props {
  open: boolean;
  title: string;
  act: GuardAct;
  /** What will happen, said before. */
  warning?: string;
  busy: boolean;
  problem: string | null;
  onClose: () => void;
  onReason: (reason: string, note: string) => void;
}

/** Asks for a reason by digit, in a dialog: for what is not about the case at the lane. */
export function ReasonSheet({ open, title, act, warning, busy, problem, onClose, onReason }: Props) {
  const { t, language } = useText();
  const { online } = useDesk();
  const { data } = useReasons();
  const [note, setNote] = useState("");
  const [wanting, setWanting] = useState(false);
  const reasons = askedReasons(data, act);
  const take = (code: string) => {
    if (busy || !online) return;
    const missing = wantsNote(code) && !note.trim();
    setWanting(missing);
    if (!missing) onReason(code, note.trim());
  };
  const onKey = (key: string) => {
    const found = /^[1-9]$/.test(key) ? reasons[Number(key) - 1] : undefined;
    if (found) take(found.code);
    return found !== undefined;
  };
  return (
    <Sheet open={open} title={title} onClose={onClose} onKey={onKey}>
      {warning && <p className="sheet-warning">{warning}</p>}
      <div className="picker-reasons" role="group" aria-label={t("dialog.reason")}>
        {reasons.map((reason, at) => (
          <button key={reason.code} type="button" className="button reason" disabled={busy || !online} onClick={() => take(reason.code)} data-reason={reason.code}>
            <kbd>{at + 1}</kbd>
            <span>{language === "en" ? reason.en : reason.vi}</span>
          </button>
        ))}
        {reasons.length === 0 && <p className="quiet">{t("keys_row.no_reasons")}</p>}
      </div>
      <label className="field">
        <span>{t(wanting ? "keys_row.note_needed" : "keys_row.note")}</span>
        <input value={note} maxLength={500} aria-invalid={wanting} onChange={(event) => setNote(event.target.value)} />
      </label>
      {problem && (
        <p className="problem" role="alert">
          <CircleAlert aria-hidden="true" />
          {problem}
        </p>
      )}
    </Sheet>
  );
}
