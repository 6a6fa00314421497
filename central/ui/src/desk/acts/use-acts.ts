import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { desk } from "../api/client";
import { useReasons } from "../api/queries";
import type { ActRequest, CaseView, GuardAct, LaneView, Reasons, ReasonText, Verdict } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { nameOf } from "../state/view";
import { whyOf } from "./errors";
import { askedReasons, overrides, plainReason, remedyOf, spaceAct } from "./rules";

/** A case must have been on the screen for so long before a key may act on it: eyes are slower than queues. */
const SEEN_MS = 450;

export interface Picking {
  act: GuardAct;
  lane: string;
  access: string | null;
  reasons: ReasonText[];
  /** The machine's answer that it goes against. */
  against: Verdict | null;
}

export interface Message {
  tone: "done" | "problem" | "info";
  text: string;
}

interface Sent {
  lane: string;
  request: ActRequest;
  what: string | null;
}

export interface Acts {
  picking: Picking | null;
  busy: GuardAct | null;
  message: Message | null;
  note: string;
  setNote: (note: string) => void;
  choose: (code: string) => void;
  cancel: () => void;
  decide: (verdict: Verdict) => void;
  remedy: () => void;
  space: () => void;
  open: () => void;
  say: (message: Message | null) => void;
}

/** Since when the case at the lane has been on the screen. */
function useSeen(access: string | null): () => boolean {
  const seen = useRef({ access, at: 0 });
  useEffect(() => {
    seen.current = { access, at: performance.now() };
  }, [access]);
  return () => seen.current.access === access && performance.now() - seen.current.at >= SEEN_MS;
}

/** Everything the guard does at the lane on watch: recorded first, then done; a reason only against the machine's answer. */
export function useActs(): Acts {
  const { t } = useText();
  const { lane, online } = useDesk();
  const { data: reasons, refetch } = useReasons();
  const [picking, setPicking] = useState<Picking | null>(null);
  const [message, say] = useState<Message | null>(null);
  const [note, setNote] = useState("");
  const access = lane?.current?.access ?? null;
  const seen = useSeen(access);

  const send = useMutation({
    mutationFn: ({ lane: where, request }: Sent) => desk.act(where, request),
    onSuccess: (_, { request, what }) => {
      setNote("");
      const act = t(`act.${request.act}`);
      say({ tone: "done", text: what ? t("keys_row.recorded_for", { act, what }) : t("keys_row.recorded", { act }) });
    },
    onError: (error) => say({ tone: "problem", text: t("keys_row.failed", { why: whyOf(error, t) }) }),
  });

  // The case that a reason is being chosen for went away: nothing is recorded for the one that came after it.
  if (picking?.access && picking.access !== access) {
    setPicking(null);
    say({ tone: "info", text: t("keys_row.changed") });
  }
  useEffect(() => {
    if (message?.tone !== "done") return undefined;
    const timer = setTimeout(() => say(null), 6_000);
    return () => clearTimeout(timer);
  }, [message]);

  const refused = (): boolean => {
    if (!online) say({ tone: "problem", text: t("keys_row.offline") });
    return !online || !lane || send.isPending;
  };
  const dispatch = (where: LaneView, act: GuardAct, reason: string | null, of: CaseView | null) => {
    if (reason === null) return say({ tone: "problem", text: t("keys_row.no_reasons") });
    setPicking(null);
    say(null);
    const request: ActRequest = { act, reason, ...(of && { access: of.access }), ...(note.trim() && { note: note.trim() }) };
    send.mutate({ lane: where.id, request, what: of ? nameOf(of) : null });
  };
  const pick = (where: LaneView, act: GuardAct, choice: ReasonText[], of: CaseView | null, against: Verdict | null) => {
    if (choice.length === 0) return say({ tone: "problem", text: t("keys_row.no_reasons") });
    say(null);
    setPicking({ act, lane: where.id, access: of?.access ?? null, reasons: choice, against });
  };
  /** A key that comes before the reasons have is not lost: it waits for them. */
  const withReasons = (then: (where: LaneView, known: Reasons) => void) => {
    if (refused() || !lane) return;
    if (reasons) return then(lane, reasons);
    void refetch().then(({ data }) => (data ? then(lane, data) : say({ tone: "problem", text: t("keys_row.no_reasons") })));
  };
  const withCase = (then: (where: LaneView, of: CaseView, known: Reasons) => void) => {
    const of = lane?.current;
    if (refused()) return;
    if (!of) return say({ tone: "info", text: t("keys_row.nothing") });
    if (!seen()) return say({ tone: "info", text: t("case.just_changed") });
    withReasons((where, known) => then(where, of, known));
  };

  return {
    picking, busy: send.isPending ? send.variables.request.act : null, message, note, setNote, say,
    cancel: () => setPicking(null),
    choose: (code) => {
      if (!picking || !lane || refused()) return;
      dispatch(lane, picking.act, code, picking.access ? lane.current : null);
    },
    decide: (verdict) =>
      withCase((where, of, known) =>
        overrides(of, verdict) ? pick(where, verdict, askedReasons(known, verdict), of, of.answer) : dispatch(where, verdict, plainReason(known, verdict), of),
      ),
    remedy: () =>
      withCase((where, of, known) => {
        const act = remedyOf(of);
        if (!act) return;
        // What was looked at, or who came along, is not for the desk to guess: one more key where there is a choice.
        const choice = askedReasons(known, act);
        if (choice.length > 1) pick(where, act, choice, of, null);
        else dispatch(where, act, plainReason(known, act), of);
      }),
    space: () => withReasons((where, known) => dispatch(where, spaceAct(where), plainReason(known, spaceAct(where)), null)),
    open: () => withReasons((where, known) => pick(where, "open", askedReasons(known, "open"), null, null)),
  };
}
