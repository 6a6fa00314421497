import { ArrowUp, LockKeyhole, ShieldAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CaseRow } from "../../api/case-types";
import { percent } from "../../format/numbers";
import { useUser } from "../../shell/user";
import { DueBar } from "../../ui/due";
import { Picture } from "../../ui/picture";
import { Empty, Skeleton } from "../../ui/states";
import { Age } from "../../ui/time";
import { useSay, useWord } from "../../ui/words";
import type { HeldRow } from "./held";

interface Props {
  rows: HeldRow<CaseRow>[];
  waiting: number;
  current: string;
  /** Why this account cannot take a case, where it is known. */
  closed: ReadonlyMap<string, string>;
  loading: boolean;
  onShow: () => void;
  onOpen: (id: string) => void;
}

/** Cases that wait for a person: deadline, kind, score, age. The plate is not among it: it is to be read from the picture. */
export function Queue({ rows, waiting, current, closed, loading, onShow, onOpen }: Props) {
  const { t } = useTranslation();
  if (loading) return <Skeleton count={6} shape="row" />;
  return (
    <>
      {waiting > 0 && (
        <button type="button" className="button queue-waiting" onClick={onShow} data-testid="waiting">
          <ArrowUp aria-hidden="true" />
          {t("review.waiting", { count: waiting })} <kbd>n</kbd>
        </button>
      )}
      {rows.length === 0 && <Empty icon={ShieldAlert} title={t("review.empty")} hint={t("review.empty_hint")} />}
      <ol className="queue-list" data-list="queue">
        {rows.map(({ row, gone }) => (
          <QueueRow key={row.id} row={row} gone={gone} current={row.id === current} why={closed.get(row.id) ?? null} onOpen={onOpen} />
        ))}
      </ol>
    </>
  );
}

function QueueRow({ row, gone, current, why, onOpen }: { row: CaseRow; gone: boolean; current: boolean; why: string | null; onOpen: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const me = useUser().username;
  const open = (pointed: boolean) => {
    // A click leaves the keys to the desk: the space bar plays the clip and does not press this button again.
    if (pointed && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    onOpen(row.id);
  };
  return (
    <li className={`queue-row ${gone ? "queue-gone" : ""} ${why ? "queue-closed" : ""}`}>
      <button type="button" onClick={(event) => open(event.detail > 0)} aria-current={current ? "true" : undefined} disabled={gone} data-item data-case={row.id} data-number={row.number}>
        <span className="queue-thumb">
          <Picture sha256={row.thumb} alt="" size={null} />
        </span>
        <span className="queue-words">
          <b>{say(row.kind_vi, row.kind_en)}</b>
          <span className="queue-place" title={say(row.place_vi, row.place_en)}>{say(row.place_vi, row.place_en)}</span>
          <span className="queue-facts">
            <span title={t("review.score")}>{percent(row.score, i18n.language)}</span>
            <span title={t("review.age")}>
              <Age at={row.at} />
            </span>
            {row.round > 1 && <span className="queue-round">{t("review.round", { n: row.round })}</span>}
            {row.assigned_to && !current && <span className="queue-taken">{t(row.assigned_to === me ? "review.mine_now" : "review.taken")}</span>}
            {gone && <span>{t("review.gone")}</span>}
          </span>
          {why && !gone && (
            <span className="queue-why" data-testid="queue-why">
              <LockKeyhole aria-hidden="true" /> {word("may_not", why)}
            </span>
          )}
          <DueBar due={row.due} />
        </span>
      </button>
    </li>
  );
}
