import type { Verdict } from "../api/types";

interface Tone {
  hz: number;
  from: number;
  seconds: number;
}

// Told apart by melody, rhythm and timbre, so that one ear and a loud truck are enough: up is yes, level is wait, down is no.
const TONES: Record<Verdict, { wave: OscillatorType; gain: number; tones: Tone[] }> = {
  admit: { wave: "sine", gain: 0.28, tones: [{ hz: 659, from: 0, seconds: 0.11 }, { hz: 988, from: 0.12, seconds: 0.2 }] },
  wait: { wave: "triangle", gain: 0.34, tones: [{ hz: 523, from: 0, seconds: 0.16 }, { hz: 523, from: 0.26, seconds: 0.16 }] },
  deny: {
    wave: "square",
    gain: 0.12,
    tones: [{ hz: 392, from: 0, seconds: 0.14 }, { hz: 311, from: 0.17, seconds: 0.14 }, { hz: 233, from: 0.34, seconds: 0.34 }],
  },
};

const STORED = "vg.desk.sound";

/** Plays verdicts. A browser gives sound only after a key or a touch; until then it stays silent, without an error. */
export class Player {
  private context: AudioContext | null = null;
  private watchers = new Set<() => void>();
  muted = localStorage.getItem(STORED) === "off";
  /** The newest verdict that was to be heard, with a running number: `3:deny`. */
  last = "";
  private count = 0;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** One word for all of it, so that a component can follow it. */
  state = (): string => `${this.muted ? "muted" : this.blocked() ? "blocked" : "on"}|${this.last}`;

  toggle = (): void => {
    this.muted = !this.muted;
    localStorage.setItem(STORED, this.muted ? "off" : "on");
    if (!this.muted) this.unlock();
    this.tell();
  };

  /** To be called from a key press or a touch. */
  unlock = (): void => {
    if (typeof AudioContext === "undefined") return;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") void this.context.resume().then(this.tell, () => undefined);
  };

  play(verdict: Verdict): void {
    this.count += 1;
    this.last = `${this.count}:${verdict}`;
    this.tell();
    const context = this.context;
    if (this.muted || !context || context.state !== "running") return;
    const { wave, gain, tones } = TONES[verdict];
    for (const { hz, from, seconds } of tones) {
      const start = context.currentTime + from;
      const volume = context.createGain();
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(gain, start + 0.012);
      volume.gain.setValueAtTime(gain, start + seconds - 0.03);
      volume.gain.linearRampToValueAtTime(0, start + seconds);
      const tone = context.createOscillator();
      tone.type = wave;
      tone.frequency.value = hz;
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + seconds);
    }
  }

  private blocked(): boolean {
    return this.context?.state !== "running";
  }

  private tell = (): void => {
    for (const watcher of this.watchers) watcher();
  };
}

export const player = new Player();
