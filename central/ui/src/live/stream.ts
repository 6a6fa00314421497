import type { Access, Agent, Alert, Camera, Otherwise, Passage } from "../api/types";

/** What the stream carries. `counts`, `inside` and `case` only say that numbers changed: they are read again. */
export interface LiveEvents {
  passage: Passage;
  alert: Alert;
  camera: Camera;
  agent: Agent;
  counts: unknown;
  access: Access;
  otherwise: Otherwise;
  inside: unknown;
  case: unknown;
}

export type LiveKind = keyof LiveEvents;
export type Connection = { state: "connecting" | "live" } | { state: "lost"; since: number };
export type Listener<K extends LiveKind> = (data: LiveEvents[K]) => void;

type Listeners = { [K in LiveKind]: Set<Listener<K>> };

const KINDS: LiveKind[] = ["passage", "alert", "camera", "agent", "counts", "access", "otherwise", "inside", "case"];
const BACK_OFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * One EventSource for the whole console.
 *
 * The browser resumes by Last-Event-ID after a broken connection; after a refusal (central restarting behind a proxy)
 * it gives up, so the stream opens a new one with a capped back-off. Either way `onResync` follows each reconnection,
 * because camera and agent events carry no id and are not replayed.
 */
export class LiveStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private everOpen = false;
  private listeners = Object.fromEntries(KINDS.map((kind) => [kind, new Set()])) as unknown as Listeners;
  private watchers = new Set<() => void>();
  private connection: Connection = { state: "connecting" };

  constructor(
    private readonly url: string,
    private readonly onResync: () => void,
    private readonly open: (url: string) => EventSource = (target) => new EventSource(target),
    private readonly now: () => number = Date.now,
    /** Nothing is sent to this role: only the heartbeat tells whether central is there. */
    private readonly silent = false,
  ) {}

  current = (): Connection => this.connection;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  on<K extends LiveKind>(kind: K, listener: Listener<K>): () => void {
    this.listeners[kind].add(listener);
    return () => void this.listeners[kind].delete(listener);
  }

  start(): void {
    this.stop();
    if (this.silent) return this.opened();
    const source = this.open(this.url);
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed(source);
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.deliver(kind, event as MessageEvent<string>));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  /** The browser, or a failed heartbeat, says that central cannot be reached. */
  lose(): void {
    if (this.connection.state !== "lost") this.become({ state: "lost", since: this.now() });
  }

  /** Central was heard again: open at once instead of waiting for the back-off. */
  recover(): void {
    if (this.connection.state !== "lost") return;
    this.failures = 0;
    this.start();
  }

  private opened(): void {
    this.failures = 0;
    const again = this.everOpen;
    this.everOpen = true;
    this.become({ state: "live" });
    if (again) this.onResync();
  }

  private failed(source: EventSource): void {
    this.lose();
    if (source.readyState !== EventSource.CLOSED) return;
    const wait = BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), wait);
  }

  private deliver<K extends LiveKind>(kind: K, event: MessageEvent<string>): void {
    let data: LiveEvents[K];
    try {
      data = JSON.parse(event.data) as LiveEvents[K];
    } catch {
      // A torn message is read again by the next re-sync; it must not stop the ones behind it.
      this.onResync();
      return;
    }
    for (const listener of this.listeners[kind]) listener(data);
  }

  private become(connection: Connection): void {
    this.connection = connection;
    for (const watcher of this.watchers) watcher();
  }
}
