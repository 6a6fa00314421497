import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { CaseDetail, Played } from "../../api/case-types";
import { caseKeys, casesApi } from "../../api/cases";
import { ApiError } from "../../api/client";
import { neededPictures } from "../../player/stills";
import { type ClaimState, joined } from "./decide";

const LEASE_MS = 600_000;
/** A lease that ends sooner is asked for again while one works. */
const RENEW_MS = 180_000;
const TELL_EVERY_MS = 1_500;
/** Less of the clip than this is only its first picture. */
const STILL_MS = 500;
/** Central counts no more than the time since the case was taken: what it did not count yet is told again after that time. */
const AGAIN_MS = 120;

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
  const looked = useRef({ ms: 0, pictures: [] as readonly string[], beside: new Set<string>(), told: 0, toldAt: 0 });
  const needed = useMemo(() => neededPictures(detail), [detail]);
  /** Pictures that count: those on the stage and those beside it, each once. */
  const pictures = useCallback(() => [...new Set([...looked.current.pictures, ...looked.current.beside])].filter((one) => needed.has(one)), [needed]);
  const since = useRef(0);
  const latest = useRef(claim);
  useEffect(() => {
    latest.current = claim;
  });
  const may = useRef(detail.review.may);
  useEffect(() => {
    may.current = detail.review.may;
  });
  const refresh = useCallback(() => client.invalidateQueries({ queryKey: caseKeys.one(id) }), [client, id]);
  // Earlier answers are shown to the senior whose turn it is, and only once the case is theirs.
  const opens = detail.review.round === 3 && detail.blind;

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
      if (!renewing) since.current = Date.now();
      if (!renewing && (opens || !may.current)) void refresh();
      return true;
    } catch (error) {
      if (renewing) return true;
      setClaim(error instanceof ApiError && !error.unreachable ? { is: "refused", code: error.code } : { is: "none" });
      return false;
    }
  }, [id, opens, refresh]);

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

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback(async () => {
    const now = looked.current;
    if (now.ms === now.told && now.toldAt > 0) return;
    now.toldAt = Date.now();
    now.told = now.ms;
    try {
      const counted = await casesApi.played(id, now.ms, pictures());
      setPlayed(counted);
      const short = Math.min(now.ms, counted.needed_ms) - counted.seen_ms;
      if (short <= 0) return;
      now.told = -1;
      clearTimeout(later.current);
      later.current = setTimeout(() => void tell(), short + AGAIN_MS);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setClaim({ is: "lost" });
      // Otherwise it is told again with what is looked at next.
      now.told = -1;
    }
  }, [id, pictures]);

  const seen = useCallback(
    (ms: number, stage: readonly string[]) => {
      const more = stage.length > looked.current.pictures.length;
      looked.current.ms = ms;
      looked.current.pictures = stage;
      // The first frame that the browser shows by itself is no look at the case.
      if (ms < STILL_MS && stage.length === 0) return;
      if (more) looked.current.told = -1;
      const count = pictures().length;
      setShown((old) => (more || count !== old.pictures || ms - old.ms > 200 || ms < old.ms ? { ms, pictures: count } : old));
      // Looking takes a case; one that this account cannot take is only looked at.
      if (timer.current || (latest.current.is !== "held" && !may.current)) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        void take().then((mine) => (mine ? tell() : undefined));
      }, looked.current.toldAt === 0 ? 0 : TELL_EVERY_MS);
    },
    [take, tell, pictures],
  );
  /** A picture that stands beside the stage was in sight. By itself it takes no case: it is told with what is looked at next. */
  const seenBeside = useCallback(
    (sha256: string) => {
      if (looked.current.beside.has(sha256)) return;
      looked.current.beside.add(sha256);
      looked.current.told = -1;
      if (latest.current.is === "held") seen(looked.current.ms, looked.current.pictures);
    },
    [seen],
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      clearTimeout(later.current);
    },
    [],
  );

  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      await take();
      if (looked.current.ms > 0) await tell();
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

  // Ahead of central by what it will count at once, and by no more.
  const credit = claim.is === "held" ? Math.min(shown.ms, Date.now() - since.current) : 0;
  return { claim, take, giveBack, played: joined(played, credit, claim.is === "held" ? shown.pictures : 0), seen, seenBeside, decide, refresh };
}

export type Work = ReturnType<typeof useWork>;
