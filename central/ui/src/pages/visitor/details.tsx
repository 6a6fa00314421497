import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PublicSite } from "../../api/types";
import { addDays, dayOf } from "../../format/days";
import { type Typed, check } from "./form";

interface Props {
  sites: PublicSite[] | null;
  typed: Typed;
  onChange: (typed: Typed) => void;
  onNext: () => void;
  onBack: () => void;
}

/** The least that the gate needs to know to let somebody in without a queue. */
export function Details({ sites, typed, onChange, onNext, onBack }: Props) {
  const { t } = useTranslation();
  const [tried, setTried] = useState(false);
  const today = dayOf(Date.now());
  const site = sites?.find(({ id }) => id === typed.site);
  const most = site?.most_people ?? 500;
  const wrong = check(typed, today, most);
  const set = (change: Partial<Typed>) => onChange({ ...typed, ...change });
  const trouble = (field: keyof Typed) => (tried && wrong[field] ? t(`visitor.wrong.${wrong[field]}`, { most }) : null);
  const groups = site?.groups ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0 && typed.site) onNext();
    else requestAnimationFrame(() => document.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
  };
  return (
    <form onSubmit={submit} noValidate>
      <p className="v-step">{t("visitor.step", { n: 1 })}</p>
      <h1>{t("visitor.details")}</h1>
      {sites && sites.length > 1 && (
        <Labelled word={t("visitor.site")}>
          <select value={typed.site} onChange={(event) => set({ site: event.target.value, host_group: "" })}>
            {sites.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </select>
        </Labelled>
      )}
      <Labelled word={t("visitor.name")} trouble={trouble("name")}>
        <input value={typed.name} maxLength={80} autoComplete="name" aria-invalid={!!trouble("name")} onChange={(event) => set({ name: event.target.value })} />
      </Labelled>
      <div className="v-two">
        <Labelled word={t("visitor.date")} trouble={trouble("date")}>
          <input type="date" min={today} max={site?.days_ahead === undefined ? undefined : addDays(today, site.days_ahead)} value={typed.date} aria-invalid={!!trouble("date")} onChange={(event) => set({ date: event.target.value })} />
        </Labelled>
        <Labelled word={t("visitor.time")} trouble={trouble("time")}>
          <input type="time" value={typed.time} aria-invalid={!!trouble("time")} onChange={(event) => set({ time: event.target.value })} />
        </Labelled>
      </div>
      <Labelled word={t("visitor.people")} trouble={trouble("people")}>
        <input type="number" inputMode="numeric" min={1} max={most} value={typed.people} aria-invalid={!!trouble("people")} onChange={(event) => set({ people: event.target.value })} />
      </Labelled>
      <Labelled word={t("visitor.contact")} hint={t("visitor.contact_hint")} trouble={trouble("contact")}>
        <input value={typed.contact} maxLength={80} autoComplete="tel" aria-invalid={!!trouble("contact")} onChange={(event) => set({ contact: event.target.value })} />
      </Labelled>
      <Labelled word={t("visitor.plate")} hint={t("visitor.if_any")}>
        <input value={typed.plate} maxLength={16} autoCapitalize="characters" spellCheck={false} onChange={(event) => set({ plate: event.target.value })} />
      </Labelled>
      {groups.length > 0 && (
        <Labelled word={t("visitor.host")} hint={t("visitor.if_any")}>
          <select value={typed.host_group} onChange={(event) => set({ host_group: event.target.value })}>
            <option value="">{t("visitor.no_host")}</option>
            {groups.map((group) => (
              <option key={group.id} value={group.id}>
                {group.name}
              </option>
            ))}
          </select>
        </Labelled>
      )}
      <label className="v-check">
        <input type="checkbox" checked={typed.is_foreign} onChange={(event) => set({ is_foreign: event.target.checked })} />
        <span>{t("visitor.foreign")}</span>
      </label>
      {typed.is_foreign && (
        <div className="v-two">
          <Labelled word={t("visitor.country")} trouble={trouble("country")}>
            <input value={typed.country} maxLength={3} placeholder="FRA" autoCapitalize="characters" aria-invalid={!!trouble("country")} onChange={(event) => set({ country: event.target.value })} />
          </Labelled>
          <Labelled word={t("visitor.passport")} trouble={trouble("passport")}>
            <input value={typed.passport} maxLength={20} autoComplete="off" autoCapitalize="characters" spellCheck={false} aria-invalid={!!trouble("passport")} onChange={(event) => set({ passport: event.target.value })} />
          </Labelled>
        </div>
      )}
      <button type="submit" className="v-primary" disabled={!sites}>
        {t("visitor.next")}
      </button>
      <button type="button" className="v-link" onClick={onBack}>
        {t("visitor.back")}
      </button>
    </form>
  );
}

function Labelled({ word, hint, trouble, children }: { word: string; hint?: string; trouble?: string | null; children: ReactNode }) {
  return (
    <label className={trouble ? "v-wrong" : ""}>
      <span>{word}</span>
      {children}
      {(trouble ?? hint) && <small>{trouble ?? hint}</small>}
    </label>
  );
}
