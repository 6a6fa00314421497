import { CalendarClock, CircleCheck, Clock3 } from "lucide-react";
import { useEffect, useRef } from "react";
import { clock } from "../../format/time";
import { Empty } from "../../ui/states";
import { Plate } from "../../ui/plate";
import { useExpected } from "../api/queries";
import type { ExpectedView } from "../api/types";
import { useText } from "../i18n";
import { useAgentNow, useDesk } from "../state/provider";
import { spanText } from "./span";
import { Problem, StaleList, Waiting } from "./list-states";

/** Visitors of the next hour and those who are late. */
export function Expected() {
  const { t } = useText();
  const { gate } = useDesk();
  const query = useExpected(gate.id);
  const { refetch } = query;
  // The number in the state changes when somebody came or was added: the list is read again then.
  const known = useRef(gate.expected);
  useEffect(() => {
    if (known.current !== gate.expected) void refetch();
    known.current = gate.expected;
  }, [gate.expected, refetch]);
  if (!query.data) return query.error ? <Problem error={query.error} retry={() => void refetch()} /> : <Waiting />;
  if (query.data.length === 0) return <Empty icon={CalendarClock} title={t("side.expected_empty")} hint={t("side.expected_hint")} />;
  return (
    <>
      <StaleList query={query} />
      <ol className="rows">
        {query.data.map((each) => (
          <ExpectedRow key={each.entry} of={each} />
        ))}
      </ol>
    </>
  );
}

function ExpectedRow({ of }: { of: ExpectedView }) {
  const { t } = useText();
  const late = (useAgentNow(10_000) - Date.parse(of.expected_at)) / 1000;
  return (
    <li className={`row row-still ${of.arrived ? "row-done" : ""}`} data-expected={of.entry}>
      <span className="row-time">{clock(of.expected_at).slice(0, 5)}</span>
      <span className="row-main">
        <b>{of.label}</b>
        {of.plate && <Plate display={of.plate} lines={1} size="s" />}
      </span>
      <span className="row-why">
        {of.group}
        {of.arrived ? (
          <span className="row-verdict tone-admit"><CircleCheck aria-hidden="true" />{t("side.arrived")}</span>
        ) : late > 60 ? (
          <span className="row-verdict tone-wait"><Clock3 aria-hidden="true" />{t("side.late", { time: spanText(t, late) })}</span>
        ) : null}
      </span>
    </li>
  );
}
