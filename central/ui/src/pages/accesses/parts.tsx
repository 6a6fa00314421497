import { Hand } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AccessDetail, Ask, PlateReading, Rule } from "../../api/types";
import { useGroups } from "../../api/gate-queries";
import { score } from "../../format/numbers";
import { FreshBadge, VerdictBadge } from "../../ui/gate-badges";
import { Time, useSpan } from "../../ui/time";
import { useWord } from "../../ui/words";
import { Fact } from "../alerts/panel";
import { useScheduleName } from "../members/schedules";

/** What the machine answered, by which rule, from which list, and how old that was. */
export function Decided({ access }: { access: AccessDetail }) {
  const { t } = useTranslation();
  const word = useWord();
  const span = useSpan();
  return (
    <section className="card" data-testid="decided">
      <header className="card-head">
        <h2>{t("access.decided")}</h2>
        <VerdictBadge verdict={access.decided} size="s" />
      </header>
      <p className="panel-reason">{word("reason_means", access.reason)}</p>
      <dl className="facts">
        <Fact word={t("access.by_rule")}>{access.rule_text ? <RuleWords rule={access.rule_text} site={access.site} /> : access.rule ? <code className="mono">{access.rule}</code> : t("access.no_rule")}</Fact>
        <Fact word={t("access.entry")}>{access.list_entry ? [access.list_entry.label, word("list_kind", access.list_entry.list), access.group_name].filter(Boolean).join(" · ") : t("access.no_entry")}</Fact>
        <Fact word={t("access.list")}>
          {access.list_version > 0 ? t("access.list_of", { version: access.list_version, age: span(access.list_age_s) }) : t("gates.no_list")} <FreshBadge freshness={access.freshness} />
        </Fact>
        {access.warnings.length > 0 && <Fact word={t("access.warnings")}>{access.warnings.map((warning) => word("warning", warning)).join("; ")}</Fact>}
        {access.alone_since && (
          <Fact word={t("access.alone")}>
            {t("gates.alone_since")} <Time at={access.alone_since} form="short" />
          </Fact>
        )}
        <Fact word={t("access.barrier")}>
          {word("barrier", access.barrier)}
          {access.command_ms !== null && <span className="quiet"> · {t("access.command_ms", { ms: access.command_ms })}</span>}
        </Fact>
        <Fact word={t("access.bodies")}>{access.bodies}</Fact>
        {access.ended_at && (
          <Fact word={t("access.ended")}>
            <Time at={access.ended_at} form="short" />
          </Fact>
        )}
      </dl>
    </section>
  );
}

/** A rule as a sentence: for whom, on which lists, when, and what it answers. */
function RuleWords({ rule, site }: { rule: Rule; site: string }) {
  const { t } = useTranslation();
  const word = useWord();
  const groups = useGroups(site).data ?? [];
  const scheduleName = useScheduleName(site);
  const whom = rule.groups.map((id) => groups.find((group) => group.id === id)?.name ?? id).join(", ") || t("policy.everybody");
  const lists = rule.lists.map((list) => word("list_kind", list)).join(", ") || t("policy.every_list");
  const hours = rule.schedule ? scheduleName(rule.schedule) : t("members.always");
  return (
    <>
      {t("access.rule_says", { whom, lists, hours, verdict: word("gate_verdict", rule.verdict) })} <code className="mono quiet">{rule.id}</code>
    </>
  );
}

/** What was presented at the lane. */
export function Asked({ ask }: { ask: Ask }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const { vehicle, person, escort, emergency, face_hint, open_lanes } = ask;
  return (
    <section className="card" data-testid="asked">
      <h2>{t("access.asked")}</h2>
      <dl className="facts">
        <Fact word={t("access.vehicle")}>
          {vehicle ? (vehicle.text ? <><code className="plate-text">{vehicle.text}</code> <span className="quiet">{t("access.score", { score: score(vehicle.score, i18n.language) })}</span></> : t("no_reading.unreadable")) : t("access.nothing")}
          {vehicle && vehicle.others.length > 0 && <div className="quiet">{t("access.others", { list: vehicle.others.join(", ") })}</div>}
        </Fact>
        <Fact word={t("access.person")}>
          {person ? (
            <>
              {person.keys.map(([kind]) => word("shown", kind)).join(", ") || t("access.nothing")}
              {person.trust && <div className="quiet">{word("trust", person.trust)}</div>}
              {person.offline && <div className="tone-text-wait">{word("warning", "unverified_offline")}</div>}
              {person.mismatch && <div className="tone-text-deny">{word("reason", "identity_mismatch")}</div>}
              {person.papers_checked && <div>{word("act", "papers_checked")}</div>}
            </>
          ) : (
            t("access.nothing")
          )}
        </Fact>
        {escort && <Fact word={t("access.escort")}>{word("act", "escort")}</Fact>}
        {emergency && <Fact word={t("access.emergency")}>{word("reason", "emergency")}</Fact>}
        {face_hint && <Fact word={t("access.face")}>{t("access.face_hint")}</Fact>}
        {open_lanes.length > 0 && <Fact word={t("access.open_lanes")}>{open_lanes.join(", ")}</Fact>}
      </dl>
    </section>
  );
}

/** What the guard did, why, and against which answer. */
export function Acts({ access }: { access: AccessDetail }) {
  const { t } = useTranslation();
  const word = useWord();
  return (
    <section className="card" data-testid="acts">
      <h2>{t("access.acts")}</h2>
      {access.acts.length === 0 && (
        <p className="quiet with-icon">
          <Hand aria-hidden="true" />
          {t("access.no_acts")}
        </p>
      )}
      <ol className="history">
        {access.acts.map((act) => (
          <li key={`${act.at}${act.act}`}>
            <b>{word("act", act.act)}</b>
            <span>
              {act.user} · <Time at={act.at} form="short" />
            </span>
            <span className="act-reason">{word("desk_reason", act.reason)}</span>
            {act.overrides && <span className="tone-text-wait">{t("access.overrides", { answer: word("gate_verdict", act.overrides) })}</span>}
            {act.note && <q>{act.note}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}

export function ReadingFacts({ reading }: { reading: PlateReading }) {
  const { t, i18n } = useTranslation();
  return (
    <section className="card">
      <h2>{t("passage.reading")}</h2>
      <dl className="facts">
        <Fact word={t("passage.text")}>
          <code className="plate-text">{reading.text}</code>
        </Fact>
        <Fact word={t("passage.raw")}>
          <code className="plate-text">{reading.raw}</code>
        </Fact>
        <Fact word={t("passage.score")}>
          {score(reading.score, i18n.language)} · {t("passage.votes", { votes: reading.votes, reads: reading.reads })}
        </Fact>
        {reading.candidates.length > 1 && (
          <Fact word={t("passage.candidates")}>
            {reading.candidates
              .filter((candidate) => candidate.text !== reading.text)
              .map((candidate) => `${candidate.text} (${score(candidate.score, i18n.language)})`)
              .join(", ")}
          </Fact>
        )}
      </dl>
    </section>
  );
}
