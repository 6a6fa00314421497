import type { DeskView } from "../api/types";
import { SseParser } from "./sse";
import { newer } from "./view";

export type Connection = { state: "connecting" } | { state: "live" } | { state: "lost"; since: number };

export interface Snapshot {
  connection: Connection;
  view: DeskView | null;
  /** The agent's clock minus this one's, milliseconds. */
  skewMs: number;
}

interface Options {
  url: string;
  onSignedOut: () => void;
  fetch?: typeof fetch;
  now?: () => number;
}

// The agent speaks every 5 s, if only a heartbeat: after two missed ones the line is taken as cut, whatever TCP believes.
const SILENCE_MS = 11_000;
const BACK_OFF_MS = [500, 1_000, 2_000, 4_000];

/**
 * The desk's state as the agent pushes it.
 *
 * `fetch` and not `EventSource`, because only so are the heartbeats seen: a pulled network cable closes no connection, and a guard
 * must not read an hour-old verdict as a new one. The last state is kept when the line is lost.
 */
export class DeskStream {
  private snapshot: Snapshot = { connection: { state: "connecting" }, view: null, skewMs: 0 };
  private watchers = new Set<() => void>();
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private failures = 0;
  private readonly fetch: typeof fetch;
  private readonly now: () => number;

  constructor(private readonly options: Options) {
    this.fetch = options.fetch ?? ((...args) => fetch(...args));
    this.now = options.now ?? Date.now;
  }

  current = (): Snapshot => this.snapshot;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  start(): void {
    clearInterval(this.watchdog);
    this.watchdog = setInterval(() => this.check(), 1_000);
    void this.run();
  }

  stop(): void {
    clearTimeout(this.timer);
    clearInterval(this.watchdog);
    this.abort?.abort();
    this.abort = null;
  }

  retry = (): void => {
    this.failures = 0;
    clearTimeout(this.timer);
    void this.run();
  };

  private async run(): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.heardAt = this.now();
    try {
      const response = await this.fetch(this.options.url, { signal: abort.signal, headers: { accept: "text/event-stream" }, credentials: "same-origin" });
      if (response.status === 401) {
        this.options.onSignedOut();
        return;
      }
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      await this.read(response.body, abort);
    } catch {
      // Why it broke does not matter to the guard: that it did, and since when, is shown below.
    }
    if (this.abort === abort) this.lost();
  }

  private async read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.abort !== abort) return;
      this.heardAt = this.now();
      this.failures = 0;
      if (this.snapshot.connection.state !== "live" && this.snapshot.view) this.become({ connection: { state: "live" } });
      for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (event === "state") this.take(JSON.parse(data) as DeskView);
      }
    }
  }

  private take(view: DeskView): void {
    const skewMs = Date.parse(view.at) - this.now();
    this.become({ connection: { state: "live" }, view: newer(this.snapshot.view, view), skewMs: Math.abs(skewMs) < 1_500 ? 0 : skewMs });
  }

  private check(): void {
    if (this.abort && this.now() - this.heardAt > SILENCE_MS) this.abort.abort();
  }

  private lost(): void {
    if (this.snapshot.connection.state !== "lost") this.become({ connection: { state: "lost", since: this.heardAt } });
    const wait = BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), wait);
  }

  private become(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
