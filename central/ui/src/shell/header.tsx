import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleUserRound, Keyboard, Languages, LogOut, MapPin, Moon, Sun } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTranslation } from "react-i18next";
import { keys, signOut, useSites } from "../api/queries";
import type { User } from "../api/types";
import { clock, date } from "../format/time";
import { chooseLanguage } from "../i18n";
import { Select } from "../ui/select";
import { useNow } from "../ui/time";
import { ConnectionState } from "./connection";
import { useAddress } from "./site";
import { toggleTheme, useTheme } from "./theme";

export function Header({ user, onKeyMap }: { user: User; onKeyMap: () => void }) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  const ThemeIcon = theme === "dark" ? Sun : Moon;
  return (
    <header className="header">
      <SitePicker />
      <div className="header-right">
        <ConnectionState />
        <WallClock />
        <button
          type="button"
          className="icon-button"
          onClick={() => chooseLanguage(i18n.language === "vi" ? "en" : "vi")}
          lang={i18n.language === "vi" ? "en" : "vi"}
          aria-label={t("header.switch_language")}
          title={t("header.switch_language")}
          data-testid="language"
        >
          <Languages aria-hidden="true" />
          <span className="icon-word">{i18n.language === "vi" ? "VI" : "EN"}</span>
        </button>
        <button
          type="button"
          className="icon-button"
          onClick={toggleTheme}
          aria-label={t(theme === "dark" ? "header.theme_light" : "header.theme_dark")}
          title={t(theme === "dark" ? "header.theme_light" : "header.theme_dark")}
        >
          <ThemeIcon aria-hidden="true" />
        </button>
        <button type="button" className="icon-button wide-only" onClick={onKeyMap} aria-label={t("header.keyboard")} title={`${t("header.keyboard")} (?)`}>
          <Keyboard aria-hidden="true" />
        </button>
        <Account user={user} />
      </div>
    </header>
  );
}

function SitePicker() {
  const { t } = useTranslation();
  const { data } = useSites();
  const [address, change] = useAddress();
  const options = (data ?? []).map((site) => ({ value: site.id, label: site.name }));
  if (options.length === 1) {
    return (
      <p className="site-picker site-only">
        <MapPin aria-hidden="true" />
        {options[0].label}
      </p>
    );
  }
  return (
    <div className="site-picker">
      <Select
        label={t("header.site")}
        icon={<MapPin aria-hidden="true" />}
        value={address.get("site") ?? ""}
        options={options}
        all={t("app.all_sites")}
        onChange={(site) => change({ site, camera: "" })}
      />
    </div>
  );
}

function WallClock() {
  const now = useNow(1_000);
  return (
    <span className="wall-clock" aria-hidden="true">
      <b>{clock(now)}</b>
      <span>{date(now)}</span>
    </span>
  );
}

function Account({ user }: { user: User }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    // Whether or not central heard it, nothing of this person's stays on the screen.
    onSettled: () => {
      client.setQueryData(keys.session, null);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
    },
  });
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="account" aria-label={`${t("header.account")}: ${user.display_name}`}>
        <CircleUserRound aria-hidden="true" />
        <span className="account-words">
          <b>{user.display_name}</b>
          <span>{t(`role.${user.role}`)}</span>
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          <DropdownMenu.Label className="menu-label">
            {user.display_name}
            <span>{t(`role.${user.role}`)}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Item className="menu-item" onSelect={() => leave.mutate()}>
            <LogOut aria-hidden="true" />
            {t("header.sign_out")}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
