/** Longest pause before a key counts as alone. Wedge readers type at 1–30 ms a character; a person's quickest roll is slower. */
export const GAP_MS = 50;
/** Longest pause once it is clear that a reader types: a busy computer or a radio link may hold it up. */
export const READER_GAP_MS = 250;
/** So many in one breath are a reader's. */
const READER = 3;
/** Shorter bursts are fingers, not readers. */
const LEAST = 6;
/** A scan into a field that is for something else: at least as long as no person types in one breath. */
const LEAST_IN_FIELD = 12;

/**
 * Whether a burst that ran into a field of words was a reader's. Quick hands and input tools write sentences as fast as readers type:
 * what only readers write is a number of a card, a row of fields, or one long word of a pass.
 */
export const isCard = (text: string): boolean => [...text].length >= LEAST_IN_FIELD && (/\d{6}/.test(text) || text.includes("|") || !/\s/.test(text));

export type Burst =
  /** Kept until it is known whether more follows. */
  | { kind: "held" }
  /** A whole scan; its Enter is spent. */
  | { kind: "scan"; text: string }
  /** Not for the detector: the key goes its way. */
  | { kind: "pass" };

/**
 * Tells a reader's burst from a guard's keys: a card's number begins with digits, and 1, 2, 3 decide at this desk.
 * So a printable key is held for one pause; alone, it is a key, and in a row that ends with Enter, a scan.
 */
export class BurstDetector {
  private text = "";
  private lastAt = Number.NEGATIVE_INFINITY;

  key(key: string, at: number): Burst {
    const follows = at - this.lastAt <= this.gapMs();
    if ([...key].length === 1) {
      this.text = follows ? this.text + key : key;
      this.lastAt = at;
      return { kind: "held" };
    }
    // Vietnamese input tools rewrite a letter as backspace and the accented one, in the middle of a scan.
    if (key === "Backspace" && follows && this.text.length > 1) {
      this.text = this.text.slice(0, -1);
      this.lastAt = at;
      return { kind: "held" };
    }
    if (key === "Shift" || key === "Process") return { kind: "pass" };
    const scan = (key === "Enter" || key === "Tab") && follows && [...this.text].length >= LEAST ? this.text : null;
    if (scan === null) return { kind: "pass" };
    this.text = "";
    return { kind: "scan", text: scan };
  }

  /** How long to wait for the next key of what is held. */
  gapMs(): number {
    return this.text.length >= READER ? READER_GAP_MS : GAP_MS;
  }

  /** What is held when another key ends the run: one or two keys of a quick hand, which come before it. */
  flush(): string[] {
    const keys = [...this.text];
    this.text = "";
    return keys.length <= 2 ? keys : [];
  }

  /** What was held and became no scan, once a pause has gone by: one or two keys of a hand, or a torn scan. */
  settle(at: number): { keys: string[]; torn: boolean } {
    if (this.text === "" || at - this.lastAt <= this.gapMs()) return { keys: [], torn: false };
    const keys = [...this.text];
    this.text = "";
    return keys.length <= 2 ? { keys, torn: false } : { keys: [], torn: keys.length >= LEAST };
  }
}
