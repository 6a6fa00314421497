import { Badge } from "../../ui/verdict";
import { useSay } from "../../ui/words";
import { stateTone } from "./station";

export function HandlingBadge({ row, size = "s" }: { row: { state: string; state_vi: string; state_en: string }; size?: "s" | "m" | "l" }) {
  const say = useSay();
  return (
    <Badge tone={stateTone(row.state)} size={size}>
      {say(row.state_vi, row.state_en) || row.state}
    </Badge>
  );
}
