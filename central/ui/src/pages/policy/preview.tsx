import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError } from "../../api/client";
import { gatesApi } from "../../api/gates";
import type { PolicyDocument, PolicyPreview, PolicyProblem } from "../../api/types";
import { useKeepSite } from "../../shell/site";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { VerdictBadge } from "../../ui/gate-badges";
import { Loaded } from "../../ui/loaded";
import { Refusal } from "../../ui/outcome";
import { Time } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import { ChangeList } from "./changes";
import type { Draft } from "./use-draft";

/** What saving would do: the changes, what is wrong with them, and what today's decisions would have been. */
export function PreviewDialog({ site, draft, onClose }: { site: string; draft: Draft; onClose: () => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const query = useQuery({ queryKey: ["policy-preview", site, draft.draft], queryFn: () => gatesApi.previewPolicy(site, draft.draft as PolicyDocument), staleTime: 0, retry: false });
  const refused = draft.save.error instanceof ApiError && draft.save.error.status === 422 ? (draft.save.error.body as { problems?: PolicyProblem[] }).problems : undefined;
  const conflict = draft.save.error instanceof ApiError && draft.save.error.status === 409;
  const wrong = (query.data?.problems.length ?? 0) > 0;
  const save = () => !draft.save.isPending && draft.save.mutate(note.trim(), { onSuccess: onClose });
  return (
    <Dialog title={t("policy.preview_title")} open onClose={onClose}>
      <div className="preview">
        <section>
          <h3>{t("policy.changes", { count: draft.changes.length })}</h3>
          <ChangeList changes={draft.changes} />
        </section>
        <Loaded query={query} count={3}>
          {(preview) => (
            <>
              <Problems problems={refused ?? preview.problems} />
              <Today preview={preview} />
            </>
          )}
        </Loaded>
        <Field word={t("policy.note")} hint={t("policy.note_hint")}>
          <input value={note} maxLength={300} onChange={(event) => setNote(event.target.value)} />
        </Field>
        {conflict ? <p className="problem problem-wait">{t("policy.conflict_short")}</p> : <Refusal error={draft.save.error} />}
        <div className="form-acts">
          <button type="button" className="button button-primary" disabled={wrong || query.isPending} aria-busy={draft.save.isPending} onClick={conflict ? onClose : save}>
            {t(conflict ? "policy.look_at_conflict" : "policy.save")}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t("policy.go_on")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

export function Problems({ problems }: { problems: PolicyProblem[] }) {
  const { t } = useTranslation();
  const say = useSay();
  if (problems.length === 0) {
    return (
      <p className="done">
        <CircleCheck aria-hidden="true" />
        {t("policy.no_problems")}
      </p>
    );
  }
  return (
    <section role="alert">
      <h3>{t("policy.problems", { count: problems.length })}</h3>
      <ul className="findings">
        {problems.map((problem) => (
          <li key={problem.path + problem.vi} className="tone-text-deny">
            <CircleAlert aria-hidden="true" />
            <span>
              {say(problem.vi, problem.en)} <code className="mono quiet">{problem.path}</code>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Today's decisions, taken once more by the changed policy. */
function Today({ preview }: { preview: PolicyPreview }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const word = useWord();
  const { looked_at, decisions } = preview;
  if (preview.problems.length > 0) return null;
  return (
    <section data-testid="today">
      <h3>{t("policy.today", { decisions: looked_at, count: decisions.length })}</h3>
      {decisions.length === 0 && <p className="quiet">{t("policy.today_same")}</p>}
      <ul className="today-list">
        {decisions.slice(0, 20).map((one) => (
          <li key={one.access}>
            <Link className="link" to={keep(`/accesses/${one.access}`)}>
              <Time at={one.at} form="short" />
            </Link>
            <span className="quiet">{one.lane}</span>
            <VerdictBadge verdict={one.before.verdict} size="s" />
            <span aria-hidden="true">→</span>
            <VerdictBadge verdict={one.after.verdict} size="s" />
            <span className="quiet">{word("reason", one.after.reason)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
