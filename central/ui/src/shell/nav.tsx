import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTranslation } from "react-i18next";
import { Link, NavLink, useLocation, useNavigate } from "react-router";
import { useSummary } from "../api/queries";
import type { User } from "../api/types";
import { Mark } from "./mark";
import { PLACES, type Place, placeOf, wayTo } from "./places";
import { useKeepSite } from "./site";

/** A phone's bar has room for five: the fifth opens the rest. */
const ON_PHONE = 4;

export function Nav({ user }: { user: User }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const { pathname } = useLocation();
  const here = placeOf(pathname);
  const places = PLACES.filter((place) => place.may(user));
  const many = places.length > ON_PHONE + 1;
  return (
    <nav className="nav" aria-label={t("nav.label")}>
      <NavLink to={keep("/")} className="nav-mark" aria-label={t("app.name")} tabIndex={-1}>
        <Mark />
      </NavLink>
      {places.map((place, at) => (
        <Link
          key={place.id}
          to={keep(wayTo(place, user))}
          className={`nav-link ${here?.id === place.id ? "active" : ""} ${many && at >= ON_PHONE ? "nav-wide" : ""}`}
          aria-current={here?.id === place.id ? "page" : undefined}
        >
          <NavIcon place={place} />
          <span className="nav-word">{t(`nav.${place.id}`)}</span>
        </Link>
      ))}
      {many && <More places={places.slice(ON_PHONE)} user={user} here={here?.id} />}
    </nav>
  );
}

function NavIcon({ place: { id, icon: Icon } }: { place: Place }) {
  const { t } = useTranslation();
  const { data } = useSummary(id === "alerts");
  const open = id === "alerts" ? (data?.alerts_open ?? 0) : 0;
  return (
    <span className="nav-icon">
      <Icon aria-hidden="true" />
      {open > 0 && (
        <span className="nav-count" aria-label={t("nav.open_alerts", { count: open })}>
          {open > 99 ? "99+" : open}
        </span>
      )}
    </span>
  );
}

function More({ places, user, here }: { places: Place[]; user: User; here: string | undefined }) {
  const { t } = useTranslation();
  const keep = useKeepSite();
  const navigate = useNavigate();
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={`nav-link nav-more ${places.some(({ id }) => id === here) ? "active" : ""}`}>
        <span className="nav-icon">
          <Ellipsis aria-hidden="true" />
        </span>
        <span className="nav-word">{t("nav.more")}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" side="top" align="end" sideOffset={8} collisionPadding={8}>
          {places.map((place) => (
            <DropdownMenu.Item key={place.id} className="menu-item" onSelect={() => void navigate(keep(wayTo(place, user)))}>
              <place.icon aria-hidden="true" />
              {t(`nav.${place.id}`)}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
