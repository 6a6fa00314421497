import type { LiveHeader, LiveState } from "../api/types";

export interface LiveFrame {
  header: LiveHeader;
  jpeg: Uint8Array<ArrayBuffer>;
}

/**
 * One binary message of the live picture: u32 little-endian length of the header, the header as JSON, the JPEG.
 * Null for anything else: a torn frame is skipped, the next one is whole.
 */
export function decodeFrame(message: ArrayBuffer): LiveFrame | null {
  if (message.byteLength < 4) return null;
  const length = new DataView(message).getUint32(0, true);
  if (length === 0 || 4 + length >= message.byteLength) return null;
  try {
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length))) as LiveHeader;
    if (!(header.width > 0 && header.height > 0)) return null;
    return { header: { ...header, tracks: header.tracks ?? [], trail: header.trail ?? {} }, jpeg: new Uint8Array(message, 4 + length) };
  } catch {
    return null;
  }
}

/** What a text message says of the camera; null if it says nothing known. */
export function decodeState(message: string): LiveState | null {
  try {
    const state = JSON.parse(message) as Partial<LiveState>;
    return typeof state.camera_state === "string" ? { camera_state: state.camera_state, since: state.since ?? null } : null;
  } catch {
    return null;
  }
}
