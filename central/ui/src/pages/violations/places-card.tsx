import { useQueries } from "@tanstack/react-query";
import { MapPinned } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlacePoint } from "../../api/handling-types";
import { useDevices } from "../../api/cases";
import { handlingKeys, handlingsApi } from "../../api/handlings";
import { addDays, endOfDay, startOfDay } from "../../format/days";
import { whole as n } from "../../format/numbers";
import { maySeeDevices } from "../../shell/places";
import { useAddress } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Loaded } from "../../ui/loaded";
import { Select } from "../../ui/select";
import { useSay } from "../../ui/words";
import { PlacesMap } from "./places-map";
import { HOURLY_DAYS, type Spot, hourSpans, kindsOf, spots } from "./places";

/** Points of a span, or of one hour of each of its days. */
function usePoints(from: string, to: string, hour: number | null) {
  const days: string[] = [];
  for (let day = from; day <= to && days.length <= HOURLY_DAYS; day = addDays(day, 1)) days.push(day);
  const hourly = days.length <= HOURLY_DAYS;
  const spans: [string, string][] = hour !== null && hourly ? hourSpans(days, hour) : [[startOfDay(from), endOfDay(to)]];
  const queries = useQueries({ queries: spans.map(([begin, end]) => ({ queryKey: handlingKeys.map(begin, end), queryFn: () => handlingsApi.map(begin, end) })) });
  const failed = queries.find(({ isError }) => isError);
  const data = queries.every((query) => query.data) ? queries.flatMap((query) => query.data as PlacePoint[]) : undefined;
  return { hourly, data, error: failed?.error ?? null, isPending: !data, isError: failed !== undefined, refetch: () => queries.forEach((query) => void query.refetch()) };
}

/** Where it happened: a map by the cameras' positions, and a list that says the same to a keyboard. */
export function PlacesCard({ from, to, site }: { from: string; to: string; site: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const [address, change] = useAddress();
  const hour = /^(\d|1\d|2[0-3])$/.test(address.get("hour") ?? "") ? Number(address.get("hour")) : null;
  const kind = address.get("kind") ?? "";
  const query = usePoints(from, to, hour);
  const devices = useDevices(maySeeDevices(useUser())).data ?? [];
  const points = (query.data ?? []).filter((point) => !site || point.site === site);
  const kinds = kindsOf(points);
  const clock = (at: number) => `${String(at).padStart(2, "0")}:00–${String(at + 1).padStart(2, "0")}:00`;
  return (
    <section className="card places" aria-labelledby="places-title" data-testid="places">
      <header className="places-head">
        <h2 id="places-title">{t("violations.places")}</h2>
        <div className="page-acts">
          <Select label={t("violations.group.kind")} all={t("review.all_kinds")} value={kind} options={kinds.map((one) => ({ value: one.kind, label: say(one.vi, one.en) }))} onChange={(next) => change({ kind: next })} />
          {query.hourly ? (
            <Select label={t("violations.group.hour")} all={t("violations.all_hours")} value={hour === null ? "" : String(hour)} options={Array.from({ length: 24 }, (_, at) => ({ value: String(at), label: clock(at) }))} onChange={(next) => change({ hour: next })} />
          ) : (
            <span className="quiet">{t("violations.hours_need", { days: HOURLY_DAYS })}</span>
          )}
        </div>
      </header>
      <Loaded query={query} count={3} isEmpty={() => points.length === 0} empty={{ icon: MapPinned, title: t("violations.no_places"), hint: t("violations.no_places_hint") }}>
        {() => <Shown key={`${site}/${kind}`} rows={spots(points, devices, kind)} />}
      </Loaded>
    </section>
  );
}

function Shown({ rows }: { rows: Spot[] }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const [over, setOver] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  if (rows.length === 0) return <p className="quiet">{t("violations.no_such_kind")}</p>;
  return (
    <div className="places-split">
      <PlacesMap rows={rows} over={over} chosen={chosen} onOver={setOver} onChoose={setChosen} />
      <ol className="place-list">
        {rows.map((spot) => {
          const open = chosen === spot.key;
          return (
            <li key={spot.key} data-place={spot.key}>
              <button
                type="button"
                className={over === spot.key ? "place place-over" : "place"}
                aria-expanded={open}
                onPointerEnter={() => setOver(spot.key)}
                onPointerLeave={() => setOver(null)}
                onFocus={() => setOver(spot.key)}
                onBlur={() => setOver(null)}
                onClick={() => setChosen(open ? null : spot.key)}
              >
                <span>
                  {say(spot.place_vi, spot.place_en)}
                  {spot.lat === null && <small> {t("violations.no_position")}</small>}
                  {spot.detected !== null && <small className="place-of">{t("violations.of_detected", { count: spot.detected })}</small>}
                </span>
                <b>{n(spot.count, i18n.language)}</b>
              </button>
              {open && (
                <ul className="place-kinds">
                  {spot.kinds.map((one) => (
                    <li key={one.kind}>
                      <span>{say(one.vi, one.en)}</span> <b>{n(one.count, i18n.language)}</b>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
