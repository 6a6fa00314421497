import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { gateKeys } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { Crowding, CrowdingRule } from "../../api/types";
import { whole } from "../../format/numbers";
import { mayManage } from "../../shell/places";
import { useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Field, NumberField } from "../../ui/field";
import { Loaded } from "../../ui/loaded";
import { Done, Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useName } from "../../ui/words";

/** How many people each zone holds, how many are there now, and what holds before a train. */
export function CrowdingPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const query = useQuery({ queryKey: gateKeys.crowding(site), queryFn: () => membersApi.crowding(site), enabled: site !== "", refetchInterval: 15_000 });
  return (
    <div className="page">
      <PageHead title={t("crowding.title")} lead={t("crowding.lead")} query={query} oneSite />
      <Loaded query={query}>
        {(crowding) => (
          <>
            <Now crowding={crowding} />
            <Thresholds key={site} site={site} saved={crowding.zones} version={crowding.version} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Now({ crowding }: { crowding: Crowding }) {
  const { t, i18n } = useTranslation();
  const name = useName();
  if (crowding.now.length === 0) return <p className="quiet">{t("crowding.nothing_now")}</p>;
  return (
    <div className="tiles">
      {crowding.now.map((now) => {
        const rule = crowding.zones.find((one) => one.zone === now.zone);
        const most = now.train && rule?.train_most ? rule.train_most : rule?.most;
        const tone = most !== undefined && now.people >= most ? "deny" : rule && now.people >= rule.warn ? "wait" : "admit";
        return (
          <div key={now.zone} className="tile" data-zone={now.zone} data-tone-is={tone}>
            <span className="figure-label">{rule ? name({ id: rule.zone, ...rule }) : now.zone}</span>
            <span className="figure-value">
              {whole(now.people, i18n.language)}
              {most !== undefined && <small> / {whole(most, i18n.language)}</small>}
            </span>
            <span className="figure-note">
              <Time at={now.at} form="short" /> {now.train && t("crowding.before_train", { train: now.train })}
            </span>
            <Badge tone={tone} size="s" icon={UsersRound}>
              {t(`crowding.is_${tone}`)}
            </Badge>
          </div>
        );
      })}
    </div>
  );
}

/** The thresholds as a form; what was typed stays until it is saved. */
function Thresholds({ site, saved, version }: { site: string; saved: CrowdingRule[]; version: number | undefined }) {
  const { t } = useTranslation();
  const user = useUser();
  const client = useQueryClient();
  const [typed, setTyped] = useState<CrowdingRule[] | null>(null);
  const zones = typed ?? saved;
  const save = useMutation({
    mutationFn: () => membersApi.saveCrowding(site, zones, version),
    onSuccess: () => {
      setTyped(null);
      void client.invalidateQueries({ queryKey: gateKeys.crowding(site) });
    },
  });
  const set = (at: number, change: Partial<CrowdingRule>) => setTyped(zones.map((zone, index) => (index === at ? { ...zone, ...change } : zone)));
  const add = () => setTyped([...zones, { zone: `khu-${zones.length + 1}`, name_vi: t("crowding.new_zone"), name_en: "New zone", warn: 80, most: 100, schedule: null, train_minutes: null, train_most: null }]);
  return (
    <fieldset className="policy-gates" disabled={!mayManage(user)}>
      {zones.map((zone, at) => (
        <section key={at} className="card form" data-threshold={zone.zone}>
          <div className="field-row field-row-three">
            <Field word={t("crowding.zone")} hint={t("crowding.zone_hint")}>
              <input value={zone.zone} maxLength={32} onChange={(event) => set(at, { zone: event.target.value })} />
            </Field>
            <Field word={t("policy.name_vi")}>
              <input value={zone.name_vi} maxLength={60} onChange={(event) => set(at, { name_vi: event.target.value })} />
            </Field>
            <Field word={t("policy.name_en")}>
              <input value={zone.name_en} maxLength={60} onChange={(event) => set(at, { name_en: event.target.value })} />
            </Field>
          </div>
          <div className="field-row field-row-four">
            <NumberField word={t("crowding.warn")} min={1} value={zone.warn} onChange={(warn) => set(at, { warn: warn ?? 1 })} />
            <NumberField word={t("crowding.most")} min={1} value={zone.most} onChange={(most) => set(at, { most: most ?? 1 })} />
            <NumberField word={t("crowding.train_minutes")} value={zone.train_minutes} hint={t("crowding.train_hint")} onChange={(train_minutes) => set(at, { train_minutes })} />
            <NumberField word={t("crowding.train_most")} value={zone.train_most} onChange={(train_most) => set(at, { train_most })} />
          </div>
          {mayManage(user) && (
            <button type="button" className="button button-danger" onClick={() => setTyped(zones.filter((_, index) => index !== at))}>
              <Trash2 aria-hidden="true" />
              {t("crowding.remove")}
            </button>
          )}
        </section>
      ))}
      {mayManage(user) && (
        <div className="form-acts">
          <button type="button" className="button" onClick={add}>
            <Plus aria-hidden="true" />
            {t("crowding.add")}
          </button>
          {typed && (
            <>
              <button type="button" className="button button-primary" aria-busy={save.isPending} onClick={() => save.mutate()}>
                {t("members.save")}
              </button>
              <button type="button" className="button button-quiet" onClick={() => setTyped(null)}>
                {t("policy.discard")}
              </button>
            </>
          )}
        </div>
      )}
      <Refusal error={save.error} />
      {save.isSuccess && !typed && <Done>{t("crowding.saved")}</Done>}
    </fieldset>
  );
}
