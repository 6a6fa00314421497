// The live picture of a lane, pulled: one frame for each "next", the newest there is.
import { readFileSync } from "node:fs";
import { accept } from "./socket.mjs";

const FOLDER = new URL("./frames/", import.meta.url);
const INDEX = JSON.parse(readFileSync(new URL("frames.json", FOLDER), "utf8"));
const EVERY_MS = 120;
const [WIDTH, HEIGHT] = [640, 360];

export const jpeg = (name) => readFileSync(new URL(`${name}.jpg`, FOLDER));

/** The picture and its tracks at a lane now: whoever is there rolls up and stands. */
function pictureOf(lane, now) {
  const of = lane.current;
  if (!of?.scene) return { name: "empty", tracks: [], trail: {} };
  const boxes = INDEX[of.scene];
  const at = Math.min(boxes.length - 1, Math.floor((now - Date.parse(of.since)) / 350));
  const foot = ([x, y, w, h]) => [x + w / 2, y + h];
  const track = { id: of.track, box: boxes[at], class: of.scene, confirmed: at > 1, access: at > 1 ? of.access : null, verdict: at > 1 ? of.verdict : null };
  return { name: `${of.scene}-${at}`, tracks: [track], trail: { [of.track]: boxes.slice(0, at + 1).map(foot) } };
}

export function serveLive(request, socket, lane) {
  let asked = false;
  let told = "";
  let sentAt = 0;
  const started = Date.now();
  const tick = () => {
    const dead = lane().camera_state !== "live";
    const word = dead ? JSON.stringify({ camera_state: lane().camera_state, since: lane().camera_since }) : "";
    if (word && word !== told) peer.text(word);
    told = word;
    if (dead || !asked || Date.now() - sentAt < EVERY_MS) return;
    asked = false;
    sentAt = Date.now();
    const { name, tracks, trail } = pictureOf(lane(), sentAt);
    const header = Buffer.from(JSON.stringify({ at: new Date(sentAt).toISOString(), width: WIDTH, height: HEIGHT, stream_s: (sentAt - started) / 1000, tracks, trail }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    peer.binary(Buffer.concat([length, header, jpeg(name)]));
  };
  const timer = setInterval(tick, 40);
  const peer = accept(request, socket, {
    onText: (text) => {
      if (text === "next") asked = true;
    },
    onClose: () => clearInterval(timer),
  });
  return peer;
}
