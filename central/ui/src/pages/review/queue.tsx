import { ArrowUp, ShieldAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CaseRow } from "../../api/case-types";
import { percent } from "../../format/numbers";
import { useUser } from "../../shell/user";
import { DueBar } from "../../ui/due";
import { Picture } from "../../ui/picture";
import { Empty, Skeleton } from "../../ui/states";
import { Age } from "../../ui/time";
import { useSay } from "../../ui/words";
import type { HeldRow } from "./held";

interface Props {
  rows: HeldRow<CaseRow>[];
  waiting: number;
  current: string;
  loading: boolean;
  onShow: () => void;
  onOpen: (id: string) => void;
}

/** Cases that wait for a person: deadline, kind, score, age. The plate is not among it: it is to be read from the picture. */
export function Queue({ rows, waiting, current, loading, onShow, onOpen }: Props) {
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
          <QueueRow key={row.id} row={row} gone={gone} current={row.id === current} onOpen={onOpen} />
        ))}
      </ol>
    </>
  );
}

function QueueRow({ row, gone, current, onOpen }: { row: CaseRow; gone: boolean; current: boolean; onOpen: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const me = useUser().username;
  return (
    <li className={`queue-row ${gone ? "queue-gone" : ""}`}>
      <button type="button" onClick={() => onOpen(row.id)} aria-current={current ? "true" : undefined} disabled={gone} data-item data-case={row.id} data-number={row.number}>
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
          <DueBar due={row.due} />
        </span>
      </button>
    </li>
  );
}
