import { useMutation, useQueryClient } from "@tanstack/react-query";
import { PenLine, ShieldAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionField, HandlingAction, HandlingDetail } from "../../api/handling-types";
import { handlingKeys, handlingsApi } from "../../api/handlings";
import { ApiError } from "../../api/client";
import { Dialog } from "../../ui/dialog";
import { Check, Field, SelectField } from "../../ui/field";
import { Problem, Refusal } from "../../ui/outcome";
import { useSay, useWord } from "../../ui/words";
import { Signature } from "./signature";
import { type Values, bodyOf, fieldsOf, startValues, troubleOf } from "./fields";

/** One step of a handling as a form: its fields, the signature it needs, and a reason where it cannot be undone. */
export function ActionForm({ handling, action, onClose }: { handling: HandlingDetail; action: HandlingAction; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const client = useQueryClient();
  const [values, setValues] = useState<Values>(() => startValues(action));
  const [tried, setTried] = useState(false);
  const fields = fieldsOf(action);
  const troubles = new Map(fields.map((field) => [field.name, troubleOf(field, values[field.name] ?? "", action.danger)]));
  const good = [...troubles.values()].every((trouble) => trouble === null);
  const act = useMutation({
    mutationFn: () => handlingsApi.act(handling.id, action.action, bodyOf(action, values)),
    onSuccess: () => onClose(),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: handlingKeys.one(handling.id) });
      void client.invalidateQueries({ queryKey: ["handlings"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (good && !act.isPending) act.mutate();
  };
  const conflict = act.error instanceof ApiError && act.error.status === 409;
  return (
    <Dialog title={say(action.vi, action.en)} open onClose={onClose}>
      <form className="form action-form" onSubmit={submit} noValidate data-testid="action-form">
        {action.danger && (
          <p className="strip strip-deny">
            <ShieldAlert aria-hidden="true" />
            <span>{t("handlings.danger")}</span>
          </p>
        )}
        {fields.map((field) => {
          const trouble = tried ? troubles.get(field.name) : null;
          return <OneField key={field.name} field={field} value={values[field.name] ?? ""} trouble={trouble ? t(`handlings.trouble.${trouble}`) : null} onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))} />;
        })}
        {action.needs_signature && <Signature handling={handling} action={action} />}
        {conflict ? <Problem>{act.error instanceof ApiError && (act.error.detail || word("conflict", act.error.code))}</Problem> : <Refusal error={act.error} />}
        <div className="form-acts">
          <button type="submit" className={`button ${action.danger ? "button-stop" : "button-primary"}`} aria-busy={act.isPending}>
            {action.needs_signature && <PenLine aria-hidden="true" />}
            {say(action.vi, action.en)}
          </button>
          <button type="button" className="button button-quiet" onClick={onClose}>
            {t("review.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function OneField({ field, value, trouble, onChange }: { field: ActionField; value: string | boolean; trouble: string | null; onChange: (value: string | boolean) => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const name = (say(field.vi, field.en) || word("action_field", field.name)) + (field.required ? "" : ` ${t("handlings.optional")}`);
  if (field.type === "checkbox") {
    return (
      <div className={trouble ? "field-wrong" : ""}>
        <Check word={name} checked={Boolean(value)} onChange={onChange} hint={trouble ?? undefined} />
      </div>
    );
  }
  const text = String(value);
  if (field.options) {
    const options = field.options.map((option) => (typeof option === "string" ? { value: option, label: word("action_option", option) } : { value: option.value, label: say(option.vi, option.en) }));
    return <SelectField word={name} value={text} all={t("handlings.choose")} options={options} onChange={onChange} hint={trouble ?? undefined} />;
  }
  const long = field.type === "textarea" || field.type === "reason" || field.name === "reason";
  return (
    <Field word={name} trouble={trouble}>
      {long ? (
        <textarea rows={3} value={text} maxLength={2000} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input
          type={field.type === "date" ? "date" : field.type === "datetime" ? "datetime-local" : "text"}
          inputMode={field.type === "money" || field.type === "number" ? "numeric" : undefined}
          value={text}
          maxLength={300}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
