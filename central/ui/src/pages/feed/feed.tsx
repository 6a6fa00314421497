import { ArrowUp } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePassages } from "../../api/queries";
import { fitsFilter } from "../../format/passage";
import { useLiveList } from "../../live/use-live-list";
import { useAddress } from "../../shell/site";
import { toggleBoxes } from "../../ui/boxes";
import { moveFocus, useKeys } from "../../ui/keys";
import { Empty, Failed, Skeleton, StaleNote } from "../../ui/states";
import { usePageTitle } from "../../ui/title";
import { AlertColumn } from "../alerts/column";
import { AlertPanel } from "../alerts/panel";
import { PassageCard } from "./card";
import { FilterIcon, Filters, usePassageFilter, useView } from "./filters";
import { Numbers } from "./numbers";

export function FeedPage() {
  const { t } = useTranslation();
  usePageTitle(t("feed.title"));
  return (
    <div className="feed">
      <h1 className="sr-only">{t("feed.title")}</h1>
      <Numbers />
      <Passages />
      <AlertColumn />
      <AlertPanel form="drawer" />
    </div>
  );
}

function Passages() {
  const { t } = useTranslation();
  const filter = usePassageFilter();
  const view = useView();
  const query = usePassages(filter);
  const snapshot = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const list = useLiveList("passage", snapshot, (row) => fitsFilter(row, filter), JSON.stringify(filter));

  useKeys({
    j: () => moveFocus("passages", 1),
    k: () => moveFocus("passages", -1),
    n: list.show,
    b: toggleBoxes,
  });

  return (
    <section className="passages" aria-labelledby="passages-title">
      <header className="column-head">
        <h2 id="passages-title">{t("feed.passages")}</h2>
        <Filters />
      </header>
      <div className="column-body" {...list.holders}>
        <span ref={list.top} className="top-mark" />
        <Waiting count={list.waiting.length} held={list.held} show={list.show} />
        <StaleNote query={query} />
        {query.isPending && (
          <div className={`passage-list passage-list-${view}`}>
            <Skeleton count={9} shape={view} />
          </div>
        )}
        {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
        {query.data && list.rows.length === 0 && snapshot?.length === 0 && <NoPassages />}
        <ol className={`passage-list passage-list-${view}`} data-list="passages">
          {list.rows.map((passage) => (
            <PassageCard key={passage.id} passage={passage} form={view} />
          ))}
        </ol>
        {query.hasNextPage && (
          <button type="button" className="button more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t(query.isFetchingNextPage ? "feed.loading_more" : "feed.more")}
          </button>
        )}
      </div>
    </section>
  );
}

export function Waiting({ count, held, show }: { count: number; held: boolean; show: () => void }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <div className="waiting">
      <button type="button" className="button button-primary" onClick={show} data-testid="waiting" title={held ? t("feed.held") : undefined}>
        <ArrowUp aria-hidden="true" />
        {t("feed.new", { count })}
        <kbd aria-hidden="true">N</kbd>
      </button>
      <span className="sr-only" role="status">
        {t("feed.held")}
      </span>
    </div>
  );
}

function NoPassages() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const filtered = ["camera", "plate", "class"].some((key) => address.has(key));
  if (!filtered) return <Empty icon={FilterIcon} title={t("feed.empty")} hint={t("feed.empty_hint")} />;
  return (
    <Empty icon={FilterIcon} title={t("feed.empty_filtered")}>
      <button type="button" className="button" onClick={() => change({ camera: "", plate: "", class: "" })}>
        {t("feed.clear")}
      </button>
    </Empty>
  );
}
