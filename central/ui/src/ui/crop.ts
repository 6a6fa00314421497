import type { Box, Size } from "../api/types";

/** The part of a picture to show, in the picture's pixels. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const whole = ([width, height]: Size): View => ({ x: 0, y: 0, width, height });

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/**
 * A view of the given aspect (width / height) round a box, with some of its surroundings, inside the picture.
 * A vehicle cut off at the picture's edge stays in view; a box larger than the picture gives the widest view there is.
 */
export function viewRound([x, y, w, h]: Box, [pictureWidth, pictureHeight]: Size, aspect: number, margin = 1.5): View {
  const largest = Math.min(pictureWidth, pictureHeight * aspect);
  const least = largest * 0.3;
  const width = clamp(Math.max(w * margin, h * margin * aspect), least, largest);
  const height = width / aspect;
  return {
    x: clamp(x + w / 2 - width / 2, 0, pictureWidth - width),
    y: clamp(y + h / 2 - height / 2, 0, pictureHeight - height),
    width,
    height,
  };
}
