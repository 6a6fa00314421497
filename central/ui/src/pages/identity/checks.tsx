import { Fingerprint } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useChecks } from "../../api/gate-queries";
import type { IdentityCheckRow } from "../../api/types";
import { identityResult, identityTone } from "../../format/gate";
import { useAddress, useKeepSite, useSite, useSiteName } from "../../shell/site";
import { MoreRows } from "../../ui/more";
import { PageHead } from "../../ui/page-head";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";

const STATES = ["waiting", "answered", "given_up"] as const;

/** Identities that could not be checked at the gate: asked again by themselves when the register answers. */
export function ChecksPage() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const state = STATES.find((known) => known === address.get("state")) ?? "waiting";
  const site = useSite();
  const query = useChecks(state);
  const rows = query.data?.pages.flatMap((page) => page.items).filter((row) => !site || row.site === site);
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
      {query.isPending && <Skeleton count={4} shape="line" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={Fingerprint} title={t(`checks.empty_${state}`)} />}
      {rows && rows.length > 0 && <Rows rows={rows} />}
      <MoreRows query={query} />
    </div>
  );
}

function Rows({ rows }: { rows: IdentityCheckRow[] }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const siteName = useSiteName();
  const word = useWord();
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("checks.at")}</th>
            <th scope="col">{t("header.site")}</th>
            <th scope="col">{t("identity.purpose")}</th>
            <th scope="col">{t("checks.result")}</th>
            <th scope="col">{t("checks.tries")}</th>
            <th scope="col">{t("access.one")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-check={row.id}>
              <td>
                <Time at={row.asked_at} />
              </td>
              <td>{siteName(row.site)}</td>
              <td>{word("purpose", row.purpose)}</td>
              <td data-word={t("checks.result")}>
                {row.result ? (
                  <Badge tone={identityTone[identityResult(row.result)]} size="s">
                    {word("identity_result", identityResult(row.result))}
                  </Badge>
                ) : row.state === "waiting" && row.next_try_at ? (
                  <>
                    {t("checks.next")} <Time at={row.next_try_at} form="short" />
                  </>
                ) : (
                  t(`checks.${row.state}`)
                )}
              </td>
              <td data-word={t("checks.tries")}>{row.attempts}</td>
              <td>
                <Link className="link" to={keep(`/accesses/${row.access}`)}>
                  {t("otherwise.open_case")}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
