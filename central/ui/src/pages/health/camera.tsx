import { KeyRound, LoaderCircle, PlugZap, Snowflake, type LucideIcon, Unplug, Video, CircleHelp } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Camera, CameraState } from "../../api/types";
import { whole } from "../../format/numbers";
import { shortTime } from "../../format/time";
import { cameraTone } from "../../format/verdict";
import { useSiteName } from "../../shell/site";
import { Picture } from "../../ui/picture";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { Fact } from "../alerts/panel";

const ICONS: Record<CameraState, LucideIcon> = {
  live: Video,
  stale: Snowflake,
  connecting: LoaderCircle,
  auth_failed: KeyRound,
  unreachable: Unplug,
  agent_offline: PlugZap,
  unknown: CircleHelp,
};

export function CameraCard({ camera }: { camera: Camera }) {
  const { t, i18n } = useTranslation();
  const siteName = useSiteName();
  const n = (value: number | null) => (value === null ? "–" : whole(value, i18n.language));
  const name = camera.name ?? camera.camera;
  const tone = cameraTone[camera.state] ?? "unknown";
  return (
    <article className={`camera-card tone-${tone}`} data-camera={camera.camera} data-state={camera.state}>
      <div className={`camera-picture ${camera.state === "live" ? "" : "camera-old"}`}>
        <Picture sha256={camera.snapshot} size={null} alt={name} none={t(camera.kind === "people" ? "health.anonymous" : "health.no_snapshot")} />
        <span className="camera-state">
          <Badge tone={tone} icon={ICONS[camera.state]}>
            {t(`health.state.${camera.state}`)}
          </Badge>
        </span>
      </div>
      <div className="camera-words">
        <h3>{name}</h3>
        <p className="quiet">
          {siteName(camera.site)} · <span className="mono">{camera.agent}</span>
        </p>
        {camera.since && camera.state !== "live" && (
          <p className="camera-since">
            {camera.state === "stale"
              ? t("health.stale_since", { time: shortTime(camera.since) })
              : `${t(`health.state.${camera.state}`)} ${t("health.since", { time: shortTime(camera.since) })}`}
          </p>
        )}
        <dl className="facts facts-four">
          <Fact word={t("health.fps")}>{camera.fps === null ? "–" : camera.fps.toLocaleString(i18n.language, { maximumFractionDigits: 1 })}</Fact>
          <Fact word={t("health.analysed")}>{n(camera.analysed)}</Fact>
          <Fact word={t("health.dropped")}>{n(camera.dropped)}</Fact>
          <Fact word={t("health.reconnects")}>{n(camera.reconnects)}</Fact>
        </dl>
        <p className="quiet camera-last">
          {t("health.last_frame")} <Time at={camera.last_frame_at} form="short" />
          {camera.time_source && <> · {t(`time.source.${camera.time_source}`)}</>}
        </p>
      </div>
    </article>
  );
}
