import { Flag, ListChecks } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ListMatch, PassageDetail, RegistryAnswer } from "../../api/types";
import { dateTime } from "../../format/time";
import { registryTone } from "../../format/verdict";
import { pick } from "../../i18n";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { Fact } from "../alerts/panel";

/** Why it fired: the registry's answer, and each list entry that it met. */
export function WhyCard({ passage }: { passage: PassageDetail }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2>{t("passage.why")}</h2>
      {passage.matches.map((match) => (
        <Match key={`${match.list}${match.entry_id}`} match={match} />
      ))}
      {passage.matches.length === 0 && (
        <p className="quiet with-icon">
          <ListChecks aria-hidden="true" />
          {t("passage.no_matches")}
        </p>
      )}
      <Registry answer={passage.registry} />
    </section>
  );
}

function Match({ match }: { match: ListMatch }) {
  const { t, i18n } = useTranslation();
  const tone = match.result === "possible" ? "possible" : "deny";
  return (
    <div className={`match tone-${tone}`}>
      <p className="match-head">
        <Badge tone={tone}>{t(`alerts.certainty.${match.result}`)}</Badge>
        <b>{match.list_name}</b>
      </p>
      <p>{pick(i18n.language, match.why_vi, match.why_en)}</p>
      <p className="quiet">
        {t("passage.listed_for")} {pick(i18n.language, match.reason_vi, match.reason_en)}
      </p>
      <dl className="facts facts-line">
        <Fact word={t("passage.entry_plate")}>
          <code className="plate-text">{match.plate}</code>
        </Fact>
        <Fact word={t("passage.entry")}>{match.entry_id}</Fact>
        <Fact word={t("passage.priority")}>{t(`alerts.severity.${match.priority}`)}</Fact>
      </dl>
      <p className="quiet">
        {match.distance === 0 ? t("passage.distance_0") : t("passage.distance", { count: match.distance })}
        {match.added_by && match.added_at && ` · ${t("passage.added", { who: match.added_by, at: dateTime(match.added_at) })}`}
      </p>
    </div>
  );
}

function Registry({ answer }: { answer: RegistryAnswer }) {
  const { t, i18n } = useTranslation();
  return (
    <div className="registry">
      <h3>{t("passage.registry")}</h3>
      <p className="badges">
        <Badge tone={registryTone(answer.status)} size="s">
          {t(`verdict.${answer.status}`)}
        </Badge>
        {answer.findings.length === 0 && answer.status === "found" && <span className="quiet">{t("passage.no_findings")}</span>}
      </p>
      {answer.findings.length > 0 && (
        <ul className="findings">
          {answer.findings.map((finding) => (
            <li key={finding.code}>
              <Flag aria-hidden="true" />
              {pick(i18n.language, finding.text_vi, finding.text_en)}
            </li>
          ))}
        </ul>
      )}
      <dl className="facts facts-line">
        <Fact word={t("passage.asked_at")}>{answer.asked_at ? <Time at={answer.asked_at} /> : "–"}</Fact>
        <Fact word={t("passage.as_of")}>{answer.as_of ? <Time at={answer.as_of} /> : "–"}</Fact>
        <Fact word={t("passage.txn")}>
          <span className="mono">{answer.txn_id ?? "–"}</span>
        </Fact>
      </dl>
    </div>
  );
}
