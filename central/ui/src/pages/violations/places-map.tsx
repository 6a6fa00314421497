import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { whole as n } from "../../format/numbers";
import { type Circle, type View, apart, circles, names, placed, scaleBar, whole, zoomed } from "./map";
import { useSay } from "../../ui/words";
import type { Spot } from "./places";

interface Props {
  rows: Spot[];
  over: string | null;
  chosen: string | null;
  onOver: (key: string | null) => void;
  onChoose: (key: string | null) => void;
}

/** The cameras where they stand, north up, with a scale in metres. There are no streets below: none come with the product. */
export function PlacesMap({ rows, over, chosen, onOver, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const all = useMemo(() => placed(rows), [rows]);
  const everything = useMemo(() => whole(all), [all]);
  const [view, setView] = useState<View>(everything);
  // What is chosen in the list is brought into sight, by itself.
  useEffect(() => {
    if (chosen) setView((old) => apart(all, chosen, old, everything));
  }, [chosen, all, everything]);
  if (all.length === 0) return <p className="note places-none">{t("violations.none_placed")}</p>;
  const shown = circles(all, view).filter(({ x, y }) => x > -0.05 && x < 1.05 && y > -0.05 && y < 1.05);
  const bar = scaleBar(view.size);
  const step = bar / view.size;
  const lines = Array.from({ length: Math.ceil(1 / step) + 1 }, (_, at) => at * step);
  const press = (circle: Circle) => {
    if (circle.spots.length === 1) return onChoose(circle.spots[0].key === chosen ? null : circle.spots[0].key);
    const at = { x: view.x + (circle.x - 0.5) * view.size, y: view.y + (circle.y - 0.5) * view.size };
    return setView({ ...zoomed(view, 3, everything, at), ...at });
  };
  const name = ({ spots }: Circle) => (spots.length === 1 ? say(spots[0].place_vi, spots[0].place_en) : t("violations.together", { count: spots.length }));
  return (
    <figure className="places-map">
      <div className="map-frame">
        <svg className="map" viewBox="0 0 100 100" role="img" aria-label={t("violations.schematic")} data-testid="map">
          {lines.map((at) => (
            <g key={at} className="map-grid">
              <line x1={at * 100} x2={at * 100} y1={0} y2={100} />
              <line x1={0} x2={100} y1={100 - at * 100} y2={100 - at * 100} />
            </g>
          ))}
          {shown.map((circle) => {
            const keys = circle.spots.map(({ key }) => key);
            const lit = keys.includes(over ?? "") || keys.includes(chosen ?? "");
            return (
              <g key={circle.key} className={lit ? "spot spot-over" : "spot"} data-count={circle.count} onPointerEnter={() => onOver(circle.spots[0].key)} onPointerLeave={() => onOver(null)} onClick={() => press(circle)}>
                <title>{`${name(circle)}: ${n(circle.count, i18n.language)}`}</title>
                <circle cx={circle.x * 100} cy={circle.y * 100} r={circle.radius * 100} strokeDasharray={circle.spots.length > 1 ? "1.4 0.9" : undefined} />
                <text className="spot-count" x={circle.x * 100} y={circle.y * 100 + 1.1}>
                  {n(circle.count, i18n.language)}
                </text>
              </g>
            );
          })}
          {names(shown, (circle) => short(name(circle)), [over, chosen]).map(({ circle, text, x, y, anchor, lit }) => (
            <text key={circle.key} className={`spot-name spot-name-${anchor} ${lit ? "spot-name-lit" : ""}`} x={x * 100} y={y * 100 - 0.6}>
              {text}
            </text>
          ))}
          <path className="north" d="M95 3l2.4 6h-4.8z" />
          <text className="north-word" x="95" y="12.5">
            {t("violations.north")}
          </text>
        </svg>
        <div className="map-acts" role="group" aria-label={t("violations.zoom")}>
          <button type="button" className="icon-button" aria-label={t("violations.nearer")} title={t("violations.nearer")} onClick={() => setView(zoomed(view, 2, everything))}>
            <ZoomIn aria-hidden="true" />
          </button>
          <button type="button" className="icon-button" aria-label={t("violations.farther")} title={t("violations.farther")} onClick={() => setView(zoomed(view, 0.5, everything))}>
            <ZoomOut aria-hidden="true" />
          </button>
          <button type="button" className="icon-button" aria-label={t("violations.everything")} title={t("violations.everything")} onClick={() => setView(everything)}>
            <Maximize aria-hidden="true" />
          </button>
        </div>
      </div>
      <p className="scale" data-metres={bar}>
        <span className="scale-bar" style={{ width: `${step * 100}%` }} aria-hidden="true" />
        <span>{bar >= 1000 ? t("violations.km", { n: n(bar / 1000, i18n.language) }) : t("violations.metres", { n: n(bar, i18n.language) })}</span>
      </p>
      <figcaption>{t("violations.no_streets")}</figcaption>
    </figure>
  );
}

/** A name as long as a circle has room for. */
const short = (name: string) => (name.length > 30 ? `${name.slice(0, 28).trimEnd()}…` : name);
