import { useMutation } from "@tanstack/react-query";
import { IdCard, QrCode } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { gatesApi } from "../../api/gates";
import type { IdentityAnswer } from "../../api/types";
import { identityResult, identityTone } from "../../format/gate";
import { Field, SelectField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";
import { Chips } from "../figures/figures";

const PURPOSES = ["GATE_CONTROL", "VISITOR_REGISTRATION", "CONTRACTOR_PASS"];

/** Asks the population database or VNeID, for a stated purpose. Only a word comes back. */
export function VerifyPage() {
  const { t } = useTranslation();
  const [by, setBy] = useState<"card" | "vneid">("card");
  return (
    <div className="page identity">
      <PageHead title={t("identity.title")} lead={t("identity.lead")}>
        <Chips label={t("identity.by")} value={by} options={["card", "vneid"]} word={(value) => t(`identity.by_${value}`)} onChange={setBy} />
      </PageHead>
      {by === "card" ? <ByCard /> : <ByVneid />}
    </div>
  );
}

function Purpose({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const word = useWord();
  return <SelectField word={t("identity.purpose")} value={value} options={PURPOSES.map((code) => ({ value: code, label: word("purpose", code) }))} hint={t("identity.purpose_hint")} onChange={onChange} />;
}

function ByCard() {
  const { t } = useTranslation();
  const [form, setForm] = useState({ number: "", name: "", birth: "", purpose: PURPOSES[0] });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const check = useMutation({ mutationFn: () => gatesApi.verify({ ...form, name: form.name.trim() }) });
  const wrong = { number: !/^\d{12}$/.test(form.number), name: !form.name.trim(), birth: !form.birth };
  /** A card reader types the whole code into the field: `NUMBER|OLD|NAME|DDMMYYYY|…`. */
  const typed = (text: string) => {
    const parts = text.split("|");
    if (parts.length < 4) return set({ number: text.trim() });
    const [, day, month, year] = /^(\d{2})(\d{2})(\d{4})$/.exec(parts[3]) ?? [];
    return set({ number: parts[0].trim(), name: parts[2].trim(), birth: year ? `${year}-${month}-${day}` : "" });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!Object.values(wrong).some(Boolean) && !check.isPending) check.mutate();
  };
  return (
    <form className="card form identity-form" onSubmit={submit} noValidate>
      <Field word={t("members.number")} hint={t("identity.scan_hint")} trouble={tried && wrong.number ? t("members.number_rule") : null}>
        <input autoFocus inputMode="numeric" value={form.number} maxLength={300} autoComplete="off" onChange={(event) => typed(event.target.value)} />
      </Field>
      <div className="field-row">
        <Field word={t("members.name")} trouble={tried && wrong.name ? t("admin.required") : null}>
          <input value={form.name} maxLength={120} autoComplete="off" onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <Field word={t("identity.birth")} trouble={tried && wrong.birth ? t("admin.required") : null}>
          <input type="date" value={form.birth} onChange={(event) => set({ birth: event.target.value })} />
        </Field>
      </div>
      <Purpose value={form.purpose} onChange={(purpose) => set({ purpose })} />
      <button type="submit" className="button button-primary" aria-busy={check.isPending}>
        <IdCard aria-hidden="true" />
        {t(check.isPending ? "identity.asking" : "identity.check")}
      </button>
      <Refusal error={check.error} />
      {check.data && <Result answer={check.data} />}
    </form>
  );
}

function ByVneid() {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  const [purpose, setPurpose] = useState(PURPOSES[0]);
  const check = useMutation({
    mutationFn: () => gatesApi.vneid({ token: token.trim(), purpose }),
    // A code holds for a minute and one use: the next one goes into an empty field.
    onSettled: () => setToken(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() && !check.isPending) check.mutate();
  };
  return (
    <form className="card form identity-form" onSubmit={submit}>
      <Field word={t("identity.token")} hint={t("identity.token_hint")}>
        <input autoFocus value={token} maxLength={4096} autoComplete="off" spellCheck={false} onChange={(event) => setToken(event.target.value)} />
      </Field>
      <Purpose value={purpose} onChange={setPurpose} />
      <button type="submit" className="button button-primary" aria-busy={check.isPending}>
        <QrCode aria-hidden="true" />
        {t(check.isPending ? "identity.asking" : "identity.check")}
      </button>
      <Refusal error={check.error} />
      {check.data && <Result answer={check.data} />}
    </form>
  );
}

export function Result({ answer }: { answer: IdentityAnswer }) {
  const { t } = useTranslation();
  const word = useWord();
  const result = identityResult(answer.result);
  const tone = identityTone[result];
  return (
    <output className={`identity-result tone-${tone}`} data-result={result}>
      <Badge tone={tone} size="l">
        {word("identity_result", result)}
      </Badge>
      <p>{word("identity_means", result)}</p>
      {answer.mismatch.length > 0 && <p>{t("identity.differs", { list: answer.mismatch.map((field) => word("identity_field", field)).join(", ") })}</p>}
      {answer.why && <p>{word("register_why", answer.why)}</p>}
      {answer.level !== null && <p>{t("identity.level", { level: answer.level })}</p>}
      {answer.check_papers && <p className="problem problem-wait">{word("reason_means", "check_papers")}</p>}
      {answer.txn && (
        <p className="quiet">
          {t("passage.txn")} {answer.txn}
        </p>
      )}
      {result !== "match" && result !== "valid" && <Note>{t("identity.never_alone")}</Note>}
    </output>
  );
}
