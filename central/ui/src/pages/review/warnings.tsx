import { Ambulance, Copy, EyeOff, LockKeyhole, ShieldAlert, TriangleAlert, UserCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { CaseDetail } from "../../api/case-types";
import { platePrinted } from "../../format/plate";
import { useKeepSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Time } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import { type ClaimState, closedFor, passes } from "./decide";
import { useReasonWord } from "./reasons";
import type { Work } from "./use-work";

/** What a reviewer must know before looking further: blind second look, exempt vehicle, the same act twice, a plate that may be false. */
export function Warnings({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const keep = useKeepSite();
  const reason = useReasonWord();
  const { duplicates, clones } = detail.related;
  return (
    <>
      {detail.blind && detail.review.round > 1 && (
        <p className="strip strip-possible" role="note" data-testid="blind">
          <EyeOff aria-hidden="true" />
          <span>
            <b>{t(detail.review.round === 3 ? "review.senior" : "review.blind", { n: detail.review.round })}</b> {t(detail.review.round === 3 ? "review.senior_hint" : "review.blind_hint")}
          </span>
        </p>
      )}
      {detail.flags.includes("exempt") && (
        <p className="strip strip-wait" role="note">
          <Ambulance aria-hidden="true" />
          <span>
            <b>{t("review.exempt")}</b> {t("review.exempt_hint")}
          </span>
        </p>
      )}
      {[...duplicates.map((row) => ({ row, is: "duplicate" as const })), ...clones.map((row) => ({ row, is: "clone" as const }))].map(({ row, is }) => (
        <p key={is + row.id} className={`strip ${is === "clone" ? "strip-deny" : "strip-wait"}`} role="note" data-testid={is}>
          {is === "clone" ? <ShieldAlert aria-hidden="true" /> : <Copy aria-hidden="true" />}
          <span>
            <b>{t(`review.${is}`)}</b> {say(row.why_vi, row.why_en)}{" "}
            {/* A sign that has no case of its own has no number. */}
            {row.number && (
              <Link className="link" to={keep(`/cases/${row.id}`)}>
                {row.number}
              </Link>
            )}{" "}
            · <Time at={row.at} form="short" />
          </span>
        </p>
      ))}
      {detail.earlier_answers && detail.earlier_answers.length > 0 && (
        <div className="strip strip-unknown" role="note" data-testid="earlier">
          <UserCheck aria-hidden="true" />
          <ol>
            {detail.earlier_answers.map((answer) => (
              <li key={answer.round}>
                <b>{t("review.earlier", { n: answer.round, by: answer.by })}</b> {word("decision", answer.decision)}
                {answer.reason && ` · ${reason(answer.reason)}`}
                {answer.plate_typed && detail.plate_confirmed !== null && <span className="plate-text"> · {platePrinted(answer.plate_typed, detail.class)}</span>}
                {answer.note && <q>{answer.note}</q>}
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}

/** Who holds the case and until when; a lost lease is taken again with one key, and nothing typed is lost. */
export function ClaimStrip({ claim, review, work, takenBy }: { claim: ClaimState; review: CaseDetail["review"]; work: Pick<Work, "take" | "giveBack" | "refresh">; takenBy: string | null }) {
  const { t } = useTranslation();
  const user = useUser();
  const word = useWord();
  if (claim.is === "held") {
    return (
      <p className="claim claim-held" role="status" data-testid="claim">
        <span>
          {t("review.held_until")} <Time at={new Date(claim.until).toISOString()} form="clock" />
        </span>
        <button type="button" className="button button-quiet" onClick={() => void work.giveBack()} onMouseDown={(event) => event.preventDefault()}>
          {t("review.give_back")} <kbd>u</kbd>
        </button>
      </p>
    );
  }
  const closed = closedFor(claim, review);
  if (closed) {
    return (
      <p className="strip strip-wait" role="status" data-testid="claim-not">
        <LockKeyhole aria-hidden="true" />
        <span>
          <b>{t("review.not_for_you")}</b> {takenBy && takenBy !== user.username ? t("review.taken_by", { name: takenBy }) : word("may_not", closed)}
        </span>
        {passes(closed) && (
          <button type="button" className="button" onClick={() => void work.refresh()}>
            {t("state.retry")}
          </button>
        )}
      </p>
    );
  }
  if (claim.is === "lost" || claim.is === "refused") {
    return (
      <p className="strip strip-wait" role="alert" data-testid="claim-lost">
        <TriangleAlert aria-hidden="true" />
        <span>{claim.is === "lost" ? t("review.lost") : t("review.refused", { detail: word("may_not", claim.code) })}</span>
        <button type="button" className="button" onClick={() => void work.take()}>
          {t("review.take_again")} <kbd>c</kbd>
        </button>
      </p>
    );
  }
  return (
    <p className="claim" role="status" data-testid="claim">
      <span>{takenBy && takenBy !== user.username ? t("review.taken_by", { name: takenBy }) : t("review.not_held")}</span>
      <button type="button" className="button button-quiet" onClick={() => void work.take()} onMouseDown={(event) => event.preventDefault()}>
        {t("review.take")} <kbd>c</kbd>
      </button>
    </p>
  );
}
