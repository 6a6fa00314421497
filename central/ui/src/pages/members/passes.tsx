import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, TicketX, Ticket } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { gateKeys, useGroups } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { MadePass, Pass } from "../../api/types";
import { dateTime } from "../../format/time";
import type { Tone } from "../../format/verdict";
import { mayKeepMembers } from "../../shell/places";
import { useAddress, useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Loaded } from "../../ui/loaded";
import { Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";
import { TextFilter } from "../../ui/text-filter";
import { NewPassDialog } from "./new-pass";
import { PassSlip } from "./pass-slip";

const TONE: Record<Pass["state"], Tone> = { active: "admit", used_up: "unknown", expired: "unknown", revoked: "deny", not_yet: "wait" };

/** Passes for visitors, contractors and drivers: for a time, or for so many times. */
export function PassesPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const client = useQueryClient();
  const [address, change] = useAddress();
  const q = address.get("q") ?? "";
  const query = useQuery({ queryKey: gateKeys.passes(site, q), queryFn: () => membersApi.passes(site, q), enabled: site !== "" });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadePass | null>(null);
  const revoke = useMutation({ mutationFn: (pass: Pass) => membersApi.removePass(pass.id), onSuccess: () => client.invalidateQueries({ queryKey: ["passes"] }) });
  const mayWrite = mayKeepMembers(user);
  const sure = (pass: Pass) => window.confirm(t("passes.revoke_sure", { label: pass.label })) && revoke.mutate(pass);
  return (
    <div className="page">
      <PageHead title={t("passes.title")} query={query} oneSite>
        <TextFilter value={q} onChange={(text) => change({ q: text })} word={t("passes.search")} />
        {mayWrite && (
          <button type="button" className="button button-primary" onClick={() => setMaking(true)}>
            <Plus aria-hidden="true" />
            {t("passes.add")}
          </button>
        )}
      </PageHead>
      <Refusal error={revoke.error} />
      <Loaded query={query} isEmpty={(page) => page.items.length === 0} empty={{ icon: Ticket, title: t("passes.empty") }}>
        {(page) => <Rows rows={page.items} onRevoke={mayWrite ? sure : undefined} />}
      </Loaded>
      {making && (
        <NewPassDialog
          site={site}
          onClose={() => setMaking(false)}
          onMade={(pass) => {
            setMaking(false);
            setMade(pass);
            void client.invalidateQueries({ queryKey: ["passes"] });
          }}
        />
      )}
      {made && <PassSlip made={made} onClose={() => setMade(null)} />}
    </div>
  );
}

function Rows({ rows, onRevoke }: { rows: Pass[]; onRevoke?: (pass: Pass) => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const { site } = useOneSite();
  const groups = useGroups(site).data ?? [];
  return (
    <div className="table-wrap">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("passes.label")}</th>
            <th scope="col">{t("passes.kind")}</th>
            <th scope="col">{t("inside.group")}</th>
            <th scope="col">{t("passes.valid")}</th>
            <th scope="col">{t("passes.uses")}</th>
            <th scope="col">{t("members.status")}</th>
            {onRevoke && <th scope="col" aria-label={t("passes.revoke")} />}
          </tr>
        </thead>
        <tbody>
          {rows.map((pass) => (
            <tr key={pass.id} data-pass={pass.id}>
              <td className="strong">
                {pass.label} {pass.plate && <code className="plate-text">{pass.plate}</code>}
              </td>
              <td>{word("pass_kind", pass.kind)}</td>
              <td>{groups.find((group) => group.id === pass.group)?.name ?? pass.group ?? "–"}</td>
              <td data-word={t("passes.valid")}>
                {dateTime(pass.valid_from).slice(0, 16)} – {dateTime(pass.valid_until).slice(0, 16)}
              </td>
              <td data-word={t("passes.uses")}>{pass.uses === null ? t("passes.any_times") : t("passes.used_of", { used: pass.used, uses: pass.uses })}</td>
              <td>
                <Badge tone={TONE[pass.state] ?? "unknown"} size="s">
                  {word("pass_state", pass.state)}
                </Badge>
              </td>
              {onRevoke && (
                <td className="table-number">
                  {(pass.state === "active" || pass.state === "not_yet") && (
                    <button type="button" className="button button-quiet" onClick={() => onRevoke(pass)}>
                      <TicketX aria-hidden="true" />
                      {t("passes.revoke")}
                    </button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
