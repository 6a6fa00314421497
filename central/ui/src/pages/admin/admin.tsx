import { ShieldX } from "lucide-react";
import { Tabs } from "radix-ui";
import { useTranslation } from "react-i18next";
import { useAddress } from "../../shell/site";
import { mayAdminister, useUser } from "../../shell/user";
import { Empty } from "../../ui/states";
import { usePageTitle } from "../../ui/title";
import { AuditLog } from "./audit";
import { Codes } from "./codes";
import { Users } from "./users";

const TABS = ["users", "codes", "audit"] as const;

export function AdminPage() {
  const { t } = useTranslation();
  const user = useUser();
  const [address, change] = useAddress();
  const tab = TABS.find((name) => name === address.get("tab")) ?? "users";
  usePageTitle(t("admin.title"));
  if (!mayAdminister(user)) {
    return (
      <div className="page page-centre">
        <Empty icon={ShieldX} title={t("state.forbidden")} hint={t(`role.${user.role}`)} />
      </div>
    );
  }
  return (
    <div className="page">
      <h1>{t("admin.title")}</h1>
      <Tabs.Root value={tab} onValueChange={(next) => change({ tab: next === "users" ? "" : next })}>
        <Tabs.List className="tabs" aria-label={t("admin.title")}>
          {TABS.map((name) => (
            <Tabs.Trigger key={name} value={name} className="tab">
              {t(`admin.${name}`)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="users">
          <Users />
        </Tabs.Content>
        <Tabs.Content value="codes">
          <Codes />
        </Tabs.Content>
        <Tabs.Content value="audit">
          <AuditLog />
        </Tabs.Content>
      </Tabs.Root>
    </div>
  );
}
