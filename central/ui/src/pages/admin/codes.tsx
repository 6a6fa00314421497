import { useMutation } from "@tanstack/react-query";
import { CircleAlert, KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSites } from "../../api/queries";
import { dateTime } from "../../format/time";
import { Copy } from "../../ui/copy";
import { Field } from "../../ui/field";
import { Select } from "../../ui/select";

const AGENT = /^[a-z0-9-]{1,32}$/;

export function Codes() {
  const { t } = useTranslation();
  const sites = useSites().data ?? [];
  const [chosen, setChosen] = useState("");
  const [agent, setAgent] = useState("");
  const [wrong, setWrong] = useState(false);
  const site = chosen || sites[0]?.id || "";
  const make = useMutation({ mutationFn: () => api.enrolmentCode(site, agent) });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const bad = !AGENT.test(agent);
    setWrong(bad);
    if (!bad && site && !make.isPending) make.mutate();
  };

  return (
    <div className="admin-narrow">
      <p className="lead">{t("admin.codes_intro")}</p>
      <form className="card form" onSubmit={submit} noValidate>
        <div className="field">
          <span>{t("admin.sites")}</span>
          <Select label={t("admin.sites")} value={site} options={sites.map(({ id, name }) => ({ value: id, label: name }))} onChange={setChosen} />
        </div>
        <Field word={t("admin.agent")} trouble={wrong ? t("admin.agent_rule") : undefined} hint={t("admin.agent_rule")}>
          <input value={agent} maxLength={32} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => setAgent(event.target.value)} />
        </Field>
        {make.isError && (
          <p className="problem" role="alert">
            <CircleAlert aria-hidden="true" />
            {t("admin.failed", { detail: make.error.message })}
          </p>
        )}
        <button type="submit" className="button button-primary" aria-busy={make.isPending}>
          <KeyRound aria-hidden="true" />
          {t("admin.get_code")}
        </button>
      </form>
      {make.isSuccess && (
        <output className="code-shown" data-testid="code">
          <span>{t("admin.code")}</span>
          <code>{make.data.code}</code>
          <span className="quiet">{t("admin.expires", { time: dateTime(make.data.expires_at) })}</span>
          <Copy value={make.data.code} label={t("admin.copy")} />
        </output>
      )}
    </div>
  );
}
