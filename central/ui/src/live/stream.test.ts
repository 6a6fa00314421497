import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Passage } from "../api/types";
import { LiveStream } from "./stream";

class FakeSource extends EventTarget {
  static CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    super();
    FakeSource.opened.push(this);
  }
  close() {
    this.readyState = 2;
  }
  say(kind: string, data: string) {
    this.dispatchEvent(new MessageEvent(kind, { data }));
  }
}

const resync = vi.fn();
let time = 1_000;
const build = () =>
  new LiveStream("/stream", resync, () => new FakeSource() as unknown as EventSource, () => time);
const last = () => FakeSource.opened[FakeSource.opened.length - 1];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.opened = [];
  resync.mockClear();
});
afterEach(() => vi.useRealTimers());

test("a passage reaches its listener and a torn message only asks for a re-sync", () => {
  const stream = build();
  const seen: Passage[] = [];
  stream.on("passage", (passage) => seen.push(passage));
  stream.start();
  last().onopen?.();
  expect(stream.current()).toEqual({ state: "live" });
  last().say("passage", '{"id":"a","feed_id":1}');
  last().say("passage", '{"id":');
  last().say("passage", '{"id":"b","feed_id":2}');
  expect(seen.map((p) => p.id)).toEqual(["a", "b"]);
  expect(resync).toHaveBeenCalledTimes(1);
});

test("the moment of loss is kept while the browser retries, and reconnecting re-syncs once", () => {
  const stream = build();
  stream.start();
  last().onopen?.();
  time = 5_000;
  last().onerror?.();
  time = 9_000;
  last().onerror?.();
  expect(stream.current()).toEqual({ state: "lost", since: 5_000 });
  expect(resync).not.toHaveBeenCalled();
  last().onopen?.();
  expect(stream.current()).toEqual({ state: "live" });
  expect(resync).toHaveBeenCalledTimes(1);
});

test("a source that the browser gave up on is opened again, with growing pauses", () => {
  const stream = build();
  stream.start();
  for (const pause of [1_000, 2_000, 4_000]) {
    const count = FakeSource.opened.length;
    last().readyState = 2;
    last().onerror?.();
    vi.advanceTimersByTime(pause - 1);
    expect(FakeSource.opened).toHaveLength(count);
    vi.advanceTimersByTime(1);
    expect(FakeSource.opened).toHaveLength(count + 1);
  }
});

test("recover opens at once, and does nothing while connected", () => {
  const stream = build();
  stream.start();
  last().onopen?.();
  stream.recover();
  expect(FakeSource.opened).toHaveLength(1);
  stream.lose();
  stream.recover();
  expect(FakeSource.opened).toHaveLength(2);
});
