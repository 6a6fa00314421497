/** Part of the picture that is shown: how many times larger, and which point of it (0 to 1) lies in the middle. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0.5, y: 0.5 };
export const MOST = 8;

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Keeps the picture over the whole stage. */
export function held({ scale, x, y }: Zoom): Zoom {
  const size = clamp(scale, 1, MOST);
  const half = 0.5 / size;
  return { scale: size, x: clamp(x, half, 1 - half), y: clamp(y, half, 1 - half) };
}

/** Larger or smaller round a point of the stage (0 to 1), which stays where it is. */
export function zoomAt(zoom: Zoom, factor: number, stageX = 0.5, stageY = 0.5): Zoom {
  const scale = clamp(zoom.scale * factor, 1, MOST);
  const px = zoom.x + (stageX - 0.5) / zoom.scale;
  const py = zoom.y + (stageY - 0.5) / zoom.scale;
  return held({ scale, x: px - (stageX - 0.5) / scale, y: py - (stageY - 0.5) / scale });
}

/** Moves the picture by a part of the stage. */
export const pan = (zoom: Zoom, dx: number, dy: number): Zoom => held({ ...zoom, x: zoom.x - dx / zoom.scale, y: zoom.y - dy / zoom.scale });

/** The loupe: a normalised box with some of its surroundings fills the stage. */
export const zoomTo = ([x, y, w, h]: [number, number, number, number], margin = 1.6): Zoom =>
  held({ scale: clamp(1 / Math.max(w * margin, h * margin), 1, MOST), x: x + w / 2, y: y + h / 2 });

/** As a CSS transform with its origin in the top left corner. */
export const transformOf = ({ scale, x, y }: Zoom) => `translate(${(0.5 - x * scale) * 100}%, ${(0.5 - y * scale) * 100}%) scale(${scale})`;
