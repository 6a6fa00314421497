import { useMutation } from "@tanstack/react-query";
import { CircleAlert, Minus, Plus } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { whole } from "../../format/numbers";
import { whyOf } from "../acts/errors";
import { askedReasons } from "../acts/rules";
import { desk } from "../api/client";
import { useReasons } from "../api/queries";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { Sheet } from "./sheet";

interface Props {
  open: boolean;
  onClose: () => void;
  onDone: (text: string) => void;
}

/** Counts put right by a supervisor: the counted figure stays, the difference is added with a reason. */
export function CorrectionDialog({ open, onClose, onDone }: Props) {
  const { t, language } = useText();
  const { gate, online } = useDesk();
  const { data } = useReasons();
  const [people, setPeople] = useState(0);
  const [vehicles, setVehicles] = useState(0);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  // Corrections have a list of their own; `correction` is no act of a guard at a lane.
  const reasons = data?.correction ?? askedReasons(data, "forgive");
  const first = reasons[0]?.code;
  useEffect(() => {
    if (!reason && first) setReason(first);
  }, [reason, first]);
  const send = useMutation({
    mutationFn: () => desk.correct(gate.id, { people, vehicles, reason, ...(note.trim() && { note: note.trim() }) }),
    onSuccess: () => {
      setPeople(0);
      setVehicles(0);
      setNote("");
      onDone(t("correction.done"));
      onClose();
    },
  });
  const nothing = people === 0 && vehicles === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!nothing && reason && online && !send.isPending) send.mutate();
  };
  return (
    <Sheet open={open} title={t("correction.title")} onClose={onClose}>
      <form onSubmit={submit} className="entry-form">
        <p className="quiet">{t("correction.hint")}</p>
        <Stepper what={t("correction.people")} now={gate.people} change={people} onChange={setPeople} name="people" />
        <Stepper what={t("correction.vehicles")} now={gate.vehicles} change={vehicles} onChange={setVehicles} name="vehicles" />
        <fieldset className="field">
          <legend>{t("dialog.reason")}</legend>
          <div className="picker-reasons">
            {reasons.map(({ code, vi, en }) => (
              <button key={code} type="button" className="button reason" aria-pressed={reason === code} onClick={() => setReason(code)} data-reason={code}>
                {language === "en" ? en : vi}
              </button>
            ))}
          </div>
        </fieldset>
        <label className="field">
          <span>{t("dialog.note")}</span>
          <input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
        </label>
        {send.error && (
          <p className="problem" role="alert">
            <CircleAlert aria-hidden="true" />
            {t("dialog.failed", { why: whyOf(send.error, t) })}
          </p>
        )}
        <div className="sheet-foot">
          {nothing && <span className="quiet">{t("correction.none")}</span>}
          <button type="submit" className="button button-primary" disabled={!online || nothing || !reason || send.isPending}>
            {t("correction.submit")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

interface StepperProps {
  what: string;
  now: number;
  change: number;
  onChange: (change: number) => void;
  name: string;
}

/** The guard says how many there really are; the difference is what is recorded. */
function Stepper({ what, now, change, onChange, name }: StepperProps) {
  const { t, language } = useText();
  const signed = `${change > 0 ? "+" : ""}${whole(change, language)}`;
  return (
    <div className="stepper" data-stepper={name}>
      <div>
        <b>{what}</b>
        <span className="quiet">{t("correction.now", { n: whole(now, language) })}</span>
      </div>
      <button type="button" className="button" onClick={() => onChange(change - 1)} disabled={now + change <= 0} aria-label={t("correction.less", { what })}>
        <Minus aria-hidden="true" />
      </button>
      <label>
        <span className="sr-only">{`${what}: ${t("correction.actual")}`}</span>
        <input inputMode="numeric" value={now + change} onChange={(event) => onChange(Number(event.target.value.replace(/\D/g, "") || 0) - now)} />
      </label>
      <button type="button" className="button" onClick={() => onChange(change + 1)} aria-label={t("correction.more", { what })}>
        <Plus aria-hidden="true" />
      </button>
      <span className="stepper-change" data-change={change}>
        {change === 0 ? "" : t("correction.change", { n: signed })}
      </span>
    </div>
  );
}
