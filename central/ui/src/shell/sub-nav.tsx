import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { placeOf } from "./places";
import { useKeepSite } from "./site";
import { useUser } from "./user";

/** The pages of the place that one is in, side by side above the page; nothing where there is only one. */
export function SubNav() {
  const { t } = useTranslation();
  const user = useUser();
  const keep = useKeepSite();
  const { pathname } = useLocation();
  const place = placeOf(pathname);
  const pages = place?.pages.filter((page) => page.may(user)) ?? [];
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not give back.
    void bar.current?.querySelector(".active")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  if (!place || pages.length < 2) return null;
  const best = pages.filter((page) => pathname === page.path || pathname.startsWith(`${page.path}/`)).toSorted((a, b) => b.path.length - a.path.length)[0];
  return (
    <nav ref={bar} className="sub-nav" aria-label={t(`nav.${place.id}`)}>
      {pages.map((page) => (
        <Link key={page.path} to={keep(page.path)} className={`sub-link ${page === best ? "active" : ""}`} aria-current={page === best ? "page" : undefined}>
          {t(`page.${page.word}`)}
        </Link>
      ))}
    </nav>
  );
}
