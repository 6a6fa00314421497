import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { membersApi } from "../../api/members";
import type { GateRow } from "../../api/types";
import { Dialog } from "../../ui/dialog";
import { Field, SelectField } from "../../ui/field";
import { Refusal } from "../../ui/outcome";
import { useName, useWord } from "../../ui/words";

/** The desk's own words, and one more. */
const REASONS = ["hand_count", "camera_down", "other_exit", "start_of_day", "double_count", "other"];
const BLANK = { gate: "", people: "0", vehicles: "0", reason: "", note: "" };

interface Props {
  open: boolean;
  onClose: () => void;
  site: string;
  gates: GateRow[];
}

/** A count put right by hand: added beside what was counted, with its reason. What was typed stays when the dialog is closed. */
export function CorrectionDialog({ open, onClose, site, gates }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const name = useName();
  const word = useWord();
  const [form, setForm] = useState(BLANK);
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof BLANK>) => setForm({ ...form, ...change });
  const gate = gates.find((row) => row.id === (form.gate || gates[0]?.id));
  const [people, vehicles] = [Number(form.people), Number(form.vehicles)];
  const nothing = !Number.isInteger(people) || !Number.isInteger(vehicles) || (people === 0 && vehicles === 0);
  const noWhy = !form.reason || (form.reason === "other" && !form.note.trim());
  const save = useMutation({
    mutationFn: () => membersApi.correct({ site, gate: gate?.id ?? "", area: gate?.area ?? "", people, vehicles, reason: form.reason, note: form.note.trim() }),
    onSuccess: () => {
      setForm(BLANK);
      setTried(false);
      void client.invalidateQueries({ queryKey: ["figures"] });
      void client.invalidateQueries({ queryKey: ["gates"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!nothing && !noWhy && gate && !save.isPending) save.mutate();
  };
  return (
    <Dialog title={t("figures.correct")} open={open} onClose={onClose}>
      <form className="form card-flat" onSubmit={submit} noValidate>
        <p className="quiet">{t("figures.correct_lead")}</p>
        <SelectField word={t("access.gate")} value={gate?.id ?? ""} options={gates.map((row) => ({ value: row.id, label: name(row) }))} onChange={(id) => set({ gate: id })} />
        <div className="field-row">
          <Field word={t("figures.people_more")} hint={t("figures.sign_hint")} trouble={tried && nothing ? t("figures.nothing") : null}>
            <input type="number" step={1} value={form.people} onChange={(event) => set({ people: event.target.value })} />
          </Field>
          <Field word={t("figures.vehicles_more")} hint={t("figures.sign_hint")}>
            <input type="number" step={1} value={form.vehicles} onChange={(event) => set({ vehicles: event.target.value })} />
          </Field>
        </div>
        <div className="field" role="group" aria-label={t("access.reason")}>
          <span>{t("access.reason")}</span>
          <div className="chips">
            {REASONS.map((reason) => (
              <button key={reason} type="button" className="chip" aria-pressed={form.reason === reason} onClick={() => set({ reason })}>
                {word("correction_reason", reason)}
              </button>
            ))}
          </div>
          {tried && noWhy && <small className="tone-text-deny">{t("figures.reason_needed")}</small>}
        </div>
        <Field word={t("alerts.note")}>
          <textarea rows={2} maxLength={300} value={form.note} onChange={(event) => set({ note: event.target.value })} />
        </Field>
        <Refusal error={save.error} />
        <button type="submit" className="button button-primary" aria-busy={save.isPending}>
          {t("figures.save_correction")}
        </button>
      </form>
    </Dialog>
  );
}
