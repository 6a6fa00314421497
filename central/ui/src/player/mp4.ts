/** What the head of an MP4 file says about its film: the codec and when each frame is shown. Enough to step frame by frame. */
export interface Film {
  /** Four letters: `avc1`, `hvc1`, `hev1`. */
  codec: string;
  /** Seconds at which each frame is shown, rising; empty where the file does not say (fragments). */
  times: number[];
  /** Seconds from the first frame to the end of the last. */
  length: number;
}

interface Box {
  type: string;
  /** First byte of its content. */
  from: number;
  to: number;
}

const HEAD = 8;

function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  let at = from;
  while (at + HEAD <= to) {
    let size = view.getUint32(at);
    let head = HEAD;
    if (size === 1 && at + 16 <= to) {
      size = Number(view.getBigUint64(at + 8));
      head = 16;
    }
    if (size === 0) size = to - at;
    if (size < head || at + size > to) break;
    found.push({ type: word(view, at + 4), from: at + head, to: at + size });
    at += size;
  }
  return found;
}

const word = (view: DataView, at: number) => String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

function inside(view: DataView, box: Box | undefined, ...path: string[]): Box | undefined {
  return path.reduce<Box | undefined>((at, type) => at && boxes(view, at.from, at.to).find((one) => one.type === type), box);
}

/** `[count, value]` pairs of a table with version, flags and a count before them. */
function pairs(view: DataView, box: Box | undefined, signed = false): [number, number][] {
  if (!box) return [];
  const count = view.getUint32(box.from + 4);
  const rows: [number, number][] = [];
  for (let row = 0; row < count && box.from + 16 + row * 8 <= box.to; row += 1) {
    const at = box.from + 8 + row * 8;
    rows.push([view.getUint32(at), signed ? view.getInt32(at + 4) : view.getUint32(at + 4)]);
  }
  return rows;
}

/** Empty time before the film, in movie units, and where in it the showing begins, in media units. */
function edits(view: DataView, box: Box | undefined): { empty: number; start: number } {
  let [empty, start] = [0, 0];
  if (!box) return { empty, start };
  const long = view.getUint8(box.from) === 1;
  const count = view.getUint32(box.from + 4);
  for (let row = 0; row < count; row += 1) {
    const at = box.from + 8 + row * (long ? 20 : 12);
    const duration = long ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const media = long ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (media < 0) empty += duration;
    else {
      start = media;
      break;
    }
  }
  return { empty, start };
}

const scaleOf = (view: DataView, box: Box) => view.getUint32(box.from + (view.getUint8(box.from) === 1 ? 20 : 12));

/** Reads a film's head; null for bytes that are no MP4 with a picture. */
export function readFilm(bytes: ArrayBuffer): Film | null {
  const view = new DataView(bytes);
  try {
    const moov = boxes(view, 0, view.byteLength).find((box) => box.type === "moov");
    const tracks = moov ? boxes(view, moov.from, moov.to).filter((box) => box.type === "trak") : [];
    const track = tracks.find((trak) => {
      const hdlr = inside(view, trak, "mdia", "hdlr");
      return hdlr && word(view, hdlr.from + 8) === "vide";
    });
    const mdhd = inside(view, track, "mdia", "mdhd");
    const table = inside(view, track, "mdia", "minf", "stbl");
    const stsd = inside(view, table, "stsd");
    if (!moov || !mdhd || !table || !stsd) return null;
    return { codec: word(view, stsd.from + 12), ...timing(view, moov, track as Box, table, scaleOf(view, mdhd)) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function timing(view: DataView, moov: Box, track: Box, table: Box, scale: number): Pick<Film, "times" | "length"> {
  const mvhd = inside(view, moov, "mvhd");
  const { empty, start } = edits(view, inside(view, track, "edts", "elst"));
  const shift = mvhd ? empty / scaleOf(view, mvhd) : 0;
  const later = pairs(view, inside(view, table, "ctts"), true).flatMap(([count, value]) => Array<number>(count).fill(value));
  const times: number[] = [];
  let [decoded, last] = [0, 0];
  for (const [count, delta] of pairs(view, inside(view, table, "stts"))) {
    for (let sample = 0; sample < count; sample += 1) {
      times.push((decoded + (later[times.length] ?? 0) - start) / scale + shift);
      decoded += delta;
      last = delta;
    }
  }
  times.sort((a, b) => a - b);
  const shown = times.filter((time) => time > -1e-6);
  return { times: shown, length: shown.length > 0 ? (shown.at(-1) ?? 0) + last / scale : 0 };
}
