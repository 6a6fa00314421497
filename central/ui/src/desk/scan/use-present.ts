import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { whyOf } from "../acts/errors";
import { desk, DeskError } from "../api/client";
import type { PresentRequest } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { classifyScan, otherKinds } from "./classify";

export interface PresentMessage {
  tone: "done" | "problem" | "info";
  text: string;
  /** The same text as other kinds, when the guess was refused. */
  others?: PresentRequest[];
}

export interface Present {
  busy: boolean;
  message: PresentMessage | null;
  dismiss: () => void;
  /** A scan or a text of the scan field. True if it was sent. */
  scan: (text: string) => boolean;
  torn: () => void;
  send: (request: PresentRequest) => Promise<boolean>;
}

/** What the lane is shown, by whatever way it comes. `onNumber`: a card's number came alone. */
export function usePresent(onNumber: (number: string) => void): Present {
  const { t } = useText();
  const { lane, online } = useDesk();
  const [message, setMessage] = useState<PresentMessage | null>(null);
  const shownOf = (request: PresentRequest) =>
    request.shown === "plate" ? t("entry.plate") : t(`shown.${request.shown === "typed_card" ? "card" : request.shown}`);

  const send = useMutation({
    mutationFn: ({ at, request }: { at: string; request: PresentRequest }) => desk.present(at, request),
    onSuccess: ({ asking }, { request }) => setMessage({ tone: "done", text: t(asking ? "scan.asking" : "scan.received", { shown: shownOf(request) }) }),
    onError: (error, { request }) => {
      const unknown = error instanceof DeskError && error.code === "unknown_pass" && request.shown === "pass";
      setMessage({ tone: "problem", text: t("scan.refused", { why: whyOf(error, t) }), others: unknown ? otherKinds(request.text).slice(1) : undefined });
    },
  });
  useEffect(() => {
    if (message?.tone !== "done") return undefined;
    const timer = setTimeout(() => setMessage(null), 5_000);
    return () => clearTimeout(timer);
  }, [message]);

  const present = async (request: PresentRequest): Promise<boolean> => {
    if (!lane) return false;
    if (!online) {
      setMessage({ tone: "problem", text: t("scan.offline") });
      return false;
    }
    try {
      await send.mutateAsync({ at: lane.id, request });
      return true;
    } catch {
      return false; // said by onError
    }
  };
  return {
    busy: send.isPending,
    message,
    dismiss: () => setMessage(null),
    send: present,
    torn: () => setMessage({ tone: "problem", text: t("scan.broken") }),
    scan: (text) => {
      const scan = classifyScan(text);
      if (scan.kind === "number") {
        setMessage({ tone: "info", text: t("scan.number_only") });
        onNumber(scan.number);
        return true;
      }
      void present(scan.request);
      return online;
    },
  };
}
