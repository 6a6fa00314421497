import { Cctv, Download, FileDown, UserRoundSearch } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fileUrl } from "../../api/client";
import { addDays, dayOf, endOfDay, startOfDay } from "../../format/days";
import { useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Field } from "../../ui/field";
import { Note } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { DayField } from "../accesses/filters";

const LEAST = 3;

/** Data for other systems: each export names its purpose, which is kept in the audit log. */
export function ExportsPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const today = dayOf(Date.now());
  const [purpose, setPurpose] = useState("");
  const [from, setFrom] = useState(addDays(today, -6));
  const [to, setTo] = useState(today);
  const ready = purpose.trim().length >= LEAST;
  const file = (path: string, query: Record<string, string>) => (ready ? fileUrl(path, { site, purpose: purpose.trim(), ...query }) : undefined);
  const span = { from: startOfDay(from), to: endOfDay(to) };
  return (
    <div className="page exports">
      <PageHead title={t("exports.title")} lead={t("exports.lead")} oneSite />
      <section className="card form">
        <Field word={t("exports.purpose")} hint={t("exports.purpose_hint")}>
          <input value={purpose} maxLength={200} onChange={(event) => setPurpose(event.target.value)} />
        </Field>
      </section>
      <section className="card">
        <h2 className="with-icon">
          <FileDown aria-hidden="true" />
          {t("exports.events")}
        </h2>
        <p className="quiet">{t("exports.events_what")}</p>
        <div className="form-acts">
          <DayField word={t("access.from")} value={from} onChange={setFrom} />
          <DayField word={t("access.to")} value={to} onChange={setTo} />
          <Save href={file("/exports/events", { ...span, format: "csv" })} word="CSV" />
          <Save href={file("/exports/events", { ...span, format: "ndjson" })} word="NDJSON" />
        </div>
      </section>
      <section className="card">
        <h2 className="with-icon">
          <Cctv aria-hidden="true" />
          {t("exports.streams")}
        </h2>
        <p className="quiet">{t("exports.streams_what")}</p>
        <div className="form-acts">
          <Save href={file("/exports/streams", { format: "csv" })} word="CSV" />
          <Save href={file("/exports/streams", { format: "json" })} word="JSON" />
        </div>
      </section>
      {user.role === "traffic_police" && (
        <section className="card">
          <h2 className="with-icon">
            <UserRoundSearch aria-hidden="true" />
            {t("exports.residents")}
          </h2>
          <p className="quiet">{t("exports.residents_what")}</p>
          <div className="form-acts">
            <Save href={file("/exports/residents", { foreign: "true" })} word={t("exports.foreign")} />
            <Save href={file("/exports/residents", { foreign: "false" })} word={t("exports.everybody")} />
          </div>
        </section>
      )}
      {!ready && <Note tone="wait">{t("exports.say_why")}</Note>}
    </div>
  );
}

function Save({ href, word }: { href: string | undefined; word: string }) {
  return (
    <a className="button" href={href} download aria-disabled={href === undefined} role={href === undefined ? "link" : undefined}>
      <Download aria-hidden="true" />
      {word}
    </a>
  );
}
