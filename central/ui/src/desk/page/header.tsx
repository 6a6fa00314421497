import { CarFront, CircleCheck, CircleHelp, Clock3, Languages, LoaderCircle, LogOut, Moon, ScrollText, Sun, TriangleAlert, Users, Volume2, VolumeX, Wifi, WifiOff } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useSyncExternalStore } from "react";
import { whole } from "../../format/numbers";
import { clock, dateTime, OFFSET } from "../../format/time";
import { chooseLanguage, pick } from "../../i18n";
import { Mark } from "../../shell/mark";
import { toggleTheme, useTheme } from "../../shell/theme";
import { Select } from "../../ui/select";
import type { Freshness } from "../api/types";
import { useText } from "../i18n";
import { player } from "../sound/player";
import { useAgentNow, useDesk } from "../state/provider";

interface Props {
  onSignOut: () => void;
  onShift: () => void;
  onKeys: () => void;
}

export function Header({ onSignOut, onShift, onKeys }: Props) {
  return (
    <header className="head">
      <GateName />
      <Inside />
      <div className="head-right">
        <Connection />
        <ListAge />
        <Clock />
        <SoundButton />
        <Tools onKeys={onKeys} />
        <Account onSignOut={onSignOut} onShift={onShift} />
      </div>
    </header>
  );
}

function GateName() {
  const { t, language } = useText();
  const { gates, gate, selectGate } = useDesk();
  const name = (id: string) => {
    const found = gates.find((each) => each.id === id) ?? gate;
    return pick(language, found.name_vi, found.name_en);
  };
  return (
    <div className="head-gate">
      <Mark />
      {gates.length > 1 ? (
        <Select label={t("header.gate")} value={gate.id} onChange={selectGate} options={gates.map(({ id }) => ({ value: id, label: name(id) }))} />
      ) : (
        <h1>{name(gate.id)}</h1>
      )}
    </div>
  );
}

function Inside() {
  const { t, language } = useText();
  const { gate } = useDesk();
  const part = (kind: "people" | "vehicles", count: number, most: number | null) => {
    const full = most !== null && count >= most;
    return (
      <span className={`inside-part ${full ? "inside-full" : ""}`} data-inside={kind} title={most === null ? undefined : t("header.of", { n: whole(most, language) })}>
        {kind === "people" ? <Users aria-hidden="true" /> : <CarFront aria-hidden="true" />}
        <b>{t(`header.${kind}`, { count, n: whole(count, language) })}</b>
        {full && <em>{t("header.full")}</em>}
      </span>
    );
  };
  return (
    <p className="inside">
      <span className="inside-word">{t("header.inside")}</span>
      {part("people", gate.people, gate.person_capacity)}
      {part("vehicles", gate.vehicles, gate.vehicle_capacity)}
    </p>
  );
}

/** To the gate's computer first; central's absence second, since the gate works without it. */
function Connection() {
  const { t } = useText();
  const { connection, view } = useDesk();
  const alone = connection.state === "live" && view.alone_since !== null;
  const word = connection.state === "live" ? (alone ? "alone" : "live") : connection.state;
  const Icon = word === "live" ? Wifi : word === "connecting" ? LoaderCircle : word === "alone" ? TriangleAlert : WifiOff;
  return (
    <span className={`connection connection-${alone ? "connecting" : connection.state}`} role="status" data-connection={connection.state} data-alone={alone}>
      <Icon aria-hidden="true" />
      <span>{t(`connection.${word}`)}</span>
    </span>
  );
}

const FRESH_TONE: Record<Freshness, string> = { fresh: "admit", stale: "wait", old: "deny", none: "deny" };

function ListAge() {
  const { t } = useText();
  const { list } = useDesk().view;
  const Icon = list.freshness === "fresh" ? CircleCheck : list.freshness === "stale" ? Clock3 : list.freshness === "old" ? TriangleAlert : CircleHelp;
  const title = `${t(`freshness.${list.freshness}`)} · ${dateTime(list.made_at)} ${OFFSET}`;
  return (
    <span className={`list-age tone-${FRESH_TONE[list.freshness]}`} title={title} data-freshness={list.freshness}>
      <Icon aria-hidden="true" />
      <span>{list.version > 0 ? t("header.list", { time: clock(list.made_at).slice(0, 5), version: list.version }) : t("header.list_none")}</span>
      <span className="sr-only">{t(`freshness.${list.freshness}`)}</span>
    </span>
  );
}

function Clock() {
  const now = useAgentNow(500);
  const [date, time] = dateTime(now).split(" ");
  return (
    <span className="head-clock" title={`${date} ${time} ${OFFSET}`}>
      <b>{time}</b>
      <span>{date}</span>
    </span>
  );
}

function SoundButton() {
  const { t } = useText();
  const [state, last] = useSyncExternalStore(player.watch, player.state).split("|");
  const muted = state === "muted";
  const Icon = muted ? VolumeX : Volume2;
  return (
    <button
      type="button"
      className={`icon-button ${state === "on" ? "" : "icon-warn"}`}
      onClick={player.toggle}
      aria-pressed={!muted}
      aria-label={t(muted ? "header.unmute" : "header.mute")}
      title={t(muted ? "header.unmute" : state === "blocked" ? "header.sound_blocked" : "header.mute")}
      data-sound={state}
      data-last-sound={last}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

function Tools({ onKeys }: { onKeys: () => void }) {
  const { t, language } = useText();
  const theme = useTheme();
  const ThemeIcon = theme === "dark" ? Sun : Moon;
  return (
    <span className="head-tools">
      <button type="button" className="icon-button" lang={language === "vi" ? "en" : "vi"} onClick={() => chooseLanguage(language === "vi" ? "en" : "vi")} data-testid="language" title={t("header.language")}>
        <Languages aria-hidden="true" />
        <span className="icon-word">{language === "vi" ? "EN" : "VI"}</span>
        <span className="sr-only">{t("header.language")}</span>
      </button>
      <button type="button" className="icon-button" onClick={toggleTheme} aria-label={t(theme === "dark" ? "header.theme_light" : "header.theme_dark")} title={t(theme === "dark" ? "header.theme_light" : "header.theme_dark")} data-testid="theme">
        <ThemeIcon aria-hidden="true" />
      </button>
      <button type="button" className="icon-button head-keys" onClick={onKeys} aria-label={t("header.keys")} title={t("header.keys")}>
        <kbd>?</kbd>
      </button>
    </span>
  );
}

function Account({ onSignOut, onShift }: { onSignOut: () => void; onShift: () => void }) {
  const { t } = useText();
  const { session } = useDesk();
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="account" aria-label={t("header.account", { name: session.name })} data-user={session.user}>
        <span className="account-words">
          <b>{session.name}</b>
          <span>{t(session.supervisor ? "header.supervisor" : "header.guard")}</span>
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.Label className="menu-label">
            {session.name}
            <span>{t("header.since", { time: clock(session.since) })}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Item className="menu-item" onSelect={onShift}>
            <ScrollText aria-hidden="true" />
            {t("toolbar.shift")}
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={onSignOut}>
            <LogOut aria-hidden="true" />
            {t("header.sign_out")}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
