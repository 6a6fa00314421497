import { ScrollText } from "lucide-react";
import { useState } from "react";
import { clock } from "../../format/time";
import { useShift } from "../api/queries";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";

const SEEN = "vg.desk.note-seen";

/** What the last shift left, until it was seen by whoever is on duty now. */
export function HandoverNote() {
  const { t } = useText();
  const { session, gate } = useDesk();
  const { data } = useShift(gate.id);
  const [seen, setSeen] = useState(() => localStorage.getItem(SEEN));
  const last = data?.notes.find((each) => each.note && each.to === session.user);
  if (!last || seen === last.at) return null;
  return (
    <div className="handover" data-testid="handover">
      <p>
        <ScrollText aria-hidden="true" />
        <b>
          {t("side.handover")} · {last.from} · {clock(last.at).slice(0, 5)}
        </b>
      </p>
      <p>{last.note}</p>
      <button
        type="button"
        className="button"
        onClick={() => {
          localStorage.setItem(SEEN, last.at);
          setSeen(last.at);
        }}
      >
        {t("side.seen")}
      </button>
    </div>
  );
}
