import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleAlert, UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../api/client";
import { keys, useSites } from "../../api/queries";
import type { Language, NewUser, Rank, Role } from "../../api/types";
import { Field, SelectField } from "../../ui/field";
import { DeskFields } from "./desk-fields";
import { Select } from "../../ui/select";

const ROLES: Role[] = ["gate_operator", "traffic_police", "police_signer", "ioc_operator", "site_manager", "enterprise", "admin"];
const RANKS: Rank[] = ["officer", "team_chief", "commune_chief", "division_head", "provincial_director"];
const USERNAME = /^[a-z0-9][a-z0-9._-]{1,63}$/;
const LEAST_PASSWORD = 12;
const BLANK: NewUser = { username: "", display_name: "", role: "gate_operator", sites: [], language: "vi", password: "" };

type Trouble = Partial<Record<"username" | "display_name" | "password" | "group" | "sites" | "desk_pin" | "rank", "username_rule" | "required" | "password_hint" | "group_hint" | "one_site" | "desk_pin_rule">>;

function check(user: NewUser): Trouble {
  const trouble: Trouble = {};
  if (!USERNAME.test(user.username)) trouble.username = "username_rule";
  if (!user.display_name.trim()) trouble.display_name = "required";
  if (user.password.length < LEAST_PASSWORD) trouble.password = "password_hint";
  if (user.desk_pin && !/^\d{6,12}$/.test(user.desk_pin)) trouble.desk_pin = "desk_pin_rule";
  if (user.role === "police_signer" && !user.rank) trouble.rank = "required";
  const tenant = user.role === "enterprise";
  if (tenant && !/^[a-z0-9-]{1,32}$/.test(user.group ?? "")) trouble.group = "group_hint";
  if ((tenant && user.sites.length !== 1) || (user.role === "site_manager" && user.sites.length === 0)) trouble.sites = tenant ? "one_site" : "required";
  return trouble;
}

export function NewUserForm() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const sites = useSites().data ?? [];
  const [user, setUser] = useState<NewUser>(BLANK);
  const [trouble, setTrouble] = useState<Trouble>({});
  const set = (change: Partial<NewUser>) => setUser({ ...user, ...change });
  const add = useMutation({
    mutationFn: api.addUser,
    onSuccess: () => {
      setUser(BLANK);
      void client.invalidateQueries({ queryKey: keys.users });
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = check(user);
    setTrouble(found);
    if (Object.keys(found).length === 0 && !add.isPending) add.mutate({ ...user, display_name: user.display_name.trim(), desk_pin: user.desk_pin || undefined });
  };

  return (
    <form className="card form" onSubmit={submit} noValidate>
      <h2>{t("admin.add_user")}</h2>
      <Field word={t("admin.display_name")} trouble={trouble.display_name && t(`admin.${trouble.display_name}`)}>
        <input value={user.display_name} maxLength={80} autoComplete="off" onChange={(event) => set({ display_name: event.target.value })} />
      </Field>
      <Field word={t("admin.username")} trouble={trouble.username && t(`admin.${trouble.username}`)}>
        <input value={user.username} maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ username: event.target.value })} />
      </Field>
      <Field word={t("admin.password")} trouble={trouble.password && t(`admin.${trouble.password}`)} hint={t("admin.password_hint")}>
        <input type="password" value={user.password} autoComplete="new-password" onChange={(event) => set({ password: event.target.value })} />
      </Field>
      <div className="field-row">
        <div className="field">
          <span>{t("admin.role")}</span>
          <Select
            label={t("admin.role")}
            value={user.role}
            options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
            onChange={(role) => set({ role: ROLES.find((known) => known === role) ?? "gate_operator", group: undefined, desk_pin: undefined, desk_supervisor: undefined, desk_gates: undefined, rank: undefined })}
          />
        </div>
        <div className="field">
          <span>{t("admin.language")}</span>
          <Select
            label={t("admin.language")}
            value={user.language}
            options={[
              { value: "vi", label: "Tiếng Việt" },
              { value: "en", label: "English" },
            ]}
            onChange={(language) => set({ language: language as Language })}
          />
        </div>
      </div>
      <fieldset className="field">
        <legend>{t("admin.sites")}</legend>
        <div className="checks">
          {sites.map((site) => (
            <label key={site.id} className="check">
              <input
                type="checkbox"
                checked={user.sites.includes(site.id)}
                onChange={(event) => set({ sites: event.target.checked ? [...user.sites, site.id] : user.sites.filter((id) => id !== site.id) })}
              />
              {site.name}
            </label>
          ))}
        </div>
        <small className={trouble.sites ? "tone-text-deny" : ""}>{t(trouble.sites ? `admin.${trouble.sites}` : "admin.sites_hint")}</small>
      </fieldset>
      {user.role === "gate_operator" && <DeskFields user={user} trouble={trouble.desk_pin && t(`admin.${trouble.desk_pin}`)} set={set} />}
      {(user.role === "police_signer" || user.role === "traffic_police") && (
        <SelectField
          word={t("admin.rank")}
          value={user.rank ?? ""}
          all={t("admin.no_rank")}
          options={RANKS.map((rank) => ({ value: rank, label: t(`rank.${rank}`) }))}
          onChange={(rank) => set({ rank: RANKS.find((known) => known === rank) })}
          hint={trouble.rank ? t(`admin.${trouble.rank}`) : t("admin.rank_hint")}
        />
      )}
      {user.role === "enterprise" && (
        <Field word={t("admin.group")} trouble={trouble.group && t(`admin.${trouble.group}`)} hint={t("admin.group_hint")}>
          <input value={user.group ?? ""} maxLength={32} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ group: event.target.value })} />
        </Field>
      )}
      <div role="status" aria-live="polite">
        {add.isError && (
          <p className="problem">
            <CircleAlert aria-hidden="true" />
            {t("admin.failed", { detail: add.error instanceof ApiError && add.error.unreachable ? t("state.unreachable") : add.error.message })}
          </p>
        )}
        {add.isSuccess && (
          <p className="done">
            <Check aria-hidden="true" />
            {t("admin.created", { name: add.data.username })}
          </p>
        )}
      </div>
      <button type="submit" className="button button-primary" aria-busy={add.isPending}>
        <UserPlus aria-hidden="true" />
        {t("admin.create")}
      </button>
    </form>
  );
}
