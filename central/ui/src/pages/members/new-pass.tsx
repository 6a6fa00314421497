import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useGates, useGroups } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { MadePass, Pass } from "../../api/types";
import { addDays, dayOf, momentOf } from "../../format/days";
import { useUser } from "../../shell/user";
import { Dialog } from "../../ui/dialog";
import { Check, Field, SelectField } from "../../ui/field";
import { Refusal } from "../../ui/outcome";
import { useName, useWord } from "../../ui/words";
import { GateChecks } from "./member-dialog";

const KINDS: Pass["kind"][] = ["visitor", "contractor", "driver"];

interface Props {
  site: string;
  onClose: () => void;
  onMade: (made: MadePass) => void;
}

export function NewPassDialog({ site, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const user = useUser();
  const word = useWord();
  const name = useName();
  const groups = useGroups(site).data ?? [];
  const gates = (useGates(site).data ?? []).filter((gate) => gate.site === site);
  const today = dayOf(Date.now());
  const [form, setForm] = useState({ kind: "visitor" as Pass["kind"], label: "", group: user.group ?? "", plate: "", from: `${today}T07:00`, until: `${today}T18:00`, once: true, gates: [] as string[], escort: false });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const order = form.from && form.until && form.until > form.from;
  const save = useMutation({
    mutationFn: () =>
      membersApi.addPass({
        site, kind: form.kind, label: form.label.trim(), group: form.group || null, plate: form.plate.trim() || undefined, valid_from: momentOf(form.from), valid_until: momentOf(form.until), uses: form.once ? 1 : null, gates: form.gates, escort: form.escort,
      }),
    onSuccess: onMade,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (form.label.trim() && order && !save.isPending) save.mutate();
  };
  const kindChosen = (kind: Pass["kind"]) => set({ kind, once: kind === "visitor", until: kind === "contractor" ? `${addDays(today, 30)}T18:00` : form.until });
  return (
    <Dialog title={t("passes.add")} open onClose={onClose}>
      <form className="form card-flat" onSubmit={submit} noValidate>
        <div className="chips" role="group" aria-label={t("passes.kind")}>
          {KINDS.map((kind) => (
            <button key={kind} type="button" className="chip" aria-pressed={form.kind === kind} onClick={() => kindChosen(kind)}>
              {word("pass_kind", kind)}
            </button>
          ))}
        </div>
        <div className="field-row">
          <Field word={t("passes.label")} hint={t("passes.label_hint")} trouble={tried && !form.label.trim() ? t("admin.required") : null}>
            <input value={form.label} maxLength={80} autoComplete="off" onChange={(event) => set({ label: event.target.value })} />
          </Field>
          <Field word={t("members.plate_if")}>
            <input value={form.plate} maxLength={16} autoCapitalize="characters" spellCheck={false} onChange={(event) => set({ plate: event.target.value })} />
          </Field>
        </div>
        {user.role !== "enterprise" && <SelectField word={t("inside.group")} value={form.group} all={t("passes.no_group")} options={groups.map((group) => ({ value: group.id, label: group.name }))} onChange={(group) => set({ group })} />}
        <div className="field-row">
          <Field word={t("passes.from")}>
            <input type="datetime-local" value={form.from} onChange={(event) => set({ from: event.target.value })} />
          </Field>
          <Field word={t("passes.until")} trouble={tried && !order ? t("passes.order") : null}>
            <input type="datetime-local" value={form.until} min={form.from} onChange={(event) => set({ until: event.target.value })} />
          </Field>
        </div>
        <Check word={t("passes.once")} hint={t("passes.once_hint")} checked={form.once} onChange={(once) => set({ once })} />
        <Check word={t("members.escort")} hint={t("members.escort_hint")} checked={form.escort} onChange={(escort) => set({ escort })} />
        {gates.length > 1 && <GateChecks gates={gates.map((gate) => ({ id: gate.id, label: name(gate) }))} value={form.gates} onChange={(next) => set({ gates: next })} />}
        <Refusal error={save.error} />
        <button type="submit" className="button button-primary" aria-busy={save.isPending}>
          {t("passes.make")}
        </button>
      </form>
    </Dialog>
  );
}
