import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { CaseDetail, Played } from "../../api/case-types";
import { caseKeys, casesApi } from "../../api/cases";
import { ApiError } from "../../api/client";
import { type ClaimState, joined } from "./decide";

const LEASE_MS = 600_000;
/** A lease that ends sooner is asked for again while one works. */
const RENEW_MS = 180_000;
const TELL_EVERY_MS = 1_500;
/** Less of the clip than this is only its first picture. */
const STILL_MS = 250;

export interface Decision {
  decision: "approve" | "reject" | "escalate";
  behaviour?: string;
  reason?: string;
  note?: string;
}

/** One case in the hands of one reviewer: the lease, what was looked at, the decision. Nothing that was typed hangs on any of them. */
export function useWork(detail: CaseDetail, onDecided: (decision: Decision) => void) {
  const client = useQueryClient();
  const id = detail.id;
  const [claim, setClaim] = useState<ClaimState>({ is: "none" });
  const [played, setPlayed] = useState<Played>(detail.review.played);
  /** What was shown here, ahead of what central has counted of it. */
  const [shown, setShown] = useState({ ms: 0, pictures: 0 });
  const looked = useRef({ ms: 0, pictures: [] as readonly string[], told: 0, toldAt: 0 });
  const latest = useRef(claim);
  useEffect(() => {
    latest.current = claim;
  });
  const refresh = useCallback(() => client.invalidateQueries({ queryKey: caseKeys.one(id) }), [client, id]);

  const take = useCallback(async (): Promise<boolean> => {
    if (latest.current.is === "held" && latest.current.until - Date.now() > RENEW_MS) return true;
    const renewing = latest.current.is === "held";
    if (!renewing) setClaim({ is: "asking" });
    try {
      const answer = await casesApi.claim(id);
      const until = answer?.until ? Date.parse(answer.until) : Date.now() + LEASE_MS;
      const next: ClaimState = { is: "held", until };
      latest.current = next;
      setClaim(next);
      return true;
    } catch (error) {
      if (renewing) return true;
      const detail = error instanceof ApiError ? error.detail || error.code : "";
      setClaim(error instanceof ApiError && error.unreachable ? { is: "none" } : { is: "refused", detail });
      return false;
    }
  }, [id]);

  const giveBack = useCallback(async () => {
    if (latest.current.is !== "held") return;
    latest.current = { is: "none" };
    setClaim({ is: "none" });
    // Where central does not hear it, the lease ends by itself.
    await casesApi.release(id).catch(() => undefined);
  }, [id]);

  // A lease that has run out is said, and the decision keys rest until it is taken again.
  useEffect(() => {
    if (claim.is !== "held") return undefined;
    const timer = setTimeout(() => setClaim({ is: "lost" }), Math.max(0, claim.until - Date.now()));
    return () => clearTimeout(timer);
  }, [claim]);
  // Going to another case without a decision lets others have this one.
  useEffect(() => () => void giveBack(), [giveBack]);

  const tell = useCallback(async () => {
    const now = looked.current;
    if (now.ms === now.told && now.toldAt > 0) return;
    now.toldAt = Date.now();
    now.told = now.ms;
    try {
      const answer = await casesApi.played(id, now.ms, [...now.pictures]);
      const counted = answer?.played ?? answer;
      if (typeof counted?.seen_ms === "number") setPlayed((old) => ({ ...old, ...counted }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setClaim({ is: "lost" });
      // Otherwise it is told again with what is looked at next.
      now.told = -1;
    }
  }, [id]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const seen = useCallback(
    (ms: number, pictures: readonly string[]) => {
      const more = pictures.length > looked.current.pictures.length;
      looked.current.ms = ms;
      looked.current.pictures = pictures;
      // The first frame that the browser shows by itself is no look at the case.
      if (ms < STILL_MS && pictures.length === 0) return;
      if (more) looked.current.told = -1;
      setShown((old) => (more || ms - old.ms > 200 || ms < old.ms ? { ms, pictures: pictures.length } : old));
      if (timer.current) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        void take().then((mine) => (mine ? tell() : undefined));
      }, looked.current.toldAt === 0 ? 0 : TELL_EVERY_MS);
    },
    [take, tell],
  );
  useEffect(() => () => clearTimeout(timer.current), []);

  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      await take();
      if (looked.current.ms !== looked.current.told && looked.current.ms > 0) await tell();
      return casesApi.review(id, { ...decision, round: detail.review.round });
    },
    onSuccess: (_, decision) => {
      latest.current = { is: "none" };
      onDecided(decision);
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.status !== 409) return;
      if (error.code === "not_your_turn" || error.code === "stale" || error.code === "lease_lost") setClaim({ is: "lost" });
      void refresh();
    },
  });

  return { claim, take, giveBack, played: joined({ ...played, ...joined(detail.review.played, played.seen_ms, played.pictures_seen) }, shown.ms, shown.pictures), seen, decide, refresh };
}

export type Work = ReturnType<typeof useWork>;
