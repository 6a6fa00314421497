import type { ReactNode } from "react";
import { clock } from "../../format/time";
import { Plate } from "../../ui/plate";
import { Badge } from "../../ui/verdict";
import type { CaseView } from "../api/types";
import { useText } from "../i18n";
import { CasePicture } from "../page/case-picture";
import { useDesk } from "../state/provider";
import { nameOf, saysWho, wordOf } from "../state/view";
import { Sheet } from "./sheet";

/** Everything the desk knows of one decision, wherever it stands now. */
export function DetailDialog({ access, onClose }: { access: string | null; onClose: () => void }) {
  const { t } = useText();
  const { view } = useDesk();
  const all = [...view.gates.flatMap((gate) => gate.lanes.flatMap((lane) => [...(lane.current ? [lane.current] : []), ...lane.queue])), ...view.recent];
  const of = access ? all.find((each) => each.access === access) : undefined;
  return (
    <Sheet open={of !== undefined} title={t("detail.title")} onClose={onClose}>
      {of && <Detail of={of} />}
    </Sheet>
  );
}

function Detail({ of }: { of: CaseView }) {
  const { t } = useText();
  const who = saysWho(of);
  const rows: [string, ReactNode][] = [
    [t("detail.final"), <Badge key="v" tone={of.verdict}>{t(`verdict.${of.verdict}`)}</Badge>],
    [t("detail.decided"), <Badge key="a" tone={of.answer} size="s">{t(`verdict.${of.answer}`)}</Badge>],
    [t("detail.who"), of.actor.by === "guard" ? of.actor.user : t("detail.agent")],
    [t("detail.reason"), t(`reason.${of.reason}`)],
    [t("detail.shown"), of.person ? [t(`shown.${of.person.shown}`), of.person.label].filter(Boolean).join(" · ") : null],
    [t("detail.trust"), of.person?.trust ? t(`trust.${of.person.trust}`) : null],
    [t("detail.group"), who ? of.group : null],
    [t("detail.rule"), who ? of.rule : null],
    [t("detail.outcome"), t(`outcome.${of.outcome}`)],
    [t("detail.since"), clock(of.since)],
    [t("detail.ended"), of.ended_at ? clock(of.ended_at) : null],
    [t("detail.list"), `v${of.list_version}`],
  ];
  return (
    <div className="detail">
      <p className="detail-what">
        {of.plate ? <Plate display={of.plate.display} kind={of.plate.kind} colour={of.plate.colour} lines={of.plate.lines === 2 ? 2 : 1} size="l" /> : <b>{nameOf(of) ?? t(wordOf(of))}</b>}
        {who && of.label && <span>{of.label}</span>}
      </p>
      <CasePicture of={of} large />
      <dl className="facts">
        {rows.map(([word, value]) =>
          value ? (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </div>
  );
}
