import { CircleCheck, Printer, Siren, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMuster } from "../../api/gate-queries";
import type { Muster, MusterPerson } from "../../api/types";
import { whole } from "../../format/numbers";
import { dateTime } from "../../format/time";
import { useOneSite, useSiteName } from "../../shell/site";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { Empty } from "../../ui/states";
import { Time, useNow } from "../../ui/time";
import { Badge } from "../../ui/verdict";

/** Who has to be found in an evacuation. Printed, it is a list to be ticked by hand. */
export function MusterPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const query = useMuster(site);
  return (
    <div className="page muster">
      <PageHead title={t("muster.title")} lead={t("muster.lead")} query={query} oneSite>
        <button type="button" className="button button-primary" onClick={() => window.print()}>
          <Printer aria-hidden="true" />
          {t("muster.print")}
        </button>
      </PageHead>
      <Loaded query={query}>{(muster) => <List muster={muster} site={site} />}</Loaded>
    </div>
  );
}

function byGroup(known: MusterPerson[]): [string, MusterPerson[]][] {
  const groups = new Map<string, MusterPerson[]>();
  for (const person of known) {
    const group = person.group_name ?? person.group ?? "";
    groups.set(group, [...(groups.get(group) ?? []), person]);
  }
  return [...groups].toSorted(([a], [b]) => a.localeCompare(b, "vi"));
}

function List({ muster, site }: { muster: Muster; site: string }) {
  const { t, i18n } = useTranslation();
  const siteName = useSiteName();
  const now = useNow(60_000);
  const n = (count: number) => whole(count, i18n.language);
  const running = muster.state === "running";
  return (
    <>
      <p className="print-only">
        {siteName(site)} · {dateTime(now)}
      </p>
      {running && muster.since && (
        <p className="muster-running">
          <Siren aria-hidden="true" />
          <b>{t("muster.running")}</b> <Time at={muster.since} form="short" /> {muster.by && t("muster.by", { who: muster.by })}
        </p>
      )}
      <div className="tiles">
        <div className={`tile ${muster.missing > 0 && running ? "number-deny" : ""}`}>
          <span className="figure-label">{t(running ? "muster.missing" : "muster.inside_known")}</span>
          <span className="figure-value">{n(running ? muster.missing : muster.known.length)}</span>
        </div>
        {running && (
          <div className="tile">
            <span className="figure-label">{t("muster.accounted")}</span>
            <span className="figure-value">{n(muster.accounted)}</span>
          </div>
        )}
        <div className={`tile ${muster.anonymous > 0 ? "number-wait" : ""}`}>
          <span className="figure-label">{t("muster.anonymous")}</span>
          <span className="figure-value">{n(muster.anonymous)}</span>
          <span className="figure-note">{t("muster.anonymous_hint")}</span>
        </div>
      </div>
      {muster.known.length === 0 && <Empty icon={CircleCheck} title={t("muster.nobody")} />}
      {byGroup(muster.known).map(([group, people]) => (
        <section key={group} className="muster-group">
          <h2>
            {group || t("muster.no_group")} <span className="quiet">{t("muster.people", { count: people.length })}</span>
          </h2>
          <ul className="muster-list">
            {people
              .toSorted((a, b) => Number(a.accounted) - Number(b.accounted) || (a.label ?? "").localeCompare(b.label ?? "", "vi"))
              .map((person) => (
                <Person key={person.subject} person={person} running={running} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Person({ person, running }: { person: MusterPerson; running: boolean }) {
  const { t } = useTranslation();
  return (
    <li data-accounted={person.accounted}>
      <span className="tick print-only" aria-hidden="true" />
      <b>{person.label ?? t("inside.no_name")}</b>
      <span className="quiet">
        {person.area} · <Time at={person.since} form="short" />
      </span>
      {running &&
        (person.accounted ? (
          <Badge tone="admit" size="s">
            {t("muster.found")}
          </Badge>
        ) : (
          <Badge tone="deny" size="s" icon={TriangleAlert}>
            {t("muster.not_found")}
          </Badge>
        ))}
    </li>
  );
}
