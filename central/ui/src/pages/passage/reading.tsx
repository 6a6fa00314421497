import { ScanText } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PassageDetail, PlateReading } from "../../api/types";
import { score } from "../../format/numbers";
import { parseEdit } from "../../format/plate";
import { Empty } from "../../ui/states";
import { PlateFindingBadge } from "../../ui/plate";
import { Badge } from "../../ui/verdict";
import { Fact } from "../alerts/panel";

export function ReadingCard({ passage }: { passage: PassageDetail }) {
  const { t } = useTranslation();
  const { reading } = passage;
  return (
    <section className="card">
      <h2>{t("passage.reading")}</h2>
      {passage.plate_finding && (
        <p className="badges">
          <PlateFindingBadge finding={passage.plate_finding} size="m" />
        </p>
      )}
      {reading ? <Reading reading={reading} /> : <Empty icon={ScanText} title={t("passage.unread")} hint={t("passage.unread_hint")} />}
    </section>
  );
}

function Reading({ reading }: { reading: PlateReading }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <dl className="facts">
        <Fact word={t("passage.raw")}>
          <Raw reading={reading} />
        </Fact>
        <Fact word={t("passage.text")}>
          <code className="plate-text">{reading.text}</code>
        </Fact>
        <Fact word={t("passage.repairs")}>
          <Repairs edits={reading.edits} />
        </Fact>
        <Fact word={t("passage.score")}>
          <b>{score(reading.score, i18n.language)}</b> · {t("passage.votes", { votes: reading.votes, reads: reading.reads })}
        </Fact>
        <Fact word={t("passage.plate_colour")}>
          {reading.colour ? (
            <>
              {t(`plate.colour.${reading.colour.value}`, { defaultValue: reading.colour.value })} · {score(reading.colour.score, i18n.language)}
            </>
          ) : (
            t("plate.colour.unknown")
          )}
        </Fact>
        {reading.class && <Fact word={t("passage.plate_class")}>{t(`plate.class.${reading.class}`, { defaultValue: reading.class })}</Fact>}
        {reading.country && <Fact word={t("passage.country")}>{t(`plate.country.${reading.country}`, { defaultValue: reading.country })}</Fact>}
      </dl>
      <p className="badges">
        <Badge tone={reading.valid ? "admit" : "wait"} size="s">
          {t(reading.valid ? "passage.valid" : "passage.invalid")}
        </Badge>
        {reading.ambiguous.length > 0 && (
          <Badge tone="possible" size="s">
            {t("passage.ambiguous", { list: reading.ambiguous.map(withoutKind).join(", ") })}
          </Badge>
        )}
      </p>
      <Candidates reading={reading} />
    </>
  );
}

/** Central writes `motorcycle_old 29-B1 2345`: a person needs the plate alone. */
const withoutKind = (meaning: string) => meaning.replace(/^[a-z_]+ /, "");

/** The string as the reader saw it, the repaired characters marked. */
function Raw({ reading }: { reading: PlateReading }) {
  const repaired = new Set(reading.edits.map((edit) => (parseEdit(edit)?.position ?? 0) - 1));
  return (
    <code className="plate-text">
      {[...reading.raw].map((character, at) => (repaired.has(at) ? <mark key={at}>{character}</mark> : <span key={at}>{character}</span>))}
    </code>
  );
}

function Repairs({ edits }: { edits: string[] }) {
  const { t } = useTranslation();
  if (edits.length === 0) return <>{t("passage.no_repairs")}</>;
  return (
    <>
      {edits.map((edit) => {
        const parts = parseEdit(edit);
        return (
          <span key={edit} className="edit">
            {parts ? t("passage.edit", { ...parts }) : edit}
          </span>
        );
      })}
    </>
  );
}

function Candidates({ reading }: { reading: PlateReading }) {
  const { t, i18n } = useTranslation();
  if (reading.candidates.length === 0) return <p className="quiet">{t("passage.no_candidates")}</p>;
  return (
    <>
      <h3>{t("passage.candidates")}</h3>
      <ol className="candidates">
        {reading.candidates.map((candidate) => (
          <li key={candidate.text} className={candidate.text === reading.text ? "candidate-chosen" : ""}>
            <code className="plate-text">{candidate.text}</code>
            <meter min={0} max={1} value={candidate.score} aria-label={t("passage.score")} />
            <span>{score(candidate.score, i18n.language)}</span>
            <small>{candidate.text === reading.text ? t("passage.chosen") : ""}</small>
          </li>
        ))}
      </ol>
    </>
  );
}
