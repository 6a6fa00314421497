import { CircleCheck, TriangleAlert } from "lucide-react";
import type { Loss } from "../api/types";
import { isWhole, lossPhrases } from "../format/gate";
import { usePhrase, useSay } from "./words";

/** What is missing from a figure, in words: `0 lost, 14 late, camera 2 offline 3 min`. */
export function LossNote({ loss }: { loss: Loss }) {
  const phrase = usePhrase();
  const say = useSay();
  const whole = isWhole(loss);
  return (
    <span className={`loss ${whole ? "" : "loss-some"}`} data-testid="loss">
      {whole ? <CircleCheck aria-hidden="true" /> : <TriangleAlert aria-hidden="true" />}
      <span>{say(loss.note_vi, loss.note_en) || lossPhrases(loss).map(phrase).join(", ")}</span>
    </span>
  );
}
