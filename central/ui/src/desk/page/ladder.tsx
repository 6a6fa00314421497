import { CircleAlert, CircleCheck, ChevronDown, FileText } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { whole } from "../../format/numbers";
import { pick } from "../../i18n";
import { useLadder } from "../api/queries";
import { LADDER_STEPS, type LadderStep } from "../api/types";
import { hasText, useText } from "../i18n";
import { useDesk } from "../state/provider";

const TONES: Record<LadderStep, string> = { full: "admit", centre_lost: "wait", camera_lost: "wait", reader_lost: "wait", by_hand: "deny" };

/** Where the gate stands between whole and paper, what still works there, and the number of the form. */
export function Ladder() {
  const { t, language } = useText();
  const { view, gate, online } = useDesk();
  const [open, setOpen] = useState(false);
  const fallen = gate.lanes.filter((lane) => lane.step !== "full");
  // The desk names the lowest step of all lanes; a guard of one gate needs that gate's.
  const step = fallen.reduce<LadderStep>((lowest, lane) => (LADDER_STEPS.indexOf(lane.step) > LADDER_STEPS.indexOf(lowest) ? lane.step : lowest), gate.lanes.length > 0 ? "full" : view.step);
  const Icon = step === "full" ? CircleCheck : CircleAlert;
  const some = fallen.length > 0 && fallen.length < gate.lanes.length;
  // What works is not known while nobody answers: the banner says what to do then.
  if (!online) return null;
  return (
    <section className={`ladder tone-${TONES[step]}`} aria-label={t("ladder.label")} data-step={step}>
      <ol className="ladder-steps" aria-hidden="true">
        {LADDER_STEPS.map((each) => (
          <li key={each} className={each === step ? "ladder-now" : ""}>
            {t(`ladder.step.${each}`)}
          </li>
        ))}
      </ol>
      <p className="ladder-says" role="status">
        <Icon aria-hidden="true" />
        <b>{t(`ladder.step.${step}`)}</b>
        <span className="ladder-works">
          {some && `${fallen.map((lane) => pick(language, lane.name_vi, lane.name_en)).join(", ")}: `}
          {t(`ladder.works.${step}`)}
        </span>
        {view.queued > 0 && <span className="ladder-queued">{t("header.queued", { count: view.queued, n: whole(view.queued, language) })}</span>}
        {step !== "full" && <Form number={view.paper_form} />}
      </p>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger className="ladder-more" aria-label={t("ladder.show")}>
          <ChevronDown aria-hidden="true" />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className="ladder-card" align="end" sideOffset={4} collisionPadding={8} data-modal="true">
            <Steps step={step} open={open} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </section>
  );
}

function Form({ number }: { number: string | null }) {
  const { t } = useText();
  return (
    <span className="ladder-form">
      <FileText aria-hidden="true" />
      {number ? t("ladder.form", { form: number }) : t("ladder.no_form")}
    </span>
  );
}

function Steps({ step, open }: { step: LadderStep; open: boolean }) {
  const { t, language } = useText();
  const { gate, view } = useDesk();
  const { data } = useLadder(open);
  return (
    <>
      <h2>{t("ladder.title")}</h2>
      <ol className="ladder-list">
        {LADDER_STEPS.map((each) => (
          <li key={each} className={`tone-${TONES[each]} ${each === step ? "ladder-list-now" : ""}`}>
            <b>{t(`ladder.step.${each}`)}</b>
            <span>{t(`ladder.works.${each}`)}</span>
          </li>
        ))}
      </ol>
      {gate.lanes.map((lane) => {
        const works = data?.lanes.find((each) => each.lane === lane.id)?.works ?? [];
        return (
          <p key={lane.id} className="ladder-lane">
            <b>{t("ladder.lane", { lane: pick(language, lane.name_vi, lane.name_en), step: t(`ladder.step.${lane.step}`) })}</b>
            {works.length > 0 && <span>{works.map((code) => (hasText(`ladder.part.${code}`) ? t(`ladder.part.${code}` as "ladder.part.list") : code)).join(", ")}</span>}
          </p>
        );
      })}
      <Form number={view.paper_form} />
    </>
  );
}
