import { History } from "lucide-react";
import { Empty } from "../../ui/states";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { CaseRow } from "./row";

/** The newest decisions that are over. */
export function Recent({ onOpen }: { onOpen: (access: string) => void }) {
  const { t } = useText();
  const { view, gate } = useDesk();
  const own = view.recent.filter((of) => gate.lanes.some((lane) => lane.id === of.lane));
  if (own.length === 0) return <Empty icon={History} title={t("side.recent_empty")} />;
  return (
    <ol className="rows">
      {own.map((of) => (
        <li key={of.access}>
          <CaseRow of={of} onOpen={onOpen} />
        </li>
      ))}
    </ol>
  );
}
