import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Seen, clampFrame, evenTimes, frameAt, middleOf } from "./frames";

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2] as const;
const FALLBACK_FPS = 25;

export interface Playback {
  playing: boolean;
  /** Second of the frame that is on the screen. */
  second: number;
  frame: number;
  times: readonly number[];
  length: number;
  speed: number;
  loop: boolean;
  /** The browser refused to decode it. */
  broken: boolean;
  toggle: () => void;
  step: (frames: number) => void;
  seek: (second: number) => void;
  faster: (steps: 1 | -1) => void;
  setLoop: (on: boolean) => void;
}

interface Options {
  video: RefObject<HTMLVideoElement | null>;
  url: string | null;
  /** From the file's head; empty where it does not say. */
  times: readonly number[];
  length: number;
  fps: number | null;
  /** What the loop shows again, seconds. */
  act: [number, number];
  /** How much of the clip was looked at, each time that it grew. */
  onSeen: (ms: number) => void;
}

/** Plays a clip and steps through it by whole frames. Every position is that of a frame which really was on the screen. */
export function usePlayback({ video, url, times: told, length: toldLength, fps, act, onSeen }: Options): Playback {
  const [duration, setDuration] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [second, setSecond] = useState(0);
  const [speed, setSpeed] = useState(1);
  const [loop, setLoop] = useState(false);
  const [broken, setBroken] = useState(false);
  const length = toldLength || duration;
  const times = useMemo(() => (told.length > 0 ? told : length > 0 ? evenTimes(length, fps ?? FALLBACK_FPS) : [0]), [told, length, fps]);
  const seen = useMemo(() => new Seen(times, length), [times, length]);
  const latest = useRef({ onSeen, act, loop, times });
  useEffect(() => {
    latest.current = { onSeen, act, loop, times };
  });

  useEffect(() => {
    setSecond(0);
    setPlaying(false);
    setBroken(false);
    setDuration(0);
    setLoop(false);
  }, [url]);

  useEffect(() => {
    const element = video.current;
    if (!element || !url) return undefined;
    let handle = 0;
    let last = -1;
    const shown = (at: number) => {
      const frame = frameAt(latest.current.times, at);
      const rolling = !element.paused && !element.seeking && frame > last && frame - last < latest.current.times.length / 4;
      const before = seen.ms;
      seen.mark(rolling && last >= 0 ? last : frame, frame);
      last = frame;
      setSecond(at);
      if (seen.ms > before) latest.current.onSeen(seen.ms);
      const [from, to] = latest.current.act;
      if (latest.current.loop && !element.paused && at >= to) element.currentTime = from;
    };
    const byFrame = typeof element.requestVideoFrameCallback === "function";
    const each = (_: number, { mediaTime }: { mediaTime: number }) => {
      shown(mediaTime);
      handle = element.requestVideoFrameCallback(each);
    };
    if (byFrame) handle = element.requestVideoFrameCallback(each);
    const listen: [keyof HTMLMediaElementEventMap, () => void][] = [
      ["play", () => setPlaying(true)],
      ["pause", () => setPlaying(false)],
      ["ended", () => setPlaying(false)],
      ["error", () => setBroken(true)],
      ["durationchange", () => setDuration(Number.isFinite(element.duration) ? element.duration : 0)],
      ["timeupdate", () => !byFrame && shown(element.currentTime)],
      ["seeked", () => !byFrame && shown(element.currentTime)],
    ];
    for (const [name, act] of listen) element.addEventListener(name, act);
    return () => {
      if (byFrame) element.cancelVideoFrameCallback(handle);
      for (const [name, act] of listen) element.removeEventListener(name, act);
    };
  }, [video, url, seen]);

  useEffect(() => {
    if (video.current) video.current.playbackRate = speed;
  }, [video, speed, url]);

  /** Where the next step counts from: the frame that was asked for last, while the browser is still on its way there. */
  const target = useRef<number | null>(null);
  useEffect(() => {
    target.current = null;
  }, [second, url]);

  const goTo = useCallback(
    (frame: number) => {
      const element = video.current;
      if (!element) return;
      const to = clampFrame(times, frame);
      target.current = to;
      element.currentTime = middleOf(times, to, length);
    },
    [video, times, length],
  );

  const step = useCallback(
    (frames: number) => {
      video.current?.pause();
      goTo((target.current ?? frameAt(times, second)) + frames);
    },
    [video, goTo, times, second],
  );

  const toggle = useCallback(() => {
    const element = video.current;
    if (!element) return;
    if (!element.paused) return element.pause();
    if (element.ended) element.currentTime = 0;
    void element.play().catch(() => setPlaying(false));
  }, [video]);

  return {
    playing,
    second,
    frame: frameAt(times, second),
    times,
    length,
    speed,
    loop,
    broken,
    toggle,
    step,
    seek: (at) => goTo(frameAt(times, at)),
    faster: (steps) => setSpeed((now) => SPEEDS[Math.min(Math.max(SPEEDS.findIndex((one) => one === now) + steps, 0), SPEEDS.length - 1)]),
    setLoop: (on) => {
      setLoop(on);
      if (on && video.current && (second < act[0] || second >= act[1])) goTo(frameAt(times, act[0]));
    },
  };
}
