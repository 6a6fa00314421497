import { ArrowUpRight, ShieldAlert, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError } from "../../api/client";
import { usePassage } from "../../api/queries";
import type { Alert } from "../../api/types";
import { severityTone } from "../../format/verdict";
import { pick } from "../../i18n";
import { useKeepSite } from "../../shell/site";
import { useKeys } from "../../ui/keys";
import { Picture } from "../../ui/picture";
import { Plate } from "../../ui/plate";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { PassagePicture } from "../feed/card";
import { AlertActions } from "./actions";
import { History } from "./history";
import { useOpenAlert } from "./list";
import { IncidentFactRows, OpenSource } from "./incident";
import { KindBadge, SeverityBadge, StateBadge } from "./row";
import { useAlert } from "./use-alert";

interface Props {
  /** Beside its list, or sliding over the page's right side. */
  form: "docked" | "drawer";
}

/** An alert opens as a card; the page under it stays where it was. */
export function AlertPanel({ form }: Props) {
  const [id, setOpen] = useOpenAlert();
  if (!id) return null;
  return <Panel key={id} id={id} form={form} onClose={() => setOpen("")} />;
}

function Panel({ id, form, onClose }: Props & { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useAlert(id);
  const panel = useRef<HTMLElement>(null);

  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  useKeys({ Escape: onClose });

  return (
    <aside ref={panel} className={`alert-panel alert-panel-${form}`} aria-label={t("alerts.panel")} tabIndex={-1} data-testid="alert-panel">
      <button type="button" className="icon-button panel-close" onClick={onClose} aria-label={t("alerts.close")} title={`${t("alerts.close")} (Esc)`}>
        <X aria-hidden="true" />
      </button>
      {query.isPending && (
        <div className="panel-loading">
          <Skeleton count={1} shape="camera" />
          <Skeleton count={4} shape="line" />
        </div>
      )}
      {query.isError && !query.data && <Trouble error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Card alert={query.data} />}
    </aside>
  );
}

function Trouble({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 404) return <Empty icon={ShieldAlert} title={t("alerts.gone")} hint={t("passage.not_found_hint")} />;
  return <Failed error={error} retry={retry} />;
}

function Card({ alert }: { alert: Alert }) {
  const { t, i18n } = useTranslation();
  const keep = useKeepSite();
  const say = (vi: string, en: string) => pick(i18n.language, vi, en);
  return (
    <article className={`panel-card tone-${alert.certainty === "possible" ? "possible" : severityTone[alert.severity]}`} data-alert-open={alert.id}>
      <div className="panel-picture">
        <AlertPicture alert={alert} />
      </div>
      <div className="panel-body">
        <header className="panel-head">
          <p className="panel-badges">
            <SeverityBadge severity={alert.severity} size="m" />
            <StateBadge alert={alert} size="m" />
          </p>
          <h2>{say(alert.title_vi, alert.title_en)}</h2>
          <div className="panel-plate">
            {alert.plate_display && <Plate display={alert.plate_display} kind={alert.plate_kind} colour={alert.plate_colour} lines={alert.lines} size="l" />}
            <p className="panel-certainty">
              {alert.incident && alert.certainty !== "possible" ? <KindBadge kind={alert.kind} /> : <Badge tone={alert.certainty === "possible" ? "possible" : "deny"}>{t(`alerts.certainty.${alert.certainty}`)}</Badge>}
              {alert.certainty === "possible" && <span>{t("alerts.police")}</span>}
            </p>
          </div>
        </header>
        <AlertActions alert={alert} />
        <section>
          <h3>{t("alerts.why")}</h3>
          <p className="panel-reason">{say(alert.reason_vi, alert.reason_en)}</p>
        </section>
        <dl className="facts">
          {alert.incident && <IncidentFactRows incident={alert.incident} />}
          <Fact word={t("passage.camera")}>{alert.camera_name ?? alert.camera}</Fact>
          <Fact word={t("alerts.captured")}>
            <Time at={alert.captured_at} />
          </Fact>
          <Fact word={t("alerts.raised")}>
            <Time at={alert.raised_at} />
          </Fact>
        </dl>
        <History alert={alert} />
        <OpenSource alert={alert} />
        {alert.passage_id && (
          <Link className="button" to={keep(`/passages/${alert.passage_id}`)}>
            {t("alerts.open_passage")}
            <ArrowUpRight aria-hidden="true" />
          </Link>
        )}
      </div>
    </article>
  );
}

export function Fact({ word, children }: { word: string; children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The passage's picture with its boxes; the alert's own thumbnail until that is there, or when it may not be seen. */
function AlertPicture({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  if (!alert.passage_id) return <IncidentPicture alert={alert} none={t("alerts.no_picture")} />;
  return <PassageOf id={alert.passage_id} alert={alert} />;
}

/** The overview with the place marked where it happened, if the incident says where. */
function IncidentPicture({ alert, none }: { alert: Alert; none: string }) {
  const { box, picture } = alert.incident ?? {};
  const boxes = box && picture ? [{ box, tone: "vehicle" as const }] : [];
  return <Picture sha256={alert.thumbnail} size={picture ?? null} boxes={boxes} alt="" none={none} eager />;
}

function PassageOf({ id, alert }: { id: string; alert: Alert }) {
  const { data, error } = usePassage(id);
  if (data) return <PassagePicture passage={data} aspect={16 / 9} margin={1.9} />;
  const gone = error instanceof ApiError;
  return <Picture sha256={alert.thumbnail} size={null} alt="" eager={!gone} />;
}
