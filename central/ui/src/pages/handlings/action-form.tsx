import { useMutation, useQueryClient } from "@tanstack/react-query";
import { PenLine, ShieldAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActionField, HandlingAct, HandlingAction, HandlingDetail } from "../../api/handling-types";
import { handlingKeys, handlingsApi } from "../../api/handlings";
import { dong } from "../../format/money";
import { Confidence } from "../../ui/confidence";
import { Dialog } from "../../ui/dialog";
import { Check, Field, SelectField } from "../../ui/field";
import { Refusal } from "../../ui/outcome";
import { useSay, useWord } from "../../ui/words";
import { DraftLink } from "./draft-link";
import { Signature } from "./signature";
import { type FieldTrouble, type Values, asksSure, bodyOf, startValues, troubles } from "./fields";

/** One step of a handling as a form: its fields, the signature it needs, and a reason where it cannot be undone. */
export function ActionForm({ handling, action, onClose }: { handling: HandlingDetail; action: HandlingAction; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const client = useQueryClient();
  const [values, setValues] = useState<Values>(() => startValues(action, handling.acts));
  const [tried, setTried] = useState(false);
  const [sure, setSure] = useState(false);
  const found = troubles(action, handling.acts, values);
  const good = found.size === 0 && (sure || !asksSure(action));
  const wrong = tried ? found : new Map<string, FieldTrouble>();
  const set = (name: string, value: string) => setValues((old) => ({ ...old, [name]: value }));
  const act = useMutation({
    mutationFn: () => handlingsApi.act(handling.id, action.action, bodyOf(action, handling.acts, values)),
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
  return (
    <Dialog title={say(action.vi, action.en)} open onClose={onClose}>
      <form className="form action-form" onSubmit={submit} noValidate data-testid="action-form">
        {action.danger && (
          <p className="strip strip-deny">
            <ShieldAlert aria-hidden="true" />
            <span>{t("handlings.danger")}</span>
          </p>
        )}
        {action.action.startsWith("sign_") && <DraftLink handling={handling.id} paper={action.action.slice("sign_".length)} />}
        {action.fields.map((field) => {
          if (field.type === "acts") return <ActsField key={field.name} acts={handling.acts} values={values} wrong={wrong} onChange={set} />;
          const trouble = wrong.get(field.name);
          return <OneField key={field.name} field={field} value={values[field.name] ?? ""} trouble={trouble ? t(`handlings.trouble.${trouble}`) : null} onChange={(value) => set(field.name, value)} />;
        })}
        {asksSure(action) && (
          <div className={tried && !sure ? "field-wrong" : ""}>
            <Check word={t("handlings.sure")} checked={sure} onChange={setSure} hint={tried && !sure ? t("handlings.trouble.required") : undefined} />
          </div>
        )}
        {action.needs_signature && <Signature handling={handling} capped={action.action === "sign_decision"} />}
        <Refusal error={act.error} />
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

interface FieldProps {
  field: ActionField;
  value: string;
  trouble: string | null;
  onChange: (value: string) => void;
}

function OneField({ field, value, trouble, onChange }: FieldProps) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const name = say(field.vi, field.en) + (field.required ? "" : ` ${t("handlings.optional")}`);
  if (field.options && field.options.length > 0) {
    return <SelectField word={name} value={value} all={t("handlings.choose")} options={field.options.map((option) => ({ value: option, label: word(field.name === "basis" ? "liable_basis" : "action_option", option) }))} onChange={onChange} hint={trouble ?? undefined} />;
  }
  return (
    <Field word={name} trouble={trouble}>
      {field.type === "longtext" ? (
        <textarea rows={3} value={value} maxLength={2000} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input type={field.type === "date" ? "date" : "text"} inputMode={field.type === "money" || field.type === "number" ? "numeric" : undefined} value={value} maxLength={300} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

interface ActsProps {
  acts: HandlingAct[];
  values: Values;
  wrong: Map<string, FieldTrouble>;
  onChange: (name: string, value: string) => void;
}

/** One amount per act, from its average; circumstances move it within its range. */
function ActsField({ acts, values, wrong, onChange }: ActsProps) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  return (
    <>
      {acts
        .filter(({ expired }) => !expired)
        .map((act) => {
          const trouble = wrong.get(`acts.${act.case_id}`);
          return (
            <fieldset key={act.case_id} className="field act-field" data-act={act.case_number}>
              <legend>
                <span className="clause">{act.clause}</span> {say(act.title_vi, act.title_en)} · {act.case_number}
              </legend>
              <p className="quiet">
                {t("handlings.range")}: {dong(act.low, i18n.language)} – {dong(act.high, i18n.language)} · {t("handlings.proposed")}: {dong(act.proposed, i18n.language)} <Confidence of={act.confidence} />
              </p>
              <div className="field-row field-row-three">
                <Field word={t("handlings.amount")} trouble={trouble ? t(`handlings.trouble.${trouble}`) : null}>
                  <input inputMode="numeric" value={values[`acts.${act.case_id}`] ?? ""} autoComplete="off" onChange={(event) => onChange(`acts.${act.case_id}`, event.target.value)} />
                </Field>
                <Field word={t("handlings.mitigating")} hint={t("handlings.circumstance_hint")}>
                  <textarea rows={1} value={values[`mitigating.${act.case_id}`] ?? ""} maxLength={500} onChange={(event) => onChange(`mitigating.${act.case_id}`, event.target.value)} />
                </Field>
                <Field word={t("handlings.aggravating")}>
                  <textarea rows={1} value={values[`aggravating.${act.case_id}`] ?? ""} maxLength={500} onChange={(event) => onChange(`aggravating.${act.case_id}`, event.target.value)} />
                </Field>
              </div>
            </fieldset>
          );
        })}
    </>
  );
}
