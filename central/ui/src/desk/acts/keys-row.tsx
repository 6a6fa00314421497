import { Ban, CircleCheck, CircleAlert, Clock3, DoorOpen, FileCheck2, Hand, Info, LoaderCircle, UserCheck, UserRoundCog, type LucideIcon } from "lucide-react";
import type { Verdict } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { ReasonPicker } from "./reason-picker";
import { remedyOf, type Remedy } from "./rules";
import type { Acts } from "./use-acts";

const VERDICT_KEYS: [Verdict, string, LucideIcon][] = [["admit", "1", CircleCheck], ["deny", "2", Ban], ["wait", "3", Clock3]];
const REMEDY_ICONS: Record<Remedy, LucideIcon> = { papers_checked: FileCheck2, escort: UserCheck, forgive: UserRoundCog };

/** The three keys, what goes with them, and what came of the last one. */
export function KeysRow({ acts }: { acts: Acts }) {
  const { t } = useText();
  const { lane, online, session } = useDesk();
  const current = lane?.current ?? null;
  const remedy = current && remedyOf(current);
  const forbidden = remedy === "forgive" && !session.supervisor;
  const locked = !online || acts.busy !== null;
  const RemedyIcon = remedy && REMEDY_ICONS[remedy];
  return (
    <div className="keys" data-busy={acts.busy ?? undefined}>
      {acts.picking ? (
        <ReasonPicker acts={acts} />
      ) : (
        <>
          <div className="keys-main" role="group" aria-label={t("keys_row.label")}>
            {VERDICT_KEYS.map(([verdict, key, Icon]) => (
              <button
                key={verdict}
                type="button"
                className={`key tone-${verdict}`}
                disabled={locked || !current}
                onClick={() => acts.decide(verdict)}
                data-key={key}
                aria-pressed={current?.verdict === verdict}
                aria-keyshortcuts={key}
              >
                <kbd>{key}</kbd>
                <Icon aria-hidden="true" />
                <span>{verdict === "admit" && (current?.direction === "out" || lane?.way === "out") ? t("verdict.admit_out") : t(`verdict.${verdict}`)}</span>
              </button>
            ))}
          </div>
          <div className="keys-more">
            {remedy && RemedyIcon && (
              <button type="button" className="button button-key" disabled={locked || forbidden} title={forbidden ? t("keys_row.supervisor") : undefined} onClick={acts.remedy} data-key="4" aria-keyshortcuts="4">
                <kbd>4</kbd>
                <RemedyIcon aria-hidden="true" />
                <span>{t(`act.${remedy}`)}</span>
              </button>
            )}
            <button type="button" className="button button-key" disabled={locked || !lane} onClick={acts.space} data-key="space" aria-pressed={lane?.held ?? false}>
              <kbd>Space</kbd>
              <Hand aria-hidden="true" />
              <span>{t(lane?.held ? "keys_row.release" : "keys_row.hold")}</span>
            </button>
            <button type="button" className="button button-key" disabled={locked || !lane} onClick={acts.open} data-key="F2" aria-keyshortcuts="F2">
              <kbd>F2</kbd>
              <DoorOpen aria-hidden="true" />
              <span>{t("keys_row.open")}</span>
            </button>
          </div>
        </>
      )}
      <ActMessage acts={acts} />
    </div>
  );
}

function ActMessage({ acts }: { acts: Acts }) {
  const { t } = useText();
  const { online } = useDesk();
  const { message, busy } = acts;
  const shown = busy ? { tone: "busy" as const, text: t("keys_row.sending", { act: t(`act.${busy}`) }) } : online ? message : { tone: "problem" as const, text: t("keys_row.offline") };
  const Icon = shown?.tone === "done" ? CircleCheck : shown?.tone === "busy" ? LoaderCircle : shown?.tone === "info" ? Info : CircleAlert;
  return (
    <div className="act-message" role={shown?.tone === "problem" ? "alert" : "status"} data-tone={shown?.tone ?? "none"}>
      {shown && (
        <>
          <Icon aria-hidden="true" />
          <span>{shown.text}</span>
        </>
      )}
    </div>
  );
}
