import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRecord, DeviceRow } from "../../api/case-types";
import { caseKeys, casesApi } from "../../api/cases";
import { Dialog } from "../../ui/dialog";
import { Field, SelectField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { useWord } from "../../ui/words";

const STATUSES = ["in_use", "suspended", "retired"];

/** A new version of a device's record, as a proposal. */
export function DeviceForm({ row, onClose }: { row: DeviceRow; onClose: () => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const client = useQueryClient();
  const [approval, setApproval] = useState({ no: "", on: "", by: "", from: "", to: "", ...clean(row.approval_decision) });
  const [calibration, setCalibration] = useState({ cert_no: "", agency: "", from: "", to: "", ...clean(row.calibration) });
  const [clock, setClock] = useState(String(row.max_clock_offset_ms));
  const [users, setUsers] = useState(row.trained_users.join(", "));
  const [status, setStatus] = useState(row.status);
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const trouble = {
    calibration: calibration.cert_no !== "" && (calibration.from === "" || calibration.to === "" || calibration.to < calibration.from),
    approval: approval.no === "" || (approval.on === "" || approval.from === "" || (approval.to !== "" && approval.to < approval.from)),
    clock: !/^\d{1,6}$/.test(clock),
    note: note.trim().length < 5,
  };
  const good = !Object.values(trouble).some(Boolean);
  const propose = useMutation({
    mutationFn: () => {
      const { version: _, approved_at: __, approved_by: ___, proposal: ____, camera_name: _____, valid_from: ______, ...record } = row;
      const next: DeviceRecord = {
        ...record,
        approval_decision: { ...approval, to: approval.to || null },
        calibration: calibration.cert_no ? calibration : null,
        max_clock_offset_ms: Number(clock),
        trained_users: users.split(/[,\s]+/).filter(Boolean),
        status,
      };
      return casesApi.putDevice(next, note.trim());
    },
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
  const text = <V extends Record<string, string>>(value: V, set: (value: V) => void, name: keyof V & string, type = "text") => (
    <Field key={name} word={word("device_field", name)}>
      <input type={type} value={value[name]} autoComplete="off" onChange={(event) => set({ ...value, [name]: event.target.value })} />
    </Field>
  );
  return (
    <Dialog title={`${t("devices.propose")}: ${row.camera_name ?? row.camera}`} open onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate data-testid="device-form">
        <Note>{t("devices.four_eyes")}</Note>
        <fieldset className={`field ${tried && trouble.approval ? "field-wrong" : ""}`}>
          <legend>{t("devices.approval")}</legend>
          <div className="field-row field-row-three">
            {text(approval, setApproval, "no")}
            {text(approval, setApproval, "by")}
            {text(approval, setApproval, "on", "date")}
            {text(approval, setApproval, "from", "date")}
            {text(approval, setApproval, "to", "date")}
          </div>
          {tried && trouble.approval && <small>{t("devices.dates")}</small>}
        </fieldset>
        <fieldset className={`field ${tried && trouble.calibration ? "field-wrong" : ""}`}>
          <legend>{t("devices.calibration")}</legend>
          <div className="field-row field-row-four">
            {text(calibration, setCalibration, "cert_no")}
            {text(calibration, setCalibration, "agency")}
            {text(calibration, setCalibration, "from", "date")}
            {text(calibration, setCalibration, "to", "date")}
          </div>
          {tried && trouble.calibration && <small>{t("devices.dates")}</small>}
        </fieldset>
        <div className="field-row field-row-three">
          <Field word={t("devices.clock")} trouble={tried && trouble.clock ? t("handlings.trouble.number") : null}>
            <input inputMode="numeric" value={clock} onChange={(event) => setClock(event.target.value)} />
          </Field>
          <Field word={t("devices.users")} hint={t("devices.users_hint")}>
            <input value={users} autoCapitalize="none" spellCheck={false} onChange={(event) => setUsers(event.target.value)} />
          </Field>
          <SelectField word={t("cases.state")} value={status} options={STATUSES.map((value) => ({ value, label: word("device_status", value) }))} onChange={setStatus} />
        </div>
        <Field word={t("devices.note")} trouble={tried && trouble.note ? t("handlings.trouble.reason_short") : null}>
          <textarea rows={2} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
        </Field>
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

const clean = <T extends object>(value: T | null): Record<string, string> => Object.fromEntries(Object.entries(value ?? {}).map(([key, inner]) => [key, inner === null ? "" : String(inner)]));
