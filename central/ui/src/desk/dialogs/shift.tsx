import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { whole } from "../../format/numbers";
import { clock, dateTime } from "../../format/time";
import { whyOf } from "../acts/errors";
import { desk } from "../api/client";
import { keys, useShift } from "../api/queries";
import type { ShiftView } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { unsavedRows } from "./paper-rows";
import { Sheet } from "./sheet";

const ITEMS = ["radio", "keys", "torch", "book", "seals", "vest"] as const;

interface Props {
  open: boolean;
  onClose: () => void;
  onDone: (name: string) => void;
}

/** Hand-over: what happened, what is handed over, and the next guard's PIN, which signs them in. */
export function ShiftDialog({ open, onClose, onDone }: Props) {
  const { t, language } = useText();
  const { gate, online, session } = useDesk();
  const client = useQueryClient();
  const shift = useShift(gate.id, open);
  const [note, setNote] = useState("");
  const [items, setItems] = useState<string[]>([]);
  const [own, setOwn] = useState<string[]>([]);
  const [extra, setExtra] = useState("");
  const [to, setTo] = useState("");
  const [pin, setPin] = useState("");
  const waiting = gate.lanes.reduce((sum, lane) => sum + lane.queue.length + (lane.current ? 1 : 0), 0);
  const send = useMutation({
    mutationFn: () => desk.handOver(gate.id, { to: to.trim(), to_pin: pin, items, ...(note.trim() && { note: note.trim() }) }),
    onSuccess: async () => {
      const next = await client.fetchQuery({ queryKey: keys.session, queryFn: desk.session, staleTime: 0 });
      void client.invalidateQueries({ queryKey: ["shift"] });
      setNote("");
      setItems([]);
      setOwn([]);
      setTo("");
      onDone(next.name);
      onClose();
    },
    onSettled: () => setPin(""),
  });
  const all = [...ITEMS.map((item) => t(`shift.item.${item}`)), ...own];
  const toggle = (item: string) => setItems((old) => (old.includes(item) ? old.filter((each) => each !== item) : [...old, item]));
  const addExtra = () => {
    const item = extra.trim();
    if (!item) return;
    setExtra("");
    if (!all.includes(item)) setOwn((old) => [...old, item]);
    if (!items.includes(item)) setItems((old) => [...old, item]);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (to.trim() && pin && !send.isPending) send.mutate();
  };
  const unsaved = unsavedRows();
  return (
    <Sheet open={open} title={t("shift.title")} onClose={onClose} wide>
      <form className="shift" onSubmit={submit}>
        <div className="shift-left">
          <p className="strong">{t("shift.current", { name: session.name, time: clock(session.since) })}</p>
          {shift.data && <Totals of={shift.data} />}
          <p className="quiet">{t("shift.state", { people: whole(gate.people, language), vehicles: whole(gate.vehicles, language), waiting })}</p>
          {unsaved > 0 && (
            <p className="problem problem-wait">
              <TriangleAlert aria-hidden="true" />
              {t("shift.unsaved_paper", { count: unsaved, n: unsaved })}
            </p>
          )}
          <fieldset className="field">
            <legend>{t("shift.items")}</legend>
            <div className="item-checks">
              {all.map((item) => (
                <label key={item} className="check">
                  <input type="checkbox" checked={items.includes(item)} onChange={() => toggle(item)} />
                  {item}
                </label>
              ))}
            </div>
            <div className="add-item">
              <input
                value={extra}
                maxLength={60}
                placeholder={t("shift.add_item")}
                aria-label={t("shift.add_item")}
                onChange={(event) => setExtra(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter") return;
                  event.preventDefault();
                  addExtra();
                }}
              />
              <button type="button" className="button" onClick={addExtra}>
                {t("shift.add")}
              </button>
            </div>
          </fieldset>
          <label className="field">
            <span>{t("shift.note")}</span>
            <textarea data-first="" rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
          </label>
        </div>
        <div className="shift-right">
          <label className="field">
            <span>{t("shift.to")}</span>
            <input name="to" autoComplete="off" autoCapitalize="none" spellCheck={false} value={to} onChange={(event) => setTo(event.target.value)} />
          </label>
          <label className="field">
            <span>{t("shift.pin")}</span>
            <input name="to_pin" type="password" inputMode="numeric" autoComplete="off" value={pin} onChange={(event) => setPin(event.target.value)} />
          </label>
          {send.error && (
            <p className="problem" role="alert">
              <CircleAlert aria-hidden="true" />
              {t("dialog.failed", { why: whyOf(send.error, t) })}
            </p>
          )}
          <button type="submit" className="button button-primary button-large" disabled={!online || !to.trim() || !pin || send.isPending}>
            {t("shift.submit")}
          </button>
          <h3>{t("shift.notes")}</h3>
          <Notes of={shift.data} />
        </div>
      </form>
    </Sheet>
  );
}

function Totals({ of }: { of: ShiftView }) {
  const { t, language } = useText();
  const { totals } = of;
  const rows = [["admitted", totals.admitted], ["denied", totals.denied], ["waited", totals.waited], ["overrides", totals.overrides], ["in", totals.in], ["out", totals.out]] as const;
  return (
    <dl className="totals" aria-label={t("shift.totals")}>
      {rows.map(([word, n]) => (
        <div key={word}>
          <dt>{t(`shift.${word}`)}</dt>
          <dd>{whole(n, language)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Notes({ of }: { of: ShiftView | undefined }) {
  const { t } = useText();
  if (!of || of.notes.length === 0) return <p className="quiet">{t("shift.no_notes")}</p>;
  return (
    <ol className="shift-notes">
      {of.notes.map((each) => (
        <li key={each.at}>
          <p>
            <b>{t("shift.from_to", { from: each.from ?? t("shift.nobody"), to: each.to ?? t("shift.nobody") })}</b> <span className="quiet">{dateTime(each.at)}</span>
          </p>
          {each.note && <p>{each.note}</p>}
          {each.items.length > 0 && <p className="quiet">{each.items.join(", ")}</p>}
        </li>
      ))}
    </ol>
  );
}
