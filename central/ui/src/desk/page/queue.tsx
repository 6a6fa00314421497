import { UsersRound } from "lucide-react";
import { pick } from "../../i18n";
import { Empty } from "../../ui/states";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { CaseRow } from "./row";

/** Who waits behind, lane by lane. */
export function Queue({ onOpen }: { onOpen: (access: string) => void }) {
  const { t, language } = useText();
  const { gate } = useDesk();
  const lanes = gate.lanes.filter((lane) => lane.queue.length > 0);
  if (lanes.length === 0) return <Empty icon={UsersRound} title={t("side.queue_empty")} />;
  return (
    <>
      {lanes.map((lane) => (
        <section key={lane.id}>
          <h3 className="side-head">
            {pick(language, lane.name_vi, lane.name_en)} <span>{t("side.queue_n", { count: lane.queue.length, n: lane.queue.length })}</span>
          </h3>
          <ol className="rows">
            {lane.queue.map((of) => (
              <li key={of.access}>
                <CaseRow of={of} onOpen={onOpen} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}
