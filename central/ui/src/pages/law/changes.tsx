import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowRight, GitPullRequestArrow } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Difference, LawChange } from "../../api/law-types";
import { lawApi, lawKeys, useLawChanges, useLawVersions } from "../../api/law";
import { written } from "../../format/days";
import { whole } from "../../format/numbers";
import { Field } from "../../ui/field";
import { Loaded } from "../../ui/loaded";
import { Refusal } from "../../ui/outcome";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useSay, useWord } from "../../ui/words";

/** Proposed, approved and refused changes, newest first. The proposer never approves. */
export function Changes() {
  const { t } = useTranslation();
  const query = useLawChanges();
  return (
    <Loaded query={query} isEmpty={(rows) => rows.length === 0} empty={{ icon: GitPullRequestArrow, title: t("law.no_changes"), hint: t("law.no_changes_hint") }}>
      {(rows) => (
        <ol className="change-list">
          {rows.map((row) => (
            <Change key={row.id} change={row} />
          ))}
        </ol>
      )}
    </Loaded>
  );
}

const TONE = { proposed: "wait", preview: "unknown", approved: "admit", rejected: "deny" } as const;

function Change({ change }: { change: LawChange }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const say = useSay();
  const [reason, setReason] = useState("");
  const [refusing, setRefusing] = useState(false);
  const after = () => {
    void client.invalidateQueries({ queryKey: lawKeys.changes });
    void client.invalidateQueries({ queryKey: lawKeys.versions });
    void client.invalidateQueries({ queryKey: ["law"] });
  };
  const versions = useLawVersions().data ?? [];
  const became = versions.find((one) => one.change_id === change.id);
  const approve = useMutation({ mutationFn: () => lawApi.approve(change.id, change.against), onSuccess: after });
  const reject = useMutation({ mutationFn: () => lawApi.reject(change.id, reason.trim()), onSuccess: after });
  return (
    <li className="card" data-change={change.id} data-state={change.state}>
      <header className="card-head">
        <p>
          <b>{change.note}</b>
          <br />
          <span className="quiet">
            {change.proposed_by} · <Time at={change.proposed_at} /> · {t("law.from_day", { day: written(change.valid_from) })}
          </span>
        </p>
        <Badge tone={TONE[change.state]} size="s">
          {change.state === "approved" && change.version ? t("law.became", { version: change.version }) : t(`law.state.${change.state}`)}
        </Badge>
      </header>
      <DifferenceList differences={became?.differences ?? change.differences} />
      {change.decided_by && (
        <p className="quiet">
          {t(`law.state.${change.state}`)}: {change.decided_by} · {change.decided_at && <Time at={change.decided_at} />}
          {change.reason && ` · ${change.reason}`}
        </p>
      )}
      {change.problems.length > 0 && (
        <ul className="problem">
          {change.problems.map((problem) => (
            <li key={problem.path}>{say(problem.vi, problem.en)}</li>
          ))}
        </ul>
      )}
      {change.state === "proposed" && (
        <div className="form-acts">
          {!change.may_decide ? (
            <p className="quiet">{t("law.own")}</p>
          ) : (
            <>
              <button type="button" className="button button-primary" aria-busy={approve.isPending} disabled={change.problems.length > 0} onClick={() => approve.mutate()}>
                {t("law.approve")}
              </button>
              {refusing ? (
                <form
                  className="otherwise-form"
                  onSubmit={(event) => {
                    event.preventDefault();
                    if (reason.trim()) reject.mutate();
                  }}
                >
                  <Field word={t("law.why_not")}>
                    <input value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
                  </Field>
                  <button type="submit" className="button button-danger" disabled={!reason.trim()}>
                    {t("law.reject")}
                  </button>
                </form>
              ) : (
                <button type="button" className="button button-danger" onClick={() => setRefusing(true)}>
                  {t("law.reject")}
                </button>
              )}
            </>
          )}
          <Refusal error={approve.error ?? reject.error} />
        </div>
      )}
    </li>
  );
}

/** Fields whose values are words of the contract. */
const FIELD_WORDS: Record<string, string> = { kind: "law_day", unit: "law_unit", confidence: "law_confidence", camera: "law_camera" };

/** Which fields differ, before and after. */
export function DifferenceList({ differences }: { differences: Difference[] }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const say = useSay();
  const show = (value: unknown, field: string) => (field in FIELD_WORDS && typeof value === "string" ? word(FIELD_WORDS[field], value) : value === null || value === undefined || value === "" ? "–" : typeof value === "number" ? whole(value, i18n.language) : typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) ? written(value) : String(value));
  /** Days of the calendar share one key: their title names them. */
  const nameOf = ({ table, key, fields }: Difference) => {
    const title = (name: string) => fields.find(({ field }) => field === name)?.to;
    return (table === "holidays" && say(title("title_vi") as string | undefined, title("title_en") as string | undefined)) || (table === "holidays" ? "" : key);
  };
  return (
    <ul className="changes" data-testid="differences">
      {differences.map((difference) => (
        <li key={difference.table + difference.key + difference.valid_from + difference.kind}>
          <span className="change-path">
            {word("law.tab", difference.table)} · <b>{nameOf(difference)}</b> · {t("law.from_day", { day: written(difference.valid_from) })} · {word("law.difference_kind", difference.kind)}
          </span>
          {difference.fields
            .filter(({ field }) => difference.kind === "changed" || ["fine_low", "fine_high", "points", "cap", "amount", "value", "title_vi", "valid_to", "kind"].includes(field))
            .map(({ field, from, to }) => (
              <span key={field} className="change-values">
                <span>{word("law.field", field)}:</span>
                {difference.kind !== "added" && <del>{show(from, field)}</del>}
                {difference.kind === "changed" && <ArrowRight aria-hidden="true" />}
                {difference.kind !== "removed" && <ins>{show(to, field)}</ins>}
              </span>
            ))}
        </li>
      ))}
    </ul>
  );
}
