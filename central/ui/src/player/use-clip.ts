import { useEffect, useState } from "react";
import type { CaseClip } from "../api/case-types";
import { evidenceUrl } from "../api/client";
import { type Film, readFilm } from "./mp4";

export type ClipState =
  | { is: "none" }
  | { is: "loading"; share: number | null }
  | { is: "ready"; url: string; film: Film | null; bytes: number }
  /** The device or central no longer has it. */
  | { is: "missing" }
  | { is: "failed" };

const ENCODED = /^(hvc1|hev1|h265|hevc)$/i;

/** Whether this browser says that it cannot decode such a clip. */
export function cannotPlay(codec: string): boolean {
  if (!ENCODED.test(codec) || typeof document === "undefined") return false;
  return document.createElement("video").canPlayType('video/mp4; codecs="hvc1.1.6.L93.B0"') === "";
}

async function read(response: Response, progress: (share: number | null) => void): Promise<ArrayBuffer> {
  const whole = Number(response.headers.get("content-length")) || 0;
  if (!response.body) return response.arrayBuffer();
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let got = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    got += value.length;
    progress(whole > 0 ? Math.min(1, got / whole) : null);
  }
  const bytes = new Uint8Array(got);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** The whole clip in memory: every step is at once, and its head tells when each frame is shown. */
export function useClip(clip: CaseClip | null, present: boolean): ClipState & { again: () => void } {
  const [state, setState] = useState<ClipState>({ is: "none" });
  const [tries, setTries] = useState(0);
  const sha256 = clip?.sha256 ?? null;
  useEffect(() => {
    if (!sha256) return setState({ is: "none" });
    if (!present) return setState({ is: "missing" });
    const stop = new AbortController();
    let url: string | null = null;
    setState({ is: "loading", share: null });
    const load = async () => {
      const response = await fetch(evidenceUrl(sha256), { credentials: "same-origin", signal: stop.signal });
      if (response.status === 404 || response.status === 410) return setState({ is: "missing" });
      if (!response.ok) return setState({ is: "failed" });
      const bytes = await read(response, (share) => !stop.signal.aborted && setState({ is: "loading", share }));
      if (stop.signal.aborted) return undefined;
      url = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
      return setState({ is: "ready", url, film: readFilm(bytes), bytes: bytes.byteLength });
    };
    load().catch(() => !stop.signal.aborted && setState({ is: "failed" }));
    return () => {
      stop.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [sha256, present, tries]);
  return { ...state, again: () => setTries((count) => count + 1) };
}
