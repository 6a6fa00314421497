import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CarFront, CircleAlert, CircleCheck, Printer, Search, UsersRound } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { whole } from "../../format/numbers";
import { clock, dateTime } from "../../format/time";
import { pick } from "../../i18n";
import { Empty } from "../../ui/states";
import { whyOf } from "../acts/errors";
import { plainReason } from "../acts/rules";
import { desk } from "../api/client";
import { keys, useInside, useReasons } from "../api/queries";
import type { InsideView } from "../api/types";
import { useText } from "../i18n";
import { fold } from "../page/fold";
import { useAgentNow, useDesk } from "../state/provider";
import { Sheet } from "./sheet";

/** People by group, those not found first; groups in the order of their names. */
export function byGroup(people: InsideView[], nameless: string, language: string): [string, InsideView[]][] {
  const groups = new Map<string, InsideView[]>();
  for (const each of people) groups.set(each.group ?? nameless, [...(groups.get(each.group ?? nameless) ?? []), each]);
  const order = new Intl.Collator(language).compare;
  for (const rows of groups.values()) rows.sort((a, b) => Number(a.accounted) - Number(b.accounted) || order(a.label, b.label));
  return [...groups].sort(([a], [b]) => order(a, b));
}

/** The evacuation: one key starts it, the list is there at once, also when the line is cut. */
export function MusterDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t, language } = useText();
  const { gate, view, online } = useDesk();
  const client = useQueryClient();
  const { data: reasons } = useReasons();
  const inside = useInside(gate.area);
  const { refetch } = inside;
  const [filter, setFilter] = useState("");
  const [onlyMissing, setOnlyMissing] = useState(false);
  const [sure, setSure] = useState(false);
  const running = view.muster !== null;

  const start = useMutation({ mutationFn: () => desk.muster(gate.id, true) });
  const end = useMutation({ mutationFn: () => desk.muster(gate.id, false), onSuccess: onClose });
  const mark = useMutation({
    mutationFn: (subject: string) => desk.accounted(gate.id, subject, plainReason(reasons, "accounted") ?? "seen"),
    onSuccess: (_, subject) =>
      client.setQueryData<InsideView[]>(keys.inside(gate.area), (rows) => rows?.map((each) => (each.subject === subject ? { ...each, accounted: true } : each))),
    onSettled: () => void refetch(),
  });
  // One key: opening is starting. Once for each opening, so that ending it does not start it anew.
  const started = useRef(false);
  const { mutate: begin } = start;
  useEffect(() => {
    if (!open) {
      started.current = false;
      setSure(false);
      return;
    }
    void refetch();
    if (!started.current && !running && online) begin();
    started.current = true;
  }, [open, running, online, begin, refetch]);
  const { missing, accounted } = view.muster ?? { missing: null, accounted: null };
  useEffect(() => {
    if (open) void refetch();
  }, [open, missing, accounted, refetch]);

  const people = useMemo(() => (inside.data ?? []).filter((each) => each.kind === "person"), [inside.data]);
  const vehicles = useMemo(() => (inside.data ?? []).filter((each) => each.kind === "vehicle"), [inside.data]);
  const shown = people.filter((each) => (!onlyMissing || !each.accounted) && fold(`${each.label} ${each.group ?? ""}`).includes(fold(filter)));
  const found = people.filter((each) => each.accounted).length;
  const anonymous = view.muster?.anonymous ?? Math.max(0, gate.people - people.length);
  const problem = start.error ?? end.error ?? mark.error;
  const finish = () => {
    if (!sure) return setSure(true);
    end.mutate();
  };
  return (
    <Sheet open={open} title={t("muster.title")} onClose={onClose} wide className="sheet-muster">
      <PrintHead />
      <div className="muster-head">
        <p className="muster-state" role="status">
          {view.muster ? t("muster.by", { user: view.muster.by, time: clock(view.muster.since) }) : start.isPending ? t("muster.starting") : t("muster.not_running")}
        </p>
        <dl className="muster-numbers">
          <Figure word={t("muster.missing")} n={people.length - found} tone={people.length === found ? "admit" : "deny"} name="missing" />
          <Figure word={t("muster.accounted")} n={found} tone="admit" name="accounted" />
          <Figure word={t("muster.anonymous")} n={anonymous} tone={anonymous > 0 ? "wait" : "unknown"} name="anonymous" />
        </dl>
        <div className="muster-tools">
          <label className="search">
            <Search aria-hidden="true" />
            <input value={filter} onChange={(event) => setFilter(event.target.value)} placeholder={t("muster.filter")} aria-label={t("muster.filter")} />
          </label>
          <label className="check">
            <input type="checkbox" checked={onlyMissing} onChange={(event) => setOnlyMissing(event.target.checked)} />
            {t("muster.only_missing")}
          </label>
          <button type="button" className="button" onClick={() => window.print()}>
            <Printer aria-hidden="true" />
            {t("muster.print")}
          </button>
          {running ? (
            <button type="button" className={`button ${sure ? "button-danger" : ""}`} disabled={!online || end.isPending} onClick={finish} onBlur={() => setSure(false)}>
              {t(sure ? "muster.end_sure" : "muster.end")}
            </button>
          ) : (
            <button type="button" className="button" disabled={!online || start.isPending} onClick={() => start.mutate()}>
              {t("muster.restart")}
            </button>
          )}
        </div>
        <p className="quiet">{t(online ? "muster.as_of" : "muster.offline", { time: clock(inside.dataUpdatedAt || null) })}</p>
        {problem && (
          <p className="problem" role="alert">
            <CircleAlert aria-hidden="true" />
            {t("dialog.failed", { why: whyOf(problem, t) })}
          </p>
        )}
      </div>
      <div className="muster-list">
        {people.length === 0 && <Empty icon={UsersRound} title={t("muster.empty")} />}
        {people.length > 0 && found === people.length && (
          <p className="done">
            <CircleCheck aria-hidden="true" />
            {t("muster.all_found")}
          </p>
        )}
        {byGroup(shown, t("muster.no_group"), language).map(([group, rows]) => (
          <section key={group}>
            <h3 className="side-head">
              {group} <span>{whole(rows.length, language)}</span>
            </h3>
            <ul>
              {rows.map((each) => (
                <li key={each.subject} className="muster-row" data-accounted={each.accounted} data-subject={each.subject}>
                  <span className="muster-box" aria-hidden="true" />
                  <b>{each.label}</b>
                  <span className="quiet">{t("side.since", { time: clock(each.since).slice(0, 5) })}</span>
                  {each.accounted ? (
                    <span className="row-verdict tone-admit">
                      <CircleCheck aria-hidden="true" />
                      {t("muster.marked")}
                    </span>
                  ) : (
                    <button type="button" className="button" disabled={!online || !running || (mark.isPending && mark.variables === each.subject)} onClick={() => mark.mutate(each.subject)} aria-label={`${t("muster.mark")}: ${each.label}`}>
                      {t("muster.mark")}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </section>
        ))}
        {vehicles.length > 0 && (
          <section>
            <h3 className="side-head">
              {t("muster.vehicles")} <span>{whole(vehicles.length, language)}</span>
            </h3>
            <p className="muster-vehicles">
              {vehicles.map((each) => (
                <span key={each.subject}>
                  <CarFront aria-hidden="true" />
                  {each.label}
                </span>
              ))}
            </p>
          </section>
        )}
        <p className="print-only muster-sign">{t("muster.sign")}: ____________________</p>
      </div>
    </Sheet>
  );
}

function PrintHead() {
  const { t, language } = useText();
  const { gate, view } = useDesk();
  const now = useAgentNow(1_000);
  return <p className="print-only">{t("muster.printed", { time: dateTime(now), site: view.site, gate: pick(language, gate.name_vi, gate.name_en) })}</p>;
}

function Figure({ word, n, tone, name }: { word: string; n: number; tone: string; name: string }) {
  const { language } = useText();
  return (
    <div className={`tone-${tone}`} data-number={name}>
      <dt>{word}</dt>
      <dd>{whole(n, language)}</dd>
    </div>
  );
}
