import { useTranslation } from "react-i18next";
import { useGates } from "../../api/gate-queries";
import type { NewUser } from "../../api/types";
import { Check, Field } from "../../ui/field";
import { useName } from "../../ui/words";
import { GateChecks } from "../members/member-dialog";

interface Props {
  user: NewUser;
  trouble?: string;
  set: (change: Partial<NewUser>) => void;
}

/** What a guard needs to work at a gate's desk, which knows the PIN also while central is away. */
export function DeskFields({ user, trouble, set }: Props) {
  const { t } = useTranslation();
  const name = useName();
  const gates = (useGates("").data ?? []).filter((gate) => user.sites.includes(gate.site));
  return (
    <>
      <Field word={t("admin.desk_pin")} trouble={trouble} hint={t("admin.desk_pin_hint")}>
        <input type="password" inputMode="numeric" maxLength={12} autoComplete="new-password" value={user.desk_pin ?? ""} onChange={(event) => set({ desk_pin: event.target.value })} />
      </Field>
      {user.desk_pin && (
        <>
          <Check word={t("admin.desk_supervisor")} hint={t("admin.desk_supervisor_hint")} checked={user.desk_supervisor ?? false} onChange={(desk_supervisor) => set({ desk_supervisor })} />
          {gates.length > 1 && <GateChecks gates={gates.map((gate) => ({ id: gate.id, label: name(gate) }))} value={user.desk_gates ?? []} onChange={(desk_gates) => set({ desk_gates })} />}
        </>
      )}
    </>
  );
}
