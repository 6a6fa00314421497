import { ExternalLink } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { CaseDetail } from "../../api/case-types";
import { Player } from "../../player/player";
import { useKeepSite } from "../../shell/site";
import { DueBar } from "../../ui/due";
import { useKeys } from "../../ui/keys";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useSay, useWord } from "../../ui/words";
import { type Asking, DecisionBar } from "./decision";
import { closedFor, missingFor, readDraft, writeDraft } from "./decide";
import { FactsCard } from "./facts-card";
import { GateCard } from "./gate-card";
import { LawCard } from "./law-card";
import { PlateCheck } from "./plate-check";
import { type Decision, useWork } from "./use-work";
import { ClaimStrip, Warnings } from "./warnings";

/** One case on the desk: the player in the middle, the case on the right, the decision below it. */
export function DeskCase({ detail, onDecided }: { detail: CaseDetail; onDecided: (decision: Decision, detail: CaseDetail) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => readDraft(detail.id));
  const [behaviour, setBehaviour] = useState(detail.proposed_behaviour ?? detail.law[0]?.behaviour ?? "");
  const [asking, setAsking] = useState<Asking>(null);
  const [film, setFilm] = useState(true);
  const plateField = useRef<HTMLInputElement>(null);
  useEffect(() => writeDraft(detail.id, draft), [detail.id, draft]);
  const work = useWork(detail, (decision) => {
    writeDraft(detail.id, { plate: "", note: "" });
    onDecided(decision, detail);
  });
  const missing = missingFor(detail, work.played, work.claim, behaviour, film);
  useKeys({
    p: () => {
      plateField.current?.focus();
      plateField.current?.select();
    },
    c: closedFor(work.claim, detail.review) ? undefined : () => void work.take(),
    u: () => void work.giveBack(),
  });
  return (
    <>
      <div className="desk-player">
        <CaseHead detail={detail} />
        <Warnings detail={detail} />
        <Player detail={detail} onSeen={work.seen} onFilm={setFilm} />
      </div>
      <aside className="desk-case" aria-label={t("review.case")}>
        <div className="desk-scroll">
          <ClaimStrip claim={work.claim} review={detail.review} work={work} takenBy={detail.assigned_to} />
          <PlateCheck ref={plateField} detail={detail} value={draft.plate} onType={(plate) => setDraft((old) => ({ ...old, plate }))} take={work.take} onSeen={work.seenBeside} onConfirmed={() => void work.refresh()} />
          <LawCard rows={detail.law} at={detail.at} chosen={behaviour} onChoose={setBehaviour} />
          <GateCard detail={detail} />
          <FactsCard detail={detail} />
        </div>
        <DecisionBar
          detail={detail}
          missing={missing}
          played={work.played}
          asking={asking}
          onAsk={setAsking}
          note={draft.note}
          onNote={(note) => setDraft((old) => ({ ...old, note }))}
          behaviour={behaviour}
          busy={work.decide.isPending}
          error={work.decide.error}
          onDecide={(decision) => {
            setAsking(null);
            work.decide.mutate(decision);
          }}
        />
      </aside>
    </>
  );
}

/** What, where, when; whose turn it is. */
export function CaseHead({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const keep = useKeepSite();
  return (
    <header className="case-head">
      <h2>{say(detail.kind_vi, detail.kind_en)}</h2>
      <span className="case-badges">
        {detail.serious && <Badge tone="deny" size="s">{t("review.serious")}</Badge>}
        {detail.flags
          .filter((flag) => !["exempt", "duplicate_of", "clone_suspect"].includes(flag))
          .map((flag) => (
            <Badge key={flag} tone="wait" size="s">
              {word("flag", flag)}
            </Badge>
          ))}
      </span>
      <span className="case-where">
        {say(detail.place_vi, detail.place_en)} · <Time at={detail.at} uncertaintyMs={detail.time.uncertainty_ms} source={detail.time.source} />
      </span>
      <Link className="case-number" to={keep(`/cases/${detail.id}`)} title={t("review.open_page")}>
        {detail.number}
        <ExternalLink aria-hidden="true" />
      </Link>
      <DueBar due={detail.due} />
    </header>
  );
}
