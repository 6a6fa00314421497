import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation, useNavigate } from "react-router";
import type { User } from "../api/types";
import { chooseLanguage } from "../i18n";
import { useKeys } from "../ui/keys";
import { Banner } from "./connection";
import { CrashBoundary } from "./crash";
import { Header } from "./header";
import { KeyMapDialog } from "./key-map";
import { Nav } from "./nav";
import { useKeepSite } from "./site";
import { SubNav } from "./sub-nav";
import { toggleTheme } from "./theme";
import { UserContext } from "./user";

export function Shell({ user }: { user: User }) {
  const { t, i18n } = useTranslation();
  const [mapOpen, setMapOpen] = useState(false);
  const navigate = useNavigate();
  const keep = useKeepSite();
  const { pathname } = useLocation();
  const otherLanguage = i18n.language === "vi" ? "en" : "vi";

  useKeys({
    "?": () => setMapOpen(true),
    "g l": () => void navigate(keep("/")),
    "g a": () => void navigate(keep("/alerts")),
    "g c": () => void navigate(keep("/cameras")),
    "g g": () => void navigate(keep("/gates")),
    "g d": () => void navigate(keep("/accesses")),
    "g i": () => void navigate(keep("/inside")),
    "g f": () => void navigate(keep("/figures")),
    "g m": () => void navigate(keep("/members")),
    "g r": () => void navigate(keep("/review")),
    "g h": () => void navigate(keep("/handlings")),
    "g n": () => void navigate(keep("/violations")),
    "g s": () => void navigate(keep("/sections")),
    "g t": toggleTheme,
    "g v": () => chooseLanguage(otherLanguage),
  });

  return (
    <UserContext value={user}>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <div className="shell">
        <Nav user={user} />
        <Header user={user} onKeyMap={() => setMapOpen(true)} />
        <div className="stage">
          <Banner />
          <SubNav />
          <main id="main" tabIndex={0}>
            <CrashBoundary key={pathname}>
              <Outlet />
            </CrashBoundary>
          </main>
        </div>
      </div>
      <KeyMapDialog open={mapOpen} onOpenChange={setMapOpen} />
    </UserContext>
  );
}
