// Draws the stand-in's camera pictures once: node dev/fake-desk/frames.mjs. Invented scenes, 640×360 JPEG, and frames.json with
// the box of what moves in each, in the picture's pixels.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { draw } from "../fake/scene.mjs";

const FOLDER = fileURLToPath(new URL("./frames/", import.meta.url));
const WAYS = {
  // A truck rolls up to the barrier; the last picture is repeated while it stands.
  truck: { class: "truck", colour: "blue", plate: ["35C-123.45"], size: [250, 300], from: [500, 210, 0.42], to: [330, 240, 1.45], steps: 6 },
  motorcycle: { class: "motorcycle", colour: "red", plate: ["59-P1", "664.80"], size: [170, 280], from: [560, 240, 0.4], to: [520, 250, 1.4], steps: 5 },
};

const browser = await chromium.launch({ executablePath: process.env.VG_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 640, height: 360 } });
const index = {};

async function shoot(name, scene) {
  await page.setContent(`<body style="margin:0">${draw(scene).replace("<svg ", '<svg style="width:640px;height:360px;display:block" ')}</body>`);
  writeFileSync(`${FOLDER}${name}.jpg`, await page.screenshot({ type: "jpeg", quality: 52 }));
}

await shoot("empty", { ground: "gate", hour: 14, seed: 3, box: null, plate: null });
index.empty = [];
for (const [name, way] of Object.entries(WAYS)) {
  for (let at = 0; at < way.steps; at += 1) {
    const part = at / (way.steps - 1);
    const of = (k) => way.from[k] + (way.to[k] - way.from[k]) * part;
    const [w, h] = way.size.map((side) => side * of(2));
    const box = [of(0), of(1), w, h];
    const two = way.plate.length === 2;
    const plate = { x: box[0] + w * (two ? 0.36 : 0.33), y: box[1] + h * (two ? 0.58 : 0.735), w: w * (two ? 0.28 : 0.34), h: w * (two ? 0.2 : 0.085), lines: way.plate, ground: "#fdfdfb", ink: "#14181a" };
    await shoot(`${name}-${at}`, { ground: "gate", hour: 14, seed: 3 + at, class: way.class, colour: way.colour, box, plate });
    (index[name] ??= []).push(box.map((value) => Math.round(value / 2)));
  }
}
writeFileSync(`${FOLDER}frames.json`, `${JSON.stringify(index)}\n`);
await browser.close();
