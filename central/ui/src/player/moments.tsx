import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../api/case-types";
import { Picture } from "../ui/picture";
import { useWord } from "../ui/words";
import { LampWord } from "./lamp";

interface Props {
  detail: CaseDetail;
  chosen: number | null;
  seen: ReadonlySet<string>;
  onChoose: (at: number) => void;
}

/** The pictures of the act, one per moment, with what the signal showed; a tick on those that were looked at. */
export function MomentStrip({ detail, chosen, seen, onChoose }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  return (
    <ol className="moments" aria-label={t("player.moments")}>
      {detail.moments.map((moment, at) => {
        const file = detail.evidence.find(({ sha256 }) => sha256 === moment.evidence);
        return (
          <li key={moment.what + moment.at}>
            <button type="button" className="moment" aria-pressed={chosen === at} onClick={() => onChoose(at)} onMouseDown={(event) => event.preventDefault()} data-moment={moment.what}>
              <Picture sha256={moment.evidence} alt="" size={null} eager lost={file ? !file.present : false} />
              <span className="moment-words">
                <b>
                  <kbd>{at + 1}</kbd> {word("moment", moment.what)}
                </b>
                {moment.signal && <LampWord state={moment.signal.state} flashing={moment.signal.flashing} />}
              </span>
              {moment.evidence && seen.has(moment.evidence) && (
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
