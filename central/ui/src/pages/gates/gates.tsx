import { DoorOpen } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useGates } from "../../api/gate-queries";
import type { GateRow } from "../../api/types";
import { useSite, useSiteName } from "../../shell/site";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { GateCard } from "./gate-card";

function bySite(gates: GateRow[]): [string, GateRow[]][] {
  const sites = new Map<string, GateRow[]>();
  for (const gate of gates) sites.set(gate.site, [...(sites.get(gate.site) ?? []), gate]);
  return [...sites];
}

/** Every gate with its lanes: who is inside, what it asks, and from which list it decides. */
export function GatesPage() {
  const { t } = useTranslation();
  const query = useGates(useSite());
  const siteName = useSiteName();
  return (
    <div className="page">
      <PageHead title={t("gates.title")} query={query} />
      <Loaded
        query={query}
        shape="row"
        isEmpty={(gates) => gates.length === 0}
        empty={{ icon: DoorOpen, title: t("gates.empty"), hint: t("gates.empty_hint") }}
      >
        {(gates) =>
          bySite(gates).map(([site, rows]) => (
            <section key={site} className="gate-site" aria-labelledby={`site-${site}`}>
              <h2 id={`site-${site}`}>{siteName(site)}</h2>
              <div className="gate-grid">
                {rows.map((gate) => (
                  <GateCard key={gate.id} gate={gate} />
                ))}
              </div>
            </section>
          ))
        }
      </Loaded>
    </div>
  );
}
