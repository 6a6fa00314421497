import type { CameraWord } from "../api/types";
import { decodeFrame, decodeState, type LiveFrame } from "./frame";

/** What stands behind the picture that is shown. */
export interface FeedState {
  state: "connecting" | CameraWord;
  /** Since when it is not live: epoch milliseconds. */
  since: number | null;
}

interface Options {
  url: string;
  /** Draws a frame; the next one is asked for when it is done. */
  draw: (frame: LiveFrame) => Promise<void>;
  onState: (state: FeedState) => void;
  /** Least time between two frames; small pictures need not be fast. */
  leastMs: () => number;
}

const QUIET_MS = 3_000;
const BACK_OFF_MS = [500, 1_000, 2_000, 4_000];

/** One lane's live picture: it pulls, so a slow screen gets fewer frames and never old ones. */
export class LaneFeed {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setInterval> | undefined;
  private failures = 0;
  private lastFrameAt = 0;
  private said: FeedState = { state: "connecting", since: null };
  private stopped = false;

  constructor(private readonly options: Options) {}

  start(): void {
    this.stopped = false;
    this.connect();
    this.watchdog = setInterval(() => this.watch(), 500);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.watchdog);
    this.socket?.close();
    this.socket = null;
  }

  private connect(): void {
    const socket = new WebSocket(this.options.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.next(socket);
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer | string>) => void this.take(socket, event.data);
    socket.onclose = () => this.closed(socket);
  }

  private async take(socket: WebSocket, data: ArrayBuffer | string): Promise<void> {
    if (typeof data === "string") {
      const state = decodeState(data);
      if (state && state.camera_state !== "live") this.say(state.camera_state, state.since ? Date.parse(state.since) : this.lastFrameAt || Date.now());
      return;
    }
    const began = performance.now();
    const frame = decodeFrame(data);
    if (frame) {
      await this.options.draw(frame).catch(() => undefined);
      this.lastFrameAt = Date.now();
      this.say("live", null);
    }
    const rest = this.options.leastMs() - (performance.now() - began);
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    this.next(socket);
  }

  private next(socket: WebSocket): void {
    if (socket === this.socket && socket.readyState === WebSocket.OPEN) socket.send("next");
  }

  private closed(socket: WebSocket): void {
    if (this.stopped || socket !== this.socket) return;
    this.say(this.lastFrameAt ? "stale" : "connecting", this.lastFrameAt || null);
    const wait = BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), wait);
  }

  /** A camera that is silent without saying so must not look alive. */
  private watch(): void {
    if (this.said.state === "live" && Date.now() - this.lastFrameAt > QUIET_MS) this.say("stale", this.lastFrameAt);
  }

  private say(state: FeedState["state"], since: number | null): void {
    if (state === this.said.state && since === this.said.since) return;
    this.said = { state, since };
    this.options.onState(this.said);
  }
}
