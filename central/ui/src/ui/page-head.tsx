import { MapPin } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useOneSite, useSiteName } from "../shell/site";
import { StaleNote } from "./states";
import { usePageTitle } from "./title";

interface Props {
  title: string;
  lead?: string;
  query?: { isError: boolean; data: unknown; dataUpdatedAt: number };
  /** The page shows one site only: says which, where nobody chose it. */
  oneSite?: boolean;
  children?: ReactNode;
}

/** The head of a page: its name, how old what it shows is, and what can be done with all of it. */
export function PageHead({ title, lead, query, oneSite, children }: Props) {
  usePageTitle(title);
  return (
    <>
      <header className="page-head">
        <h1>{title}</h1>
        {oneSite && <ChosenSite />}
        {query && <StaleNote query={query} />}
        {children && <div className="page-acts">{children}</div>}
      </header>
      {lead && <p className="lead">{lead}</p>}
    </>
  );
}

function ChosenSite() {
  const { t } = useTranslation();
  const { site, chosen } = useOneSite();
  const name = useSiteName();
  if (chosen || !site) return null;
  return (
    <span className="chosen-site" title={t("app.chosen_site_hint")}>
      <MapPin aria-hidden="true" />
      {name(site)}
    </span>
  );
}
