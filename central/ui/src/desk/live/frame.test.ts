import { expect, test } from "vitest";
import { decodeFrame, decodeState } from "./frame";

function message(header: object, jpeg: number[]): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + json.length + jpeg.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  bytes.set(jpeg, 4 + json.length);
  return bytes.buffer;
}

const HEADER = { at: "2026-11-21T07:02:31Z", width: 960, height: 540, stream_s: 12.5, tracks: [{ id: 7, box: [1, 2, 3, 4], class: "xe tải", confirmed: true }], trail: { 7: [[1, 2]] } };

test("a frame is its header and the JPEG behind it, also when the header is not ASCII", () => {
  const frame = decodeFrame(message(HEADER, [0xff, 0xd8, 0xff, 0xd9]));
  expect(frame?.header).toEqual(HEADER);
  expect([...(frame?.jpeg ?? [])]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
});

test("a header without tracks or trails has none", () => {
  const frame = decodeFrame(message({ at: "x", width: 4, height: 3, stream_s: 0 }, [1]));
  expect(frame?.header.tracks).toEqual([]);
  expect(frame?.header.trail).toEqual({});
});

test("a torn or foreign message is no frame", () => {
  const whole = message(HEADER, [1, 2]);
  expect(decodeFrame(new ArrayBuffer(0))).toBeNull();
  expect(decodeFrame(new ArrayBuffer(3))).toBeNull();
  expect(decodeFrame(new ArrayBuffer(64))).toBeNull();
  expect(decodeFrame(whole.slice(0, 30))).toBeNull();
  expect(decodeFrame(message(HEADER, []))).toBeNull();
  expect(decodeFrame(message({ ...HEADER, width: 0 }, [1]))).toBeNull();
  const wild = message(HEADER, [1]);
  new DataView(wild).setUint32(0, 0xffffffff, true);
  expect(decodeFrame(wild)).toBeNull();
});

test("a camera's state is read from text, anything else is left alone", () => {
  expect(decodeState('{"camera_state":"stale","since":"2026-11-21T07:02:31Z"}')).toEqual({ camera_state: "stale", since: "2026-11-21T07:02:31Z" });
  expect(decodeState('{"camera_state":"unreachable"}')).toEqual({ camera_state: "unreachable", since: null });
  expect(decodeState("{}")).toBeNull();
  expect(decodeState("hello")).toBeNull();
});
