import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { gatesApi } from "../../api/gates";
import { gateKeys } from "../../api/gate-queries";
import { identityTone } from "../../format/gate";
import { useAddress, useKeepSite, useSite } from "../../shell/site";
import { Loaded } from "../../ui/loaded";
import { PageHead } from "../../ui/page-head";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";

const STATES = ["waiting", "done"] as const;

/** Identities that could not be checked at the gate: asked again by themselves when the register answers. */
export function ChecksPage() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const state = STATES.find((known) => known === address.get("state")) ?? "waiting";
  const site = useSite();
  const keep = useKeepSite();
  const word = useWord();
  const query = useQuery({ queryKey: gateKeys.checks(state), queryFn: () => gatesApi.checks(state), refetchInterval: 30_000 });
  return (
    <div className="page">
      <PageHead title={t("checks.title")} lead={t("checks.lead")} query={query}>
        <div className="chips" role="group" aria-label={t("filter.state")}>
          {STATES.map((name) => (
            <button key={name} type="button" className="chip" aria-pressed={state === name} onClick={() => change({ state: name === "waiting" ? "" : name })}>
              {t(`checks.${name}`)}
            </button>
          ))}
        </div>
      </PageHead>
      <Loaded query={query} isEmpty={(rows) => rows.length === 0} empty={{ icon: Fingerprint, title: t(`checks.empty_${state}`) }}>
        {(rows) => (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("checks.at")}</th>
                  <th scope="col">{t("access.gate")}</th>
                  <th scope="col">{t("checks.result")}</th>
                  <th scope="col">{t("checks.tries")}</th>
                  <th scope="col">{t("access.one")}</th>
                </tr>
              </thead>
              <tbody>
                {rows
                  .filter((row) => !site || row.site === site)
                  .map((row) => (
                    <tr key={row.id}>
                      <td>
                        <Time at={row.at} />
                      </td>
                      <td>{[row.gate, row.lane].filter(Boolean).join(" · ")}</td>
                      <td data-word={t("checks.result")}>
                        {row.result ? (
                          <Badge tone={identityTone[row.result] ?? "unknown"} size="s">
                            {word("identity_result", row.result)}
                          </Badge>
                        ) : (
                          t("checks.waiting")
                        )}
                      </td>
                      <td data-word={t("checks.tries")}>{row.tries}</td>
                      <td>{row.access && <Link className="link" to={keep(`/accesses/${row.access}`)}>{t("otherwise.open_case")}</Link>}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </div>
  );
}
