import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TrainFront } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { gateKeys } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Role, Train } from "../../api/types";
import { hhmm } from "../../format/policy";
import { mayManage } from "../../shell/places";
import { useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { DropFile } from "../../ui/drop";
import { ImportSummary } from "../../ui/import-report";
import { Loaded } from "../../ui/loaded";
import { Done, Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { useWord } from "../../ui/words";
import { DelayDialog } from "./delay";

/** Who hears first that a train is late. */
const TELLERS: Role[] = ["gate_operator", "ioc_operator", "site_manager"];

/** The trains of a station: crowding and reports are told with them. */
export function TimetablePage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const [late, setLate] = useState<Train | null>(null);
  const query = useQuery({ queryKey: gateKeys.timetable(site), queryFn: () => membersApi.timetable(site), enabled: site !== "" });
  return (
    <div className="page">
      <PageHead title={t("timetable.title")} lead={t("timetable.lead")} query={query} oneSite />
      {mayManage(user) && <Import site={site} />}
      <Loaded query={query} isEmpty={(trains) => trains.length === 0} empty={{ icon: TrainFront, title: t("timetable.empty"), hint: t("timetable.empty_hint") }}>
        {(trains) => <Trains trains={trains} onDelay={TELLERS.includes(user.role) ? setLate : undefined} />}
      </Loaded>
      {late && <DelayDialog site={site} train={late} onClose={() => setLate(null)} />}
    </div>
  );
}

function Import({ site }: { site: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const preview = useMutation({ mutationFn: (table: File) => membersApi.importTimetable(site, "preview", table) });
  const apply = useMutation({
    mutationFn: (table: File) => membersApi.importTimetable(site, "apply", table),
    onSuccess: () => {
      setFile(null);
      preview.reset();
      void client.invalidateQueries({ queryKey: gateKeys.timetable(site) });
    },
  });
  const take = (table: File) => {
    setFile(table);
    apply.reset();
    preview.mutate(table);
  };
  return (
    <details className="card" open={file !== null}>
      <summary>{t("timetable.import")}</summary>
      <p className="quiet">{t("timetable.columns")}</p>
      <DropFile file={file} onFile={take} accept=".csv" />
      <Refusal error={preview.error ?? apply.error} />
      {preview.data && (
        <>
          <ImportSummary report={preview.data} />
          <button type="button" className="button button-primary" disabled={preview.data.errors.length > 0 || !file} aria-busy={apply.isPending} onClick={() => file && apply.mutate(file)}>
            {t("timetable.apply")}
          </button>
        </>
      )}
      {apply.isSuccess && <Done>{t("timetable.applied", { count: apply.data.rows })}</Done>}
    </details>
  );
}

function Trains({ trains, onDelay }: { trains: Train[]; onDelay?: (train: Train) => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const clock = (time: string | null) => (time ? hhmm(time) : "–");
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("timetable.train")}</th>
            <th scope="col">{t("timetable.arrives")}</th>
            <th scope="col">{t("timetable.departs")}</th>
            <th scope="col">{t("timetable.platform")}</th>
            <th scope="col">{t("timetable.days")}</th>
            {onDelay && <th scope="col" aria-label={t("timetable.delay")} />}
          </tr>
        </thead>
        <tbody>
          {trains
            .toSorted((a, b) => (a.departs ?? a.arrives ?? "").localeCompare(b.departs ?? b.arrives ?? ""))
            .map((train) => (
              <tr key={`${train.train}${train.departs}${train.arrives}`} data-train={train.train}>
                <td>
                  <b>{train.train}</b> <span className="quiet">{[train.from, train.to].filter(Boolean).join(" → ")}</span>
                </td>
                <td data-word={t("timetable.arrives")}>{clock(train.arrives)}</td>
                <td data-word={t("timetable.departs")}>{clock(train.departs)}</td>
                <td data-word={t("timetable.platform")}>{train.platform || "–"}</td>
                <td data-word={t("timetable.days")}>{train.days.length === 0 || train.days.length === 7 ? t("timetable.daily") : train.days.map((day) => word("day_short", day)).join(" ")}</td>
                {onDelay && (
                  <td className="table-number">
                    <button type="button" className="button button-quiet" onClick={() => onDelay(train)}>
                      {t("timetable.delay")}
                    </button>
                  </td>
                )}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
