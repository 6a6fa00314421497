import { CameraOff, Cpu } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAgents, useCameras } from "../../api/queries";
import { useSite } from "../../shell/site";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { usePageTitle } from "../../ui/title";
import { AgentCard } from "./agent";
import { CameraCard } from "./camera";

/** Worst first: what needs a hand should not have to be looked for. */
const URGENCY = ["auth_failed", "unreachable", "agent_offline", "stale", "unknown", "connecting", "live"];

export function HealthPage() {
  const { t } = useTranslation();
  usePageTitle(t("health.title"));
  return (
    <div className="page health">
      <h1>{t("health.title")}</h1>
      <Cameras />
      <Agents />
    </div>
  );
}

function Cameras() {
  const { t } = useTranslation();
  const site = useSite();
  const query = useCameras();
  const cameras = (query.data ?? [])
    .filter((camera) => !site || camera.site === site)
    .toSorted((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state) || a.camera.localeCompare(b.camera));
  const live = cameras.filter((camera) => camera.state === "live").length;
  return (
    <section aria-labelledby="cameras-title">
      <header className="section-head">
        <h2 id="cameras-title">{t("health.cameras")}</h2>
        {query.data && <span className="quiet">{t("health.summary", { live, total: cameras.length })}</span>}
        <StaleNote query={query} />
      </header>
      <div className="camera-grid">
        {query.isPending && <Skeleton count={4} shape="camera" />}
        {cameras.map((camera) => (
          <CameraCard key={`${camera.site}/${camera.agent}/${camera.camera}`} camera={camera} />
        ))}
      </div>
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && cameras.length === 0 && <Empty icon={CameraOff} title={t("health.empty_cameras")} hint={t("health.empty_cameras_hint")} />}
    </section>
  );
}

function Agents() {
  const { t } = useTranslation();
  const site = useSite();
  const query = useAgents();
  const agents = (query.data ?? []).filter((agent) => !site || agent.site === site);
  return (
    <section aria-labelledby="agents-title">
      <header className="section-head">
        <h2 id="agents-title">{t("health.agents")}</h2>
        <StaleNote query={query} />
      </header>
      <div className="agent-grid">
        {query.isPending && <Skeleton count={2} shape="row" />}
        {agents.map((agent) => (
          <AgentCard key={`${agent.site}/${agent.agent}`} agent={agent} />
        ))}
      </div>
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && agents.length === 0 && <Empty icon={Cpu} title={t("health.empty_agents")} hint={t("health.empty_agents_hint")} />}
    </section>
  );
}
