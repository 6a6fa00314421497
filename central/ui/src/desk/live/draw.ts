import type { LiveFrame } from "./frame";
import type { LiveTrack, Verdict } from "../api/types";

/** Colours over a picture do not follow the theme: they are seen against asphalt, in both. */
const COLOURS: Record<Verdict | "none", string> = { admit: "#3ddc84", wait: "#ffb938", deny: "#ff5a5f", none: "#d7e3ea" };

export interface Current {
  access: string;
  track: number | null;
  verdict: Verdict;
  /** What is written at its box. */
  label: string;
}

export function isCurrent(track: LiveTrack, current: Current | null): boolean {
  return current !== null && (track.access === current.access || (current.track !== null && track.id === current.track));
}

/** The verdict that a box is drawn in: the case's own word is newer than the frame's. */
export function verdictOf(track: LiveTrack, current: Current | null): Verdict | "none" {
  if (current && isCurrent(track, current)) return current.verdict;
  return track.verdict ?? "none";
}

/** How a picture of `width`×`height` lies whole within a place of `w`×`h`. */
export function contain(width: number, height: number, w: number, h: number): { x: number; y: number; scale: number } {
  const scale = Math.min(w / width, h / height);
  return { x: (w - width * scale) / 2, y: (h - height * scale) / 2, scale };
}

/** Draws picture, trails and boxes; the canvas's bitmap is as large as its place on the screen. */
export function drawFrame(canvas: HTMLCanvasElement, picture: ImageBitmap, { header }: LiveFrame, current: Current | null): void {
  const ratio = window.devicePixelRatio || 1;
  // Lines and labels grow with the page's text, so that they are read on a wall too.
  const unit = (ratio * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)) / 15;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const { x, y, scale } = contain(header.width, header.height, width, height);
  pen.clearRect(0, 0, width, height);
  pen.drawImage(picture, x, y, header.width * scale, header.height * scale);
  canvas.dataset.boxes = String(header.tracks.length);
  pen.save();
  pen.translate(x, y);
  for (const track of header.tracks) {
    const colour = COLOURS[verdictOf(track, current)];
    const own = isCurrent(track, current);
    drawTrail(pen, header.trail[String(track.id)] ?? [], scale, colour, unit);
    drawBox(pen, track, scale, colour, (own ? 4 : 2) * unit);
    if (own && current) drawLabel(pen, track, scale, colour, current.label, unit);
  }
  pen.restore();
}

function drawTrail(pen: CanvasRenderingContext2D, points: [number, number][], scale: number, colour: string, unit: number): void {
  if (points.length < 2) return;
  pen.strokeStyle = colour;
  pen.lineWidth = 2 * unit;
  pen.lineJoin = "round";
  pen.globalAlpha = 0.75;
  pen.beginPath();
  points.forEach(([px, py], at) => (at === 0 ? pen.moveTo(px * scale, py * scale) : pen.lineTo(px * scale, py * scale)));
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawBox(pen: CanvasRenderingContext2D, track: LiveTrack, scale: number, colour: string, line: number): void {
  const [bx, by, bw, bh] = track.box.map((value) => value * scale);
  pen.setLineDash(track.confirmed ? [] : [line * 3, line * 2]);
  pen.strokeStyle = "rgb(0 0 0 / 60%)";
  pen.lineWidth = line * 2;
  pen.strokeRect(bx, by, bw, bh);
  pen.strokeStyle = colour;
  pen.lineWidth = line;
  pen.strokeRect(bx, by, bw, bh);
  pen.setLineDash([]);
}

function drawLabel(pen: CanvasRenderingContext2D, track: LiveTrack, scale: number, colour: string, label: string, unit: number): void {
  const size = 15 * unit;
  pen.font = `700 ${size}px "Be Vietnam Pro", sans-serif`;
  const width = pen.measureText(label).width + size;
  const left = track.box[0] * scale - 2 * unit;
  const above = track.box[1] * scale - size * 1.6;
  const top = above < 0 ? track.box[1] * scale : above;
  pen.fillStyle = colour;
  pen.fillRect(left, top, width, size * 1.6);
  pen.fillStyle = "#0b1216";
  pen.textBaseline = "middle";
  pen.fillText(label, left + size / 2, top + size * 0.85);
}
