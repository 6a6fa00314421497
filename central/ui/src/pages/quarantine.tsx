import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQuarantine } from "../api/queries";
import { bytes } from "../format/numbers";
import { MoreRows } from "../ui/more";
import { Empty, Failed, Skeleton, StaleNote } from "../ui/states";
import { Time } from "../ui/time";
import { usePageTitle } from "../ui/title";

/** Messages that could not be verified: kept whole, counted nowhere. */
export function QuarantinePage() {
  const { t, i18n } = useTranslation();
  const query = useQuarantine();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  usePageTitle(t("quarantine.title"));
  const size = (count: number) => {
    const { key, n } = bytes(count, i18n.language);
    return t(key, { n });
  };
  return (
    <div className="page">
      <header className="section-head">
        <h1>{t("quarantine.title")}</h1>
        <StaleNote query={query} />
      </header>
      <p className="lead">{t("quarantine.intro")}</p>
      {query.isPending && <Skeleton count={5} shape="line" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && items.length === 0 && <Empty icon={ShieldCheck} title={t("quarantine.empty")} hint={t("quarantine.empty_hint")} />}
      {items.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("quarantine.received")}</th>
                <th scope="col">{t("quarantine.reason")}</th>
                <th scope="col">{t("quarantine.topic")}</th>
                <th scope="col" className="table-number">
                  {t("quarantine.size")}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>
                    <Time at={item.received_at} />
                  </td>
                  <td>
                    <code className="code-chip">{item.reason_code}</code> <span title={item.reason}>{t(`quarantine.why.${item.reason_code}`, item.reason)}</span>
                  </td>
                  <td className="mono table-topic">{item.topic}</td>
                  <td className="table-number">{size(item.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <MoreRows query={query} />
    </div>
  );
}
