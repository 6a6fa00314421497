import { Signpost } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "../ui/states";
import { usePageTitle } from "../ui/title";

export function NotFoundPage() {
  const { t } = useTranslation();
  usePageTitle(t("not_found.title"));
  return (
    <div className="page page-centre">
      <h1 className="sr-only">{t("not_found.title")}</h1>
      <Empty icon={Signpost} title={t("not_found.title")} hint={t("not_found.hint")}>
        <Link className="button button-primary" to="/">
          {t("not_found.home")}
        </Link>
      </Empty>
    </div>
  );
}
