import { useMutation } from "@tanstack/react-query";
import { pick } from "../../i18n";
import { whyOf } from "../acts/errors";
import { desk } from "../api/client";
import type { ActRequest } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { ReasonSheet } from "./reason-sheet";

type Sent = ActRequest & { at: string };

interface Props {
  open: boolean;
  onClose: () => void;
  onDone: (text: string) => void;
}

/** Opens the lane on watch for an emergency, or ends that. The key and a reason: two presses, neither by accident. */
export function EmergencyDialog({ open, onClose, onDone }: Props) {
  const { t, language } = useText();
  const { lane } = useDesk();
  const name = lane ? pick(language, lane.name_vi, lane.name_en) : "";
  const ending = lane?.emergency ?? false;
  const act = ending ? "emergency_end" : "emergency_open";
  const send = useMutation({
    mutationFn: ({ at, ...request }: Sent) => desk.act(at, request),
    // By what was sent: the lane's new state may have come before this answer.
    onSuccess: (_, sent) => {
      onDone(t(sent.act === "emergency_end" ? "emergency.ended" : "emergency.done", { lane: name }));
      onClose();
    },
  });
  return (
    <ReasonSheet
      open={open && lane !== null}
      title={t(ending ? "emergency.end_title" : "emergency.title", { lane: name })}
      act={act}
      warning={t(ending ? "emergency.end_warn" : "emergency.warn")}
      busy={send.isPending}
      problem={send.error ? t("dialog.failed", { why: whyOf(send.error, t) }) : null}
      onClose={onClose}
      onReason={(reason, note) => lane && send.mutate({ at: lane.id, act, reason, ...(note && { note }) })}
    />
  );
}
