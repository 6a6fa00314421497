import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { membersApi } from "../../api/members";
import type { PolicyDocument, PolicyGroup } from "../../api/types";
import { mayManage } from "../../shell/places";
import { useUser } from "../../shell/user";
import { NumberField } from "../../ui/field";
import { Note, Refusal } from "../../ui/outcome";
import { useWord } from "../../ui/words";

/** How many of each group may be inside at the same time. They belong to the groups, so each is saved by itself. */
export function QuotasTab({ document, site }: { document: PolicyDocument; site: string }) {
  const { t } = useTranslation();
  const enforced = document.gates.flatMap((gate) => gate.lanes).some((lane) => lane.policy.quotas);
  return (
    <div className="policy-gates">
      <Note tone={enforced ? "unknown" : "wait"}>{t(enforced ? "policy.quotas_note" : "policy.quotas_off")}</Note>
      {document.groups.map((group) => (
        <Quota key={group.id} group={group} site={site} />
      ))}
    </div>
  );
}

function Quota({ group, site }: { group: PolicyGroup; site: string }) {
  const { t } = useTranslation();
  const word = useWord();
  const user = useUser();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Pick<PolicyGroup, "person_quota" | "vehicle_quota"> | null>(null);
  const shown = typed ?? group;
  const save = useMutation({
    mutationFn: () => membersApi.changeGroup(site, group.id, { person_quota: shown.person_quota, vehicle_quota: shown.vehicle_quota }),
    onSuccess: async () => {
      for (const name of ["policy", "groups", "gates"]) await client.invalidateQueries({ queryKey: [name] });
      setTyped(null);
    },
  });
  const set = (change: Partial<PolicyGroup>) => setTyped({ person_quota: shown.person_quota, vehicle_quota: shown.vehicle_quota, ...change });
  return (
    <fieldset className="card quota" disabled={!mayManage(user)} data-group={group.id}>
      <div>
        <h2>{group.name}</h2>
        <p className="quiet">{word("group_kind", group.kind)}</p>
      </div>
      <NumberField word={t("groups.person_quota")} value={shown.person_quota} placeholder={t("policy.no_limit")} onChange={(person_quota) => set({ person_quota })} />
      <NumberField word={t("groups.vehicle_quota")} value={shown.vehicle_quota} placeholder={t("policy.no_limit")} onChange={(vehicle_quota) => set({ vehicle_quota })} />
      <button type="button" className="button button-primary" disabled={!typed} aria-busy={save.isPending} onClick={() => !save.isPending && save.mutate()}>
        {t("members.save")}
      </button>
      <Refusal error={save.error} />
    </fieldset>
  );
}
