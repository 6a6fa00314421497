import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRecord } from "../../api/case-types";
import { caseKeys, casesApi } from "../../api/cases";
import { startOfDay } from "../../format/days";
import { Dialog } from "../../ui/dialog";
import { Field, SelectField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { useWord } from "../../ui/words";
import { type Group, type RecordForm, formOf, recordOf, troublesOf } from "./record";

const STATUSES = ["in_use", "suspended", "retired"];
const TYPES = ["traffic_camera", "security_camera", "signal_system", "speed_camera", "weighing", "other_device"];

interface Props {
  /** Where it stands. */
  at: { site: string; camera: string; name: string };
  /** The record that holds; null for a camera that never had one. */
  record: DeviceRecord | null;
  onClose: () => void;
}

/** A device's record as its papers say, as a proposal: the first one, or the next version. */
export function DeviceForm({ at, record, onClose }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  const client = useQueryClient();
  const [form, setForm] = useState<RecordForm>(() => formOf(record));
  const [validFrom, setValidFrom] = useState("");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const found = troublesOf(form);
  const noteTrouble = note.trim().length < 5;
  const good = found.size === 0 && !noteTrouble;
  const propose = useMutation({
    mutationFn: () => casesApi.putDevice(recordOf(form, at), note.trim(), validFrom && startOfDay(validFrom)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: caseKeys.devices });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (good && !propose.isPending) propose.mutate();
  };
  const text = (group: Group, name: string, type = "text") => (
    <Field key={name} word={word("device_field", name)}>
      <input type={type} value={form[group][name]} autoComplete="off" onChange={(event) => setForm((old) => ({ ...old, [group]: { ...old[group], [name]: event.target.value } }))} />
    </Field>
  );
  const set = (group: Group, name: string) => (value: string) => setForm((old) => ({ ...old, [group]: { ...old[group], [name]: value } }));
  const bad = (group: Group) => tried && found.has(group);
  const part = (group: Group, title: string, columns: string, fields: React.ReactNode) => (
    <fieldset className={`field ${bad(group) ? "field-wrong" : ""}`} data-group={group}>
      <legend>{title}</legend>
      <div className={`field-row ${columns}`}>{fields}</div>
      {bad(group) && <small>{t(`devices.trouble.${group}`)}</small>}
    </fieldset>
  );
  return (
    <Dialog title={`${t(record ? "devices.propose" : "devices.begin")}: ${at.name}`} open onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate data-testid="device-form">
        <Note>{t("devices.four_eyes")}</Note>
        {part(
          "machine",
          t("devices.machine"),
          "field-row-four",
          <>
            <SelectField word={word("device_field", "type")} value={form.machine.type} options={TYPES.map((value) => ({ value, label: word("device_type", value) }))} onChange={set("machine", "type")} />
            {text("machine", "annex_item")}
            {text("machine", "model")}
            {text("machine", "serial")}
          </>,
        )}
        {part("approval", t("devices.approval"), "field-row-three", ["no", "by"].map((name) => text("approval", name)).concat(["on", "from", "to"].map((name) => text("approval", name, "date"))))}
        {part("position", t("devices.position"), "field-row-four", ["vi", "lat", "lon", "radius_m"].map((name) => text("position", name)))}
        {part("calibration", t("devices.calibration"), "field-row-four", ["cert_no", "agency"].map((name) => text("calibration", name)).concat(["from", "to"].map((name) => text("calibration", name, "date"))))}
        {part(
          "use",
          t("devices.use"),
          "field-row-four",
          <>
            <Field word={t("devices.clock")}>
              <input inputMode="numeric" value={form.use.clock} onChange={(event) => set("use", "clock")(event.target.value)} />
            </Field>
            <Field word={t("devices.users")} hint={t("devices.users_hint")}>
              <input value={form.use.users} autoCapitalize="none" spellCheck={false} onChange={(event) => set("use", "users")(event.target.value)} />
            </Field>
            <SelectField word={t("cases.state")} value={form.use.status} options={STATUSES.map((value) => ({ value, label: word("device_status", value) }))} onChange={set("use", "status")} />
            <Field word={t("devices.sign")}>
              <input type="date" value={form.use.sign_on} onChange={(event) => set("use", "sign_on")(event.target.value)} />
            </Field>
          </>,
        )}
        <div className="field-row">
          <Field word={t("devices.note")} trouble={tried && noteTrouble ? t("handlings.trouble.reason_short") : null}>
            <textarea rows={2} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
          </Field>
          <Field word={t("devices.valid_from")} hint={t("devices.valid_from_hint")}>
            <input type="date" value={validFrom} onChange={(event) => setValidFrom(event.target.value)} />
          </Field>
        </div>
        <Refusal error={propose.error} />
        <div className="form-acts">
          <button type="submit" className="button button-primary" aria-busy={propose.isPending}>
            {t("devices.send")}
          </button>
          <button type="button" className="button button-quiet" onClick={onClose}>
            {t("review.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
