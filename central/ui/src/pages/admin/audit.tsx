import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAudit } from "../../api/queries";
import { MoreRows } from "../../ui/more";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { Time } from "../../ui/time";
import { useAction } from "./action";

export function AuditLog() {
  const { t } = useTranslation();
  const action = useAction();
  const query = useAudit();
  const rows = query.data?.pages.flatMap((page) => page.items);
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
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Time at={row.at} />
                  </td>
                  <td>
                    <b>{row.actor}</b>
                  </td>
                  <td>
                    {action(row.action)} <span className="mono quiet">{row.object_id ?? ""}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <MoreRows query={query} />
    </section>
  );
}
