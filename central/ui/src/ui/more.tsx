import { useTranslation } from "react-i18next";

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The button below a list that is read page by page; nothing when the last page is there. */
export function MoreRows({ query }: { query: Paged }) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <button type="button" className="button more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
      {t(query.isFetchingNextPage ? "feed.loading_more" : "feed.more_rows")}
    </button>
  );
}
