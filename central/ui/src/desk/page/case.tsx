import { Ban, CarFront, CircleCheck, CircleDashed, Clock3, FileSearch, IdCard, ScanEye, ShieldAlert, Timer, TriangleAlert, User, Users, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { percent } from "../../format/numbers";
import { Plate } from "../../ui/plate";
import type { Acts } from "../acts/use-acts";
import { KeysRow } from "../acts/keys-row";
import type { CaseView, LaneView, Verdict } from "../api/types";
import { useText } from "../i18n";
import { ScanField } from "../scan/field";
import type { Present } from "../scan/use-present";
import { useAgentNow, useDesk } from "../state/provider";
import { isOverride, nameOf, saysWho, wordOf } from "../state/view";
import { CasePicture } from "./case-picture";
import { spanText } from "./span";

export const VERDICT_ICONS: Record<Verdict, LucideIcon> = { admit: CircleCheck, wait: Clock3, deny: Ban };

/** The largest thing on the screen: who stands there, and what to do. */
export function CasePanel({ acts, present }: { acts: Acts; present: Present }) {
  const { t, language } = useText();
  const { lane } = useDesk();
  if (!lane) return null;
  const current = lane.current;
  return (
    <section className="case" aria-label={t("case.label")} id="case" tabIndex={-1} data-access={current?.access}>
      <LaneLine lane={lane} name={language === "en" ? lane.name_en : lane.name_vi} />
      {current ? <Reading of={current} /> : <EmptyLane />}
      {current && <Card of={current} />}
      <KeysRow acts={acts} />
      <ScanField present={present} />
      <Announce of={current} />
    </section>
  );
}

function LaneLine({ lane, name }: { lane: LaneView; name: string }) {
  const { t } = useText();
  const bad = ["not_opened", "forced", "unreachable"].includes(lane.barrier);
  const open = ["opened", "held", "commanded"].includes(lane.barrier);
  return (
    <p className="lane-line">
      <b>{name}</b>
      <span>{lane.way === "both" ? "" : t(`direction.${lane.way}`)}</span>
      {lane.emergency && <span className="chip-state tone-deny"><ShieldAlert aria-hidden="true" />{t("lane.emergency")}</span>}
      <span className={`chip-state tone-${bad ? "deny" : open ? "admit" : "unknown"}`} data-barrier={lane.barrier} role="status">
        {bad ? <TriangleAlert aria-hidden="true" /> : <CircleDashed aria-hidden="true" />}
        {t(`barrier.${lane.barrier}`)}
      </span>
    </p>
  );
}

/** Reading, verdict and reason as one block in the verdict's colour: seen from across the booth. */
function Reading({ of }: { of: CaseView }) {
  const { t } = useText();
  const Icon = VERDICT_ICONS[of.verdict];
  const word = of.verdict === "admit" && of.direction === "out" ? t("verdict.admit_out") : t(`verdict.${of.verdict}`);
  return (
    <div className={`reading verdict-${of.verdict}`} data-verdict={of.verdict} data-reason={of.reason} data-answer={of.answer}>
      <div className="reading-what">
        {of.plate ? (
          <Plate display={of.plate.display} kind={of.plate.kind} colour={of.plate.colour} lines={of.plate.lines === 2 ? 2 : 1} />
        ) : (
          <span className="reading-person">
            {wordOf(of) === "case.vehicle" || wordOf(of) === "case.unread" ? <CarFront aria-hidden="true" /> : <User aria-hidden="true" />}
            {nameOf(of) ?? t(wordOf(of))}
          </span>
        )}
      </div>
      <p className="reading-verdict">
        <Icon aria-hidden="true" />
        <strong>{word}</strong>
        <Waited since={of.since} />
      </p>
      <p className="reading-reason">
        <span>{t("case.because")}</span> <b>{t(`reason.${of.reason}`)}</b>
      </p>
      {isOverride(of) && of.actor.by === "guard" && (
        <p className="reading-override">{t("case.overridden", { answer: t(`verdict.${of.answer}`), user: of.actor.user, verdict: t(`verdict.${of.verdict}`) })}</p>
      )}
    </div>
  );
}

function Waited({ since }: { since: string }) {
  const { t } = useText();
  return <span className="reading-waited">{t("case.waited", { time: spanText(t, (useAgentNow(1_000) - Date.parse(since)) / 1000) })}</span>;
}

/** The person's or the vehicle's card: what the list and the papers say. Nothing of it where only papers are to be checked. */
function Card({ of }: { of: CaseView }) {
  const { t, language } = useText();
  const who = saysWho(of);
  const known = (who && (of.label ?? of.group)) || of.person || of.warnings.length > 0 || of.reason === "unsure" || of.reason === "possible";
  if (!known && !of.picture) return null;
  return (
    <div className="card-row">
      <dl className="card">
        {!known && who && <p className="quiet">{t("case.no_entry")}</p>}
        {who && of.label && <Fact icon={of.plate ? CarFront : User} big>{of.label}</Fact>}
        {who && of.group && of.group !== of.label && <Fact icon={Users}>{of.group}</Fact>}
        {of.person && (
          <Fact icon={IdCard}>
            {t(`shown.${of.person.shown}`)}
            {of.person.label && of.plate ? ` · ${of.person.label}` : ""}
            {of.person.trust ? ` · ${t(`trust.${of.person.trust}`)}` : ""}
          </Fact>
        )}
        {of.person?.asking && <Fact icon={FileSearch}>{t("case.asking")}</Fact>}
        {who && of.stay_minutes !== null && <Fact icon={Timer}>{t("case.stay", { time: spanText(t, of.stay_minutes * 60) })}</Fact>}
        {of.plate && (of.reason === "unsure" || of.reason === "possible") && <Fact icon={ScanEye}>{t("case.score", { score: percent(of.plate.score, language) })}</Fact>}
        {of.warnings.length > 0 && (
          <div className="card-warnings">
            {of.warnings.map((warning) => (
              <span key={warning} className="badge tone-wait" data-warning={warning}>
                <TriangleAlert aria-hidden="true" />
                {t(`warning.${warning}`)}
              </span>
            ))}
          </div>
        )}
        <p className="card-foot">
          {who && of.rule && <span>{t("case.rule", { rule: of.rule })}</span>}
          <span>{t("case.list", { version: of.list_version })}</span>
        </p>
      </dl>
      <CasePicture of={of} />
    </div>
  );
}

function Fact({ icon: Icon, big = false, children }: { icon: LucideIcon; big?: boolean; children: ReactNode }) {
  return (
    <div className={`fact ${big ? "fact-big" : ""}`}>
      <dt>
        <Icon aria-hidden="true" />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function EmptyLane() {
  const { t } = useText();
  return (
    <div className="reading reading-empty">
      <CircleDashed aria-hidden="true" />
      <p className="reading-empty-title">{t("case.empty")}</p>
      <p>{t("case.empty_hint")}</p>
    </div>
  );
}

/** For those who listen: one sentence for each new verdict. */
function Announce({ of }: { of: CaseView | null }) {
  const { t } = useText();
  return (
    <p className="sr-only" role="status" aria-live="assertive" data-testid="announce">
      {of && t("case.announce", { what: nameOf(of) ?? t(wordOf(of)), verdict: t(`verdict.${of.verdict}`), reason: t(`reason.${of.reason}`) })}
    </p>
  );
}
