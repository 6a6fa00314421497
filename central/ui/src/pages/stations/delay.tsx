import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { gateKeys } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Train } from "../../api/types";
import { dayOf } from "../../format/days";
import { Dialog } from "../../ui/dialog";
import { Check, Field } from "../../ui/field";
import { Refusal } from "../../ui/outcome";

/** Today's train is late or does not come: crowding then waits for it, or no longer. */
export function DelayDialog({ site, train, onClose }: { site: string; train: Train; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form, setForm] = useState({ date: dayOf(Date.now()), minutes: "15", cancelled: false });
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const save = useMutation({
    mutationFn: () => membersApi.delay(site, { train: train.train, date: form.date, minutes: form.cancelled ? 0 : Math.trunc(Number(form.minutes)), cancelled: form.cancelled }),
    onSuccess: () => {
      for (const key of [gateKeys.timetable(site), gateKeys.crowding(site)]) void client.invalidateQueries({ queryKey: key });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.date && !save.isPending) save.mutate();
  };
  return (
    <Dialog title={t("timetable.delay_of", { train: train.train })} open onClose={onClose}>
      <form className="form card-flat" onSubmit={submit}>
        <div className="field-row">
          <Field word={t("policy.date")}>
            <input type="date" value={form.date} onChange={(event) => set({ date: event.target.value })} />
          </Field>
          <Field word={t("timetable.late_by")} hint={t("timetable.early_hint")}>
            <input type="number" step={1} disabled={form.cancelled} value={form.minutes} onChange={(event) => set({ minutes: event.target.value })} />
          </Field>
        </div>
        <Check word={t("timetable.cancelled")} checked={form.cancelled} onChange={(cancelled) => set({ cancelled })} />
        <Refusal error={save.error} />
        <button type="submit" className="button button-primary" aria-busy={save.isPending}>
          {t("members.save")}
        </button>
      </form>
    </Dialog>
  );
}
