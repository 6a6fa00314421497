import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Drive } from "../../api/section-types";
import { whole } from "../../format/numbers";
import { FigureTable } from "../../ui/figure-table";
import { Time } from "../../ui/time";
import { useWord } from "../../ui/words";
import { BIN_KMH, byHour, histogram, overLimit, surelyOver } from "./figures";
import { useKmh } from "./words";

/** Height of the highest bar of 40: above it there is room for the limit's word. */
const HIGH = 33;
/** Rows of the list of drives before more are asked for. */
const FIRST = 20;

/** Drives by speed with the limit as a line; the same numbers as words for who does not see it. */
export function SpeedChart({ drives, limit }: { drives: Drive[]; limit: number }) {
  const { t, i18n } = useTranslation();
  const bins = histogram(drives, limit);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const n = (value: number) => whole(value, i18n.language);
  const line = (limit - bins[0].from) / BIN_KMH;
  const say = (bin: (typeof bins)[number]) => t("sections.bar", { from: bin.from, to: bin.to, count: bin.count, over: bin.over });
  return (
    <figure className="card speed-chart" data-testid="speed-chart">
      <h2>{t("sections.by_speed")}</h2>
      <div className="speed-plot">
        <svg viewBox={`0 0 ${bins.length} 40`} preserveAspectRatio="none" role="img" aria-label={bins.filter(({ count }) => count > 0).map(say).join("; ")}>
          {bins.map((bin, at) => (
            <g key={bin.from}>
              <title>{say(bin)}</title>
              <rect className="bar-hit" x={at} width={1} y={0} height={40} />
              <rect className="bar-good" x={at + 0.08} width={0.84} y={40 - (bin.count / most) * HIGH} height={(bin.count / most) * HIGH} />
              <rect className="bar-over" x={at + 0.08} width={0.84} y={40 - (bin.over / most) * HIGH} height={(bin.over / most) * HIGH} />
            </g>
          ))}
          <line className="limit-line" x1={line} x2={line} y1={0} y2={40} vectorEffect="non-scaling-stroke" />
        </svg>
        <span className={`limit-word ${line / bins.length > 0.5 ? "limit-word-left" : ""}`} style={{ insetInlineStart: `${(line / bins.length) * 100}%` }}>
          {t("sections.limit", { kmh: n(limit) })}
        </span>
      </div>
      <div className="speed-axis" aria-hidden="true">
        {bins.map((bin, at) => (
          <span key={bin.from}>{at % Math.ceil(bins.length / 10) === 0 ? bin.from : ""}</span>
        ))}
        <small>km/h</small>
      </div>
      <figcaption>
        <span className="key-good">{t("sections.key_all")}</span> <span className="key-over">{t("sections.key_over")}</span>
      </figcaption>
    </figure>
  );
}

export function HourTable({ drives }: { drives: Drive[] }) {
  const { t, i18n } = useTranslation();
  const kmh = useKmh();
  const n = (value: number) => whole(value, i18n.language);
  return (
    <FigureTable
      title={t("sections.by_hour")}
      heads={[t("sections.hour"), t("sections.vehicles"), t("sections.median"), t("sections.p85"), t("sections.over")]}
      rows={byHour(drives).map((row) => ({ key: String(row.hour), cells: [`${String(row.hour).padStart(2, "0")}:00`, n(row.count), kmh(row.median), kmh(row.p85), n(row.over)] }))}
    />
  );
}

/** Drives over the limit as figures: no plate is behind them, and no case comes of them. */
export function OverTable({ drives, limit }: { drives: Drive[]; limit: number }) {
  const { t } = useTranslation();
  const word = useWord();
  const kmh = useKmh();
  const [all, setAll] = useState(false);
  const over = overLimit(drives);
  return (
    <section className="card figure-card" data-testid="over-table">
      <h2>{t("sections.over_list")}</h2>
      <p className="quiet">{t("sections.over_list_hint")}</p>
      {over.length === 0 && <p>{t("sections.nobody_over")}</p>}
      {over.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("sections.left_at")}</th>
                <th scope="col">{t("sections.class")}</th>
                <th scope="col" className="table-number">{t("sections.speed")}</th>
                <th scope="col" className="table-number">{t("sections.over_by")}</th>
              </tr>
            </thead>
            <tbody>
              {over.slice(0, all ? undefined : FIRST).map((drive, at) => (
                <tr key={`${drive.left_at}-${at}`}>
                  <th scope="row">
                    <Time at={drive.left_at} form="clock" />
                  </th>
                  <td data-word={t("sections.class")}>{word("class", drive.class)}</td>
                  <td className="table-number" data-word={t("sections.speed")}>
                    {kmh(drive.speed_kmh)} <small>± {kmh(drive.uncertainty_kmh)}</small>
                  </td>
                  <td className="table-number" data-word={t("sections.over_by")}>{kmh(surelyOver(drive, limit))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {over.length > FIRST && !all && (
        <button type="button" className="button" onClick={() => setAll(true)}>
          {t("sections.more", { count: over.length - FIRST })}
        </button>
      )}
    </section>
  );
}
