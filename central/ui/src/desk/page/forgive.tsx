import { useMutation, useQueryClient } from "@tanstack/react-query";
import { whyOf } from "../acts/errors";
import { desk } from "../api/client";
import { keys } from "../api/queries";
import type { InsideView } from "../api/types";
import { ReasonSheet } from "../dialogs/reason-sheet";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";

/** A supervisor forgives anti-passback for somebody who is not at the lane. */
export function Forgive({ of, onClose }: { of: InsideView | null; onClose: () => void }) {
  const { t } = useText();
  const { lane, gate } = useDesk();
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: ({ subject, reason, note }: { subject: string; reason: string; note: string }) =>
      desk.act(lane?.id ?? gate.lanes[0].id, { act: "forgive", subject, reason, ...(note && { note }) }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.inside(gate.area) });
      onClose();
    },
  });
  return (
    <ReasonSheet
      open={of !== null}
      title={`${t("act.forgive")}: ${of?.label ?? ""}`}
      act="forgive"
      busy={send.isPending}
      problem={send.error ? t("dialog.failed", { why: whyOf(send.error, t) }) : null}
      onClose={onClose}
      onReason={(reason, note) => of && send.mutate({ subject: of.subject, reason, note })}
    />
  );
}
