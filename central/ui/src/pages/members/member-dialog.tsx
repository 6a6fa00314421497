import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useGates } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Group, Member, MemberKind } from "../../api/types";
import { endOfDay, localOf, startOfDay } from "../../format/days";
import { useUser } from "../../shell/user";
import { Dialog } from "../../ui/dialog";
import { Check, Field, SelectField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { useName } from "../../ui/words";
import { useSchedules } from "./schedules";

interface Props {
  site: string;
  kind: MemberKind;
  member: Member | null;
  groups: Group[];
  onClose: () => void;
}

const NUMBER = /^\d{12}$/;

function blank(member: Member | null, group: string) {
  return {
    group: member?.group ?? group, name: member?.name ?? "", number: "", plate: member?.plate ?? "", schedule: member?.schedule ?? "", escort: member?.escort ?? false, gates: member?.gates ?? [],
    from: member?.valid_from ? localOf(member.valid_from).slice(0, 10) : "", until: member?.valid_until ? localOf(new Date(Date.parse(member.valid_until) - 1).toISOString()).slice(0, 10) : "", status: member?.status ?? "active",
  };
}

/** One person or vehicle. The number is typed, kept as a digest, and never shown again. */
export function MemberDialog({ site, kind, member, groups, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const user = useUser();
  const name = useName();
  const own = user.role === "enterprise" ? (user.group ?? groups[0]?.id ?? "") : (groups[0]?.id ?? "");
  const [form, setForm] = useState(() => blank(member, own));
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const gates = (useGates(site).data ?? []).filter((gate) => gate.site === site);
  const schedules = useSchedules(site);
  const done = () => {
    void client.invalidateQueries({ queryKey: ["members"] });
    void client.invalidateQueries({ queryKey: ["groups"] });
    onClose();
  };
  const wrong = {
    name: !form.name.trim(),
    number: kind === "person" && (form.number !== "" ? !NUMBER.test(form.number) : !member),
    plate: kind === "vehicle" && form.plate.replace(/[^a-z0-9đ]/gi, "").length < 6,
  };
  const save = useMutation({
    mutationFn: () => {
      const body = {
        group: form.group, name: form.name.trim(), schedule: form.schedule || null, gates: form.gates, escort: form.escort,
        valid_from: form.from ? startOfDay(form.from) : null, valid_until: form.until ? endOfDay(form.until) : null,
        ...(form.number && { number: form.number }), ...(kind === "vehicle" && { plate: form.plate.trim() }),
      };
      if (!member) return membersApi.addMember({ site, kind, ...body });
      return membersApi.changeMember(member.id, { ...body, ...(form.status !== member.status && { status: form.status }) });
    },
    onSuccess: done,
  });
  const remove = useMutation({ mutationFn: () => membersApi.removeMember(member?.id ?? ""), onSuccess: done });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!Object.values(wrong).some(Boolean) && !save.isPending) save.mutate();
  };
  return (
    <Dialog title={t(member ? "members.edit_title" : `members.add_${kind}`)} open onClose={onClose}>
      <form className="form card-flat" onSubmit={submit} noValidate>
        {user.role !== "enterprise" && <SelectField word={t("inside.group")} value={form.group} options={groups.map((group) => ({ value: group.id, label: group.name }))} onChange={(group) => set({ group })} />}
        <div className="field-row">
          {kind === "vehicle" && (
            <Field word={t("members.plate")} trouble={tried && wrong.plate ? t("members.plate_rule") : null}>
              <input value={form.plate} maxLength={16} autoCapitalize="characters" spellCheck={false} onChange={(event) => set({ plate: event.target.value })} />
            </Field>
          )}
          <Field word={t(kind === "person" ? "members.name" : "members.label")} trouble={tried && wrong.name ? t("admin.required") : null}>
            <input value={form.name} maxLength={120} autoComplete="off" onChange={(event) => set({ name: event.target.value })} />
          </Field>
          {kind === "person" && (
            <Field word={t("members.number")} trouble={tried && wrong.number ? t("members.number_rule") : null} hint={member ? t("members.number_keep", { number: member.number ?? "–" }) : t("members.number_rule")}>
              <input inputMode="numeric" value={form.number} maxLength={12} autoComplete="off" onChange={(event) => set({ number: event.target.value.trim() })} />
            </Field>
          )}
        </div>
        <div className="field-row">
          <Field word={t("members.from")}>
            <input type="date" value={form.from} onChange={(event) => set({ from: event.target.value })} />
          </Field>
          <Field word={t("members.until_last")}>
            <input type="date" value={form.until} min={form.from} onChange={(event) => set({ until: event.target.value })} />
          </Field>
        </div>
        {schedules.length > 0 && (
          <SelectField word={t("members.schedule")} value={form.schedule} all={t("members.always")} options={schedules.map((schedule) => ({ value: schedule.id, label: name(schedule) }))} onChange={(schedule) => set({ schedule })} />
        )}
        {gates.length > 1 && <GateChecks gates={gates.map((gate) => ({ id: gate.id, label: name(gate) }))} value={form.gates} onChange={(next) => set({ gates: next })} />}
        <Check word={t("members.escort")} hint={t("members.escort_hint")} checked={form.escort} onChange={(escort) => set({ escort })} />
        {member && (
          <Check word={t("members.block")} hint={t("members.block_hint")} checked={form.status === "blocked"} onChange={(blocked) => set({ status: blocked ? "blocked" : "active" })} />
        )}
        <Note>{t("members.list_note")}</Note>
        <Refusal error={save.error ?? remove.error} />
        <div className="form-acts">
          <button type="submit" className="button button-primary" aria-busy={save.isPending}>
            {t("members.save")}
          </button>
          {member && (
            <button type="button" className="button button-danger" onClick={() => window.confirm(t("members.remove_sure", { name: member.name })) && remove.mutate()}>
              <Trash2 aria-hidden="true" />
              {t("members.remove")}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** Gates that something holds at; none ticked means all. */
export function GateChecks({ gates, value, onChange }: { gates: { id: string; label: string }[]; value: string[]; onChange: (gates: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="field">
      <legend>{t("members.gates")}</legend>
      <div className="checks checks-row">
        {gates.map((gate) => (
          <Check key={gate.id} word={gate.label} checked={value.includes(gate.id)} onChange={(on) => onChange(on ? [...value, gate.id] : value.filter((id) => id !== gate.id))} />
        ))}
      </div>
      <small>{t("members.gates_hint")}</small>
    </fieldset>
  );
}
