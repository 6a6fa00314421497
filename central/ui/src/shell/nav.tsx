import { BellRing, Camera, type LucideIcon, PackageX, Radio, Settings2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useSummary } from "../api/queries";
import type { User } from "../api/types";
import { Mark } from "./mark";
import { useKeepSite } from "./site";
import { mayAdminister, mayQuarantine } from "./user";

type Place = "feed" | "alerts" | "cameras" | "quarantine" | "admin";

const PLACES: [Place, string, LucideIcon, (user: User) => boolean][] = [
  ["feed", "/", Radio, () => true],
  ["alerts", "/alerts", BellRing, () => true],
  ["cameras", "/cameras", Camera, () => true],
  ["quarantine", "/quarantine", PackageX, mayQuarantine],
  ["admin", "/admin", Settings2, mayAdminister],
];

export function Nav({ user }: { user: User }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const { data } = useSummary();
  const open = data?.alerts_open ?? 0;
  return (
    <nav className="nav" aria-label={t("nav.label")}>
      <NavLink to={keep("/")} className="nav-mark" aria-label={t("app.name")} tabIndex={-1}>
        <Mark />
      </NavLink>
      {PLACES.filter(([, , , may]) => may(user)).map(([place, path, Icon]) => (
        <NavLink key={place} to={keep(path)} end={path === "/"} className="nav-link">
          <span className="nav-icon">
            <Icon aria-hidden="true" />
            {place === "alerts" && open > 0 && (
              <span className="nav-count" aria-label={t("nav.open_alerts", { count: open })}>
                {open > 99 ? "99+" : open}
              </span>
            )}
          </span>
          <span className="nav-word">{t(`nav.${place}`)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
