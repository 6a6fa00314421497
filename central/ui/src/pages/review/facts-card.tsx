import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../../api/case-types";
import { written } from "../../format/days";
import { score } from "../../format/numbers";
import { Note } from "../../ui/outcome";
import { Time } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";

/** What speaks against it, what the rule cannot know, when and with which device: for who wants to know why. */
export function FactsCard({ detail }: { detail: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const { time, device, measured, ground, scene } = detail;
  return (
    <section className="side-card" aria-label={t("review.facts")}>
      <h3>{t("review.doubts")}</h3>
      {detail.doubts.length > 0 ? (
        <ul className="doubts">
          {detail.doubts.map((doubt) => (
            <li key={doubt}>{word("doubt", doubt)}</li>
          ))}
        </ul>
      ) : (
        <p className="quiet">{t("review.no_doubts")}</p>
      )}
      <p className="limits">
        <b>{t("review.limits")}</b> {say(detail.limits_vi, detail.limits_en)}
      </p>
      {measured && !measured.type_approved && (
        <Note tone="wait">
          {t("review.measured", { what: word("measured", measured.what), value: score(measured.value, i18n.language), doubt: score(measured.uncertainty, i18n.language) })}
        </Note>
      )}
      <dl className="facts">
        <div className="fact">
          <dt>{t("review.when")}</dt>
          <dd>
            <Time at={time.at} uncertaintyMs={time.uncertainty_ms} source={time.source} />
            <small>
              {" "}
              ±{time.uncertainty_ms} ms{time.clock && ` · ${t(time.clock.synchronised ? "review.clock_good" : "review.clock_bad", { ms: time.clock.offset_ms ?? "?" })}`}
            </small>
          </dd>
        </div>
        <div className="fact">
          <dt>{t("review.device")}</dt>
          <dd>{device ? `${word("device_type", device.type)} ${device.model} · ${device.serial}` : t("review.no_device")}</dd>
        </div>
        {device?.calibration && (
          <div className="fact">
            <dt>{t("review.calibration")}</dt>
            <dd>
              {device.calibration.cert_no} · {t("review.valid_to", { day: written(device.calibration.to.slice(0, 10)) })}
            </dd>
          </div>
        )}
        {device?.approval_decision && (
          <div className="fact">
            <dt>{t("review.approval")}</dt>
            <dd>{device.approval_decision.no}</dd>
          </div>
        )}
        {detail.made_by && (
          <div className="fact">
            <dt>{t("review.judged_by")}</dt>
            <dd>
              {detail.source === "own" ? detail.made_by : t("review.third_party", { source: detail.source, by: detail.made_by })}
              {scene && ` · ${t("review.scene", { version: scene.version })}`}
            </dd>
          </div>
        )}
        {ground && (
          <div className="fact">
            <dt>{t("review.ground")}</dt>
            <dd>{t("review.ground_error", { points: ground.points, m: score(ground.error_m, i18n.language) })}</dd>
          </div>
        )}
        {detail.models.length > 0 && (
          <div className="fact">
            <dt>{t("review.models")}</dt>
            <dd className="mono">{detail.models.map(({ id }) => id).join(", ")}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
