import type { CaseState } from "../../api/case-types";
import type { Tone } from "../../format/verdict";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";

const TONES: Record<CaseState, Tone> = { detected: "unknown", screened: "wait", review_1: "wait", review_2: "possible", review_3: "possible", confirmed: "admit", rejected: "deny", inadmissible: "unknown", duplicate: "unknown", voided: "deny", expired: "unknown" };

export function CaseBadge({ state, size = "s" }: { state: CaseState; size?: "s" | "m" }) {
  const word = useWord();
  return (
    <Badge tone={TONES[state] ?? "unknown"} size={size}>
      {word("case_state", state)}
    </Badge>
  );
}
