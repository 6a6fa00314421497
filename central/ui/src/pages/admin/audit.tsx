import { useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { keys } from "../../api/queries";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";

export function AuditLog() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keys.audit, queryFn: api.audit });
  const rows = query.data && (Array.isArray(query.data) ? query.data : query.data.items);
  return (
    <section>
      {query.isPending && <Skeleton count={6} shape="line" />}
      {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Empty icon={ScrollText} title={t("admin.audit_empty")} />}
      {rows && rows.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("admin.when")}</th>
                <th scope="col">{t("admin.who")}</th>
                <th scope="col">{t("admin.what")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={`${row.at}${at}`}>
                  <td>
                    <Time at={row.at} />
                  </td>
                  <td>
                    <b>{row.actor}</b>
                  </td>
                  <td>{row.action}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
