import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../api/case-types";
import { Picture } from "../ui/picture";
import { useWord } from "../ui/words";
import { LampWord } from "./lamp";
import type { Still } from "./stills";

interface Props {
  detail: CaseDetail;
  stills: readonly Still[];
  chosen: number | null;
  seen: ReadonlySet<string>;
  onChoose: (at: number) => void;
}

/** The pictures of the act, one per moment, with what the signal showed, then the wide view; a tick on those that were looked at. */
export function MomentStrip({ detail, stills, chosen, seen, onChoose }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  return (
    <ol className="moments" aria-label={t("player.moments")}>
      {stills.map(({ sha256, what, moment }, at) => {
        const file = detail.evidence.find((one) => one.sha256 === sha256);
        return (
          <li key={what + at}>
            <button type="button" className="moment" aria-pressed={chosen === at} onClick={() => onChoose(at)} onMouseDown={(event) => event.preventDefault()} data-moment={what}>
              <Picture sha256={sha256} alt="" size={null} eager lost={file ? !file.present : false} />
              <span className="moment-words">
                <b>
                  <kbd>{at + 1}</kbd> {word(moment ? "moment" : "still", what)}
                </b>
                {moment?.signal && <LampWord state={moment.signal.state} flashing={moment.signal.flashing} />}
              </span>
              {sha256 && seen.has(sha256) && (
                <span className="moment-seen">
                  <Check aria-hidden="true" />
                  <span className="sr-only">{t("player.seen")}</span>
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
