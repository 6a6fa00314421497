/** Frames of a clip by number and second. A frame is shown from its time until the next one's. */
const NEAR = 1e-3;

/** Evenly spaced frames, where only the rate is known. */
export function evenTimes(length: number, fps: number): number[] {
  return Array.from({ length: Math.max(1, Math.round(length * fps)) }, (_, at) => at / fps);
}

/** The frame that is shown at a second; the first one before it. */
export function frameAt(times: readonly number[], second: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (times[middle] <= second + NEAR) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** A second that surely lies within a frame: its middle, so that no rounding shows the one beside it. */
export function middleOf(times: readonly number[], frame: number, length: number): number {
  const at = clampFrame(times, frame);
  const end = times[at + 1] ?? Math.max(length, times[at]);
  return (times[at] + end) / 2;
}

export const clampFrame = (times: readonly number[], frame: number) => Math.min(Math.max(Math.trunc(frame), 0), Math.max(times.length - 1, 0));

/** Frames per second of a clip, as far as it is even. */
export function rateOf(times: readonly number[], length: number): number | null {
  return times.length > 1 && length > 0 ? times.length / length : null;
}

/** Which frames were shown, and how much of the clip that is. What was looked at twice counts once. */
export class Seen {
  private readonly frames = new Set<number>();

  constructor(
    private readonly times: readonly number[],
    private readonly length: number,
  ) {}

  /** From one frame to another while it played; a jump is a look at the frame alone. */
  mark(from: number, to: number): void {
    for (let frame = from; frame <= to; frame += 1) this.frames.add(clampFrame(this.times, frame));
  }

  get ms(): number {
    let sum = 0;
    for (const frame of this.frames) sum += (this.times[frame + 1] ?? this.length) - this.times[frame];
    return Math.round(sum * 1000);
  }
}

/**
 * How much was looked at, as central asks for it: milliseconds of the clip that were on the screen. A file that is a little shorter
 * than the time that its event names counts as whole once all of it was shown.
 */
export function lookedMs(seenMs: number, lengthMs: number, neededMs: number): number {
  if (lengthMs <= 0 || lengthMs >= neededMs) return seenMs;
  return Math.min(neededMs, Math.ceil((seenMs / lengthMs) * neededMs));
}

/** The part of the clip round the moments of the act, seconds: what is shown again and again. */
export function actSpan(moments: readonly (number | null)[], length: number, before = 1, after = 1): [number, number] {
  const known = moments.filter((at): at is number => at !== null).map((ms) => ms / 1000);
  if (known.length === 0) return [0, length];
  return [Math.max(0, Math.min(...known) - before), Math.min(length, Math.max(...known) + after)];
}
