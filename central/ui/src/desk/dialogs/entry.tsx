import { CircleAlert } from "lucide-react";
import { Tabs } from "radix-ui";
import { type FormEvent, type HTMLAttributes, useEffect, useState } from "react";
import { pick } from "../../i18n";
import type { LaneView } from "../api/types";
import { useText } from "../i18n";
import type { Present } from "../scan/use-present";
import { useDesk } from "../state/provider";
import { EMPTY, type EntryDraft, ENTRY_KINDS, type EntryForm, type EntryProblem, requestOf } from "./entry-form";
import { Sheet } from "./sheet";

/** What is most likely to be typed at a lane as it stands. */
function likely(lane: LaneView | null): EntryForm {
  if (!lane) return "card";
  if (lane.step === "camera_lost" && lane.wanted !== "person") return "plate";
  return lane.wanted === "vehicle" ? "plate" : "card";
}

interface Props {
  open: boolean;
  onClose: () => void;
  present: Present;
  /** A card number that was scanned alone. */
  number: string | null;
}

/** Typing what no camera and no reader has read. */
export function EntryDialog({ open, onClose, present, number }: Props) {
  const { t, language } = useText();
  const { lane, online } = useDesk();
  const [form, setForm] = useState<EntryForm>("card");
  const [draft, setDraft] = useState(EMPTY);
  const [problem, setProblem] = useState<EntryProblem | null>(null);
  useEffect(() => {
    if (!open) return;
    setProblem(null);
    setForm(number ? "card" : likely(lane));
    if (number) setDraft((old) => ({ ...old, number }));
    // Only what it opens with: a lane that changes behind it must not turn the page under the guard's hands.
  }, [open, number]);
  const set = (field: keyof EntryDraft) => (value: string) => {
    setDraft((old) => ({ ...old, [field]: value }));
    setProblem(null);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const request = requestOf(form, draft);
    if ("field" in request) return setProblem(request);
    if (!(await present.send(request))) return;
    setDraft(EMPTY);
    onClose();
  };
  const name = lane ? pick(language, lane.name_vi, lane.name_en) : "";
  const input = (field: keyof EntryDraft, label: string, more: More = {}, hint?: string) => (
    <Input field={field} label={label} hint={hint} value={draft[field]} problem={problem?.field === field ? t(`entry.${problem.text}`) : null} onChange={set(field)} more={more} />
  );
  return (
    <Sheet open={open} title={t("entry.title", { lane: name })} onClose={onClose}>
      <Tabs.Root value={form} onValueChange={(value) => setForm(value as EntryForm)}>
        <Tabs.List className="segments-row">
          {ENTRY_KINDS.map((each) => (
            <Tabs.Trigger key={each} value={each} className="segment" data-entry={each}>
              {t(`entry.${each}`)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <form onSubmit={(event) => void submit(event)} noValidate className="entry-form" key={form}>
          {form === "card" && (
            <>
              {input("number", t("entry.number"), { inputMode: "numeric", maxLength: 15, first: !number })}
              {input("name", t("entry.name"), { first: number !== null })}
              {input("birth", t("entry.birth"), { inputMode: "numeric", maxLength: 10 }, t("entry.birth_hint"))}
            </>
          )}
          {form === "passport" && (
            <>
              {input("country", t("entry.country"), { maxLength: 3, first: true }, t("entry.country_hint"))}
              {input("passport", t("entry.passport_number"))}
              {input("passportName", t("entry.name"))}
            </>
          )}
          {form === "pin" && input("pin", t("entry.pin_label"), { inputMode: "numeric", first: true })}
          {form === "plate" && (
            <>
              {input("plate", t("entry.plate_label"), { first: true, className: "input-plate", maxLength: 16 }, t("entry.plate_hint"))}
              {lane?.camera && lane.step !== "camera_lost" && lane.camera_state === "live" && <p className="quiet">{t("entry.camera_there")}</p>}
            </>
          )}
          {form === "ticket" && input("ticket", t("entry.ticket_label"), { first: true }, t("entry.ticket_hint"))}
          {form === "code" && (
            <>
              <fieldset className="field">
                <legend>{t("entry.code_kind")}</legend>
                <div className="segments-row">
                  {(["pass", "vneid"] as const).map((kind) => (
                    <button key={kind} type="button" className="segment" data-state={draft.codeKind === kind ? "active" : "inactive"} aria-pressed={draft.codeKind === kind} onClick={() => setDraft((old) => ({ ...old, codeKind: kind }))}>
                      {t(`shown.${kind}`)}
                    </button>
                  ))}
                </div>
              </fieldset>
              {input("code", t("entry.code_label"), { first: true })}
            </>
          )}
          {present.message?.tone === "problem" && (
            <p className="problem" role="alert">
              <CircleAlert aria-hidden="true" />
              {present.message.text}
            </p>
          )}
          <div className="sheet-foot">
            <button type="button" className="button" onClick={onClose}>
              {t("dialog.cancel")}
            </button>
            <button type="submit" className="button button-primary" disabled={!online || present.busy}>
              {t("entry.submit")}
            </button>
          </div>
        </form>
      </Tabs.Root>
    </Sheet>
  );
}

/** `first`: where typing begins. */
type More = HTMLAttributes<HTMLInputElement> & { maxLength?: number; first?: boolean };

interface InputProps {
  field: string;
  label: string;
  hint?: string;
  value: string;
  problem: string | null;
  onChange: (value: string) => void;
  more: More;
}

function Input({ field, label, hint, value, problem, onChange, more }: InputProps) {
  const id = `entry-${field}`;
  const { first, ...attributes } = more;
  return (
    <div className={`field ${problem ? "field-wrong" : ""}`}>
      <label htmlFor={id}>{label}</label>
      <input id={id} name={field} value={value} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} aria-invalid={problem !== null} aria-describedby={`${id}-hint`} data-first={first ? "" : undefined} {...attributes} />
      <small id={`${id}-hint`} role={problem ? "alert" : undefined}>
        {problem ?? hint ?? ""}
      </small>
    </div>
  );
}
