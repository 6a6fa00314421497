import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeskStream } from "./stream";
import { deskView } from "./fixture";

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-21T07:00:00Z") }));
afterEach(() => void vi.useRealTimers());

/** A line that the test speaks into. */
function line() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let opened = 0;
  const fetch = (_: unknown, init?: RequestInit) => {
    opened += 1;
    const body = new ReadableStream<Uint8Array>({ start: (made) => void (controller = made) });
    init?.signal?.addEventListener("abort", () => controller?.error(new Error("aborted")));
    return Promise.resolve(new Response(body, { status: 200 }));
  };
  const say = async (text: string) => {
    controller?.enqueue(new TextEncoder().encode(text));
    await vi.advanceTimersByTimeAsync(1);
  };
  return { fetch: fetch as typeof globalThis.fetch, say, opened: () => opened };
}

const state = (revision: number) => `event: state\ndata: ${JSON.stringify({ ...deskView(), revision })}\n\n`;

test("a line that falls silent is lost, keeps the last state, and is opened again", async () => {
  const wire = line();
  const stream = new DeskStream({ url: "/api/events", onSignedOut: () => undefined, fetch: wire.fetch });
  stream.start();
  await vi.advanceTimersByTimeAsync(1);
  await wire.say(state(5));
  expect(stream.current().connection.state).toBe("live");

  await vi.advanceTimersByTimeAsync(9_000);
  await wire.say(": heartbeat\n\n");
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stream.current().connection.state).toBe("live");

  await vi.advanceTimersByTimeAsync(4_000);
  expect(stream.current().connection).toEqual({ state: "lost", since: Date.parse("2026-11-21T07:00:09.002Z") });
  expect(stream.current().view?.revision).toBe(5);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(wire.opened()).toBeGreaterThan(1);
  await wire.say(state(6));
  expect(stream.current().connection.state).toBe("live");
  expect(stream.current().view?.revision).toBe(6);
  stream.stop();
});

test("a session that ended asks for a sign-in, not for another try", async () => {
  let ended = 0;
  let asked = 0;
  const fetch = () => {
    asked += 1;
    return Promise.resolve(new Response(null, { status: 401 }));
  };
  const stream = new DeskStream({ url: "/api/events", onSignedOut: () => (ended += 1), fetch: fetch as typeof globalThis.fetch });
  stream.start();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([ended, asked]).toEqual([1, 1]);
  stream.stop();
});
