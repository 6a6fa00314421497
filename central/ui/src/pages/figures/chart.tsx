import { useTranslation } from "react-i18next";
import { type Slot, type Subject, ceiling } from "../../format/figures";
import { whole } from "../../format/numbers";
import { isWhole } from "../../format/gate";

const HEIGHT = 200;
const BASE = HEIGHT / 2;

/** Entries above the line, exits below it; a hatched ground marks times of which something is missing. The table below says the same. */
export function InOutChart({ slots, subject, label }: { slots: Slot[]; subject: Subject; label: (slot: Slot) => string }) {
  const { t, i18n } = useTranslation();
  const [coming, going] = [`${subject}_in`, `${subject}_out`] as const;
  const most = ceiling(Math.max(1, ...slots.map((slot) => Math.max(slot[coming], slot[going]))));
  const step = 100 / Math.max(slots.length, 1);
  const every = Math.max(1, Math.ceil(slots.length / 12));
  const scale = (count: number) => (count / most) * (BASE - 6);
  return (
    <figure className="chart">
      <div className="chart-axis" aria-hidden="true">
        <span>{whole(most, i18n.language)}</span>
        <span>0</span>
        <span>{whole(most, i18n.language)}</span>
      </div>
      <svg viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t("figures.chart", { subject: t(`figures.${subject}`) })}>
        <line x1="0" x2="100" y1={BASE} y2={BASE} className="chart-zero" />
        {slots.map((slot, at) => (
          <g key={slot.from}>
            {!isWhole(slot.loss) && <rect className="chart-loss" x={at * step} y="0" width={step} height={HEIGHT} />}
            <rect className="chart-in" x={at * step + step * 0.15} y={BASE - scale(slot[coming])} width={step * 0.7} height={scale(slot[coming])} />
            <rect className="chart-out" x={at * step + step * 0.15} y={BASE} width={step * 0.7} height={scale(slot[going])} />
            <rect className="chart-hit" x={at * step} y="0" width={step} height={HEIGHT}>
              <title>{t("figures.bar", { time: label(slot), in: whole(slot[coming], i18n.language), out: whole(slot[going], i18n.language) })}</title>
            </rect>
          </g>
        ))}
      </svg>
      <div className="chart-times" aria-hidden="true">
        {slots.map((slot, at) => (
          <span key={slot.from}>{at % every === 0 ? label(slot) : ""}</span>
        ))}
      </div>
      <figcaption className="chart-legend">
        <span className="legend-in">{t("figures.in")}</span>
        <span className="legend-out">{t("figures.out")}</span>
        <span className="legend-loss">{t("figures.with_loss")}</span>
      </figcaption>
    </figure>
  );
}
