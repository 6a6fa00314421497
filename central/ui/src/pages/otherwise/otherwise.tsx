import { GitCompareArrows } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useOtherwise } from "../../api/gate-queries";
import type { Otherwise } from "../../api/types";
import { useAddress, useKeepSite, useSite, useSiteName } from "../../shell/site";
import { moveFocus, useKeys } from "../../ui/keys";
import { MoreRows } from "../../ui/more";
import { PageHead } from "../../ui/page-head";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";
import { OtherwiseBox } from "./box";

const STATES = ["open", "seen"] as const;

/** Decisions taken while central was away that central would have taken otherwise: one by one, none of them taken back. */
export function OtherwisePage() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const state = STATES.find((known) => known === address.get("state")) ?? "open";
  const query = useOtherwise(useSite(), state);
  const rows = query.data?.pages.flatMap((page) => page.items);
  useKeys({ j: () => moveFocus("otherwise", 1), k: () => moveFocus("otherwise", -1) });
  return (
    <div className="page">
      <PageHead title={t("otherwise.title")} lead={t("otherwise.lead")} query={query}>
        <div className="chips" role="group" aria-label={t("filter.state")}>
          {STATES.map((name) => (
            <button key={name} type="button" className="chip" aria-pressed={state === name} onClick={() => change({ state: name === "open" ? "" : name })}>
              {t(`otherwise.${name}`)}
            </button>
          ))}
        </div>
      </PageHead>
      {query.isPending && <Skeleton count={3} shape="row" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={GitCompareArrows} title={t(`otherwise.empty_${state}`)} hint={t("otherwise.empty_hint")} />}
      <ol className="otherwise-list" data-list="otherwise">
        {rows?.map((row) => (
          <Case key={row.id} row={row} />
        ))}
      </ol>
      <MoreRows query={query} />
    </div>
  );
}

function Case({ row }: { row: Otherwise }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const siteName = useSiteName();
  return (
    <li className="card">
      <header className="card-head">
        <p>
          <b>
            <Time at={row.at} />
          </b>{" "}
          <span className="quiet">{siteName(row.site)}</span>
        </p>
        <Link className="button button-quiet" to={keep(`/accesses/${row.access}`)} data-item>
          {t("otherwise.open_case")}
        </Link>
      </header>
      <OtherwiseBox row={row} compact />
    </li>
  );
}
