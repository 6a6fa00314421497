import { useTranslation } from "react-i18next";
import type { PolicyDocument, PolicyGroup } from "../../api/types";
import { NumberField } from "../../ui/field";
import { Note } from "../../ui/outcome";
import { useWord } from "../../ui/words";
import type { Edit } from "./use-draft";

/** How many of each group may be inside at the same time. */
export function QuotasTab({ document, edit }: { document: PolicyDocument; edit: Edit }) {
  const { t } = useTranslation();
  const word = useWord();
  const enforced = document.gates.flatMap((gate) => gate.lanes).some((lane) => lane.policy.quotas);
  const set = (id: string, change: Partial<PolicyGroup>) => edit?.((next) => void Object.assign(next.groups.find((group) => group.id === id) ?? {}, change));
  return (
    <div className="policy-gates">
      <Note tone={enforced ? "unknown" : "wait"}>{t(enforced ? "policy.quotas_note" : "policy.quotas_off")}</Note>
      {document.groups.map((group) => (
        <fieldset key={group.id} className="card quota" disabled={!edit} data-group={group.id}>
          <div>
            <h2>{group.name}</h2>
            <p className="quiet">{word("group_kind", group.kind)}</p>
          </div>
          <NumberField word={t("groups.person_quota")} value={group.person_quota} placeholder={t("policy.no_limit")} onChange={(person_quota) => set(group.id, { person_quota })} />
          <NumberField word={t("groups.vehicle_quota")} value={group.vehicle_quota} placeholder={t("policy.no_limit")} onChange={(vehicle_quota) => set(group.id, { vehicle_quota })} />
        </fieldset>
      ))}
    </div>
  );
}
