import type { CaseClip, Overlay, OverlayFrame, SignalSpan } from "../api/case-types";

/** The overlay's frames by second of the clip. */
export interface Layer {
  track: number;
  drawn: Overlay["drawn"];
  frames: (OverlayFrame & { at: number })[];
}

/** Longest time that a box stays after its frame, seconds: analysed frames are fewer than those of the clip. */
const HOLDS_S = 0.5;

/** Sets an overlay on a clip's own clock: by the stream second of its first frame, or by the overlay's own first one. */
export function layerOf(overlay: Overlay, clip: CaseClip | null): Layer {
  const start = clip?.stream_s ?? overlay.frames[0]?.stream_s ?? 0;
  return { track: overlay.track, drawn: overlay.drawn, frames: overlay.frames.map((frame) => ({ ...frame, at: frame.stream_s - start })) };
}

/** What was found in the analysed frame at or before a second; null where there was none for a while. */
export function overlayAt(layer: Layer, second: number): Layer["frames"][number] | null {
  let [low, high] = [0, layer.frames.length - 1];
  let best: Layer["frames"][number] | null = null;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (layer.frames[middle].at <= second + 0.02) {
      best = layer.frames[middle];
      low = middle + 1;
    } else high = middle - 1;
  }
  return best && second - best.at <= HOLDS_S ? best : null;
}

export interface Bar {
  span: SignalSpan;
  /** Parts of the strip, 0 to 1. */
  left: number;
  width: number;
}

/** Signal spans as parts of the time from one moment to another; what lies outside is cut. */
export function bars(timeline: readonly SignalSpan[], from: string, to: string): Bar[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const length = end - start;
  if (!(length > 0)) return [];
  return timeline.flatMap((span) => {
    const left = Math.max(0, (Date.parse(span.from) - start) / length);
    const right = Math.min(1, (Date.parse(span.to) - start) / length);
    return right > left ? [{ span, left, width: right - left }] : [];
  });
}

/** What a signal showed at a second of the clip. */
export function lampAt(timeline: readonly SignalSpan[], from: string, second: number): SignalSpan | null {
  const at = Date.parse(from) + second * 1000;
  return timeline.find((span) => Date.parse(span.from) <= at && at <= Date.parse(span.to)) ?? null;
}
