import { useQuery } from "@tanstack/react-query";
import { Users as UsersIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { keys } from "../../api/queries";
import { useSiteName } from "../../shell/site";
import { Empty, Failed, Skeleton } from "../../ui/states";
import { NewUserForm } from "./new-user";

export function Users() {
  const { t } = useTranslation();
  const siteName = useSiteName();
  const query = useQuery({ queryKey: keys.users, queryFn: api.users });
  return (
    <div className="admin-split">
      <section>
        {query.isPending && <Skeleton count={4} shape="line" />}
        {query.isError && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
        {query.data?.length === 0 && <Empty icon={UsersIcon} title={t("admin.users_empty")} />}
        {query.data && query.data.length > 0 && (
          <div className="table-wrap">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("admin.display_name")}</th>
                  <th scope="col">{t("admin.username")}</th>
                  <th scope="col">{t("admin.role")}</th>
                  <th scope="col">{t("admin.sites")}</th>
                </tr>
              </thead>
              <tbody>
                {query.data.map((user) => (
                  <tr key={user.id}>
                    <td>
                      <b>{user.display_name}</b>
                    </td>
                    <td className="mono">{user.username}</td>
                    <td>{t(`role.${user.role}`)}</td>
                    <td>{user.sites.length === 0 ? t("admin.all_sites") : user.sites.map(siteName).join(", ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      <NewUserForm />
    </div>
  );
}
