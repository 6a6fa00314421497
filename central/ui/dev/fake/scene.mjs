// Draws invented camera pictures as SVG: a gate, a street or a junction with one vehicle and its plate.

const COLOURS = { white: "#d9dcd8", silver: "#a9afb2", black: "#25292c", red: "#8d2a27", blue: "#2a4a74", green: "#2f5a46", yellow: "#c99a2c" };

function platePath({ x, y, w, h, lines, ground, ink }) {
  const size = lines.length === 2 ? h * 0.44 : h * 0.8;
  const text = lines
    .map((line, at) => {
      const ty = lines.length === 2 ? y + h * (at === 0 ? 0.44 : 0.9) : y + h * 0.78;
      return `<text x="${x + w / 2}" y="${ty}" font-size="${size}" text-anchor="middle" textLength="${w * (lines.length === 2 && at === 0 ? 0.62 : 0.86)}" lengthAdjust="spacingAndGlyphs">${line}</text>`;
    })
    .join("");
  return `<g font-family="Overpass Mono, DejaVu Sans Mono, monospace" font-weight="700" fill="${ink}"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="3" fill="${ground}" stroke="${ink}" stroke-width="1.500"/>${text}</g>`;
}

function car([x, y, w, h], colour) {
  const c = COLOURS[colour] ?? colour;
  const u = (fx, fy) => `${x + w * fx} ${y + h * fy}`;
  return `<ellipse cx="${x + w / 2}" cy="${y + h * 0.97}" rx="${w * 0.54}" ry="${h * 0.07}" fill="#000" opacity=".45"/>
<path d="M${u(0.06, 0.8)} L${u(0.1, 0.95)} H${x + w * 0.24} L${u(0.25, 0.82)}z M${u(0.75, 0.82)} L${u(0.76, 0.95)} H${x + w * 0.9} L${u(0.94, 0.8)}z" fill="#0c0e10"/>
<path d="M${u(0.2, 0.08)} Q${u(0.5, -0.02)} ${u(0.8, 0.08)} L${u(0.92, 0.42)} Q${u(1, 0.5)} ${u(0.98, 0.84)} Q${u(0.5, 0.93)} ${u(0.02, 0.84)} Q${u(0, 0.5)} ${u(0.08, 0.42)}z" fill="${c}"/>
<path d="M${u(0.24, 0.12)} Q${u(0.5, 0.03)} ${u(0.76, 0.12)} L${u(0.86, 0.4)} Q${u(0.5, 0.36)} ${u(0.14, 0.4)}z" fill="#16222a"/>
<path d="M${u(0.3, 0.13)} L${u(0.44, 0.1)} L${u(0.34, 0.37)} L${u(0.2, 0.39)}z" fill="#fff" opacity=".12"/>
<path d="M${u(0.06, 0.5)} L${u(0.27, 0.55)} L${u(0.25, 0.64)} L${u(0.05, 0.6)}z M${u(0.94, 0.5)} L${u(0.73, 0.55)} L${u(0.75, 0.64)} L${u(0.95, 0.6)}z" fill="#fff6da"/>
<path d="M${u(0.31, 0.53)} H${x + w * 0.69} L${u(0.66, 0.64)} H${x + w * 0.34}z" fill="#14181b"/>`;
}

function motorcycle([x, y, w, h], colour) {
  const c = COLOURS[colour] ?? colour;
  const u = (fx, fy) => `${x + w * fx} ${y + h * fy}`;
  return `<ellipse cx="${x + w / 2}" cy="${y + h * 0.98}" rx="${w * 0.4}" ry="${h * 0.03}" fill="#000" opacity=".45"/>
<rect x="${x + w * 0.42}" y="${y + h * 0.72}" width="${w * 0.16}" height="${h * 0.26}" rx="${w * 0.07}" fill="#0c0e10"/>
<path d="M${u(0.3, 0.52)} Q${u(0.5, 0.44)} ${u(0.7, 0.52)} L${u(0.64, 0.76)} H${x + w * 0.36}z" fill="${c}"/>
<rect x="${x + w * 0.41}" y="${y + h * 0.53}" width="${w * 0.18}" height="${h * 0.05}" rx="3" fill="#c9352b"/>
<path d="M${u(0.24, 0.5)} Q${u(0.22, 0.2)} ${u(0.5, 0.18)} Q${u(0.78, 0.2)} ${u(0.76, 0.5)} L${u(0.64, 0.56)} H${x + w * 0.36}z" fill="#3d4d5c"/>
<path d="M${u(0.16, 0.44)} L${u(0.3, 0.4)} M${u(0.84, 0.44)} L${u(0.7, 0.4)}" stroke="#1b2226" stroke-width="${w * 0.05}" stroke-linecap="round"/>
<ellipse cx="${x + w / 2}" cy="${y + h * 0.1}" rx="${w * 0.16}" ry="${h * 0.1}" fill="#b9452f"/>`;
}

function truck([x, y, w, h], colour) {
  const c = COLOURS[colour] ?? colour;
  const u = (fx, fy) => `${x + w * fx} ${y + h * fy}`;
  return `<ellipse cx="${x + w / 2}" cy="${y + h * 0.98}" rx="${w * 0.55}" ry="${h * 0.05}" fill="#000" opacity=".5"/>
<rect x="${x + w * 0.02}" y="${y}" width="${w * 0.96}" height="${h * 0.7}" fill="#7f8a8f"/><rect x="${x + w * 0.06}" y="${y + h * 0.03}" width="${w * 0.88}" height="${h * 0.6}" fill="#929ea3"/>
<rect x="${x + w * 0.07}" y="${y + h * 0.84}" width="${w * 0.16}" height="${h * 0.14}" fill="#0c0e10"/><rect x="${x + w * 0.77}" y="${y + h * 0.84}" width="${w * 0.16}" height="${h * 0.14}" fill="#0c0e10"/>
<path d="M${u(0.06, 0.3)} H${x + w * 0.94} V${y + h * 0.9} H${x + w * 0.06}z" fill="${c}"/><path d="M${u(0.12, 0.35)} H${x + w * 0.88} V${y + h * 0.56} H${x + w * 0.12}z" fill="#16222a"/>
<rect x="${x + w * 0.09}" y="${y + h * 0.72}" width="${w * 0.16}" height="${h * 0.07}" fill="#fff6da"/><rect x="${x + w * 0.75}" y="${y + h * 0.72}" width="${w * 0.16}" height="${h * 0.07}" fill="#fff6da"/>`;
}

const GROUNDS = {
  gate: (lamp) => `<rect width="1280" height="720" fill="url(#sky)"/><path d="M0 250h380v-90h220v90h680v470H0z" fill="#4a5657"/><rect x="380" y="150" width="220" height="110" fill="#6d7876"/><rect x="400" y="176" width="80" height="60" fill="#1f2c33"/>
<path d="M0 720 430 262h400l450 458z" fill="#5b6163"/><path d="M628 270h10l26 450h-44z" fill="#b8b29a" opacity=".6"/><rect x="316" y="300" width="34" height="120" fill="#d6a521"/><path d="M350 312 640 250l3 12-293 64z" fill="#e6e2da"/><path d="M400 301l50-11 2 13-50 11zM510 278l50-11 2 13-50 11z" fill="#c33"/>
<circle cx="1040" cy="120" r="150" fill="${lamp}" opacity=".13"/><rect x="1034" y="118" width="8" height="190" fill="#2d3638"/>`,
  street: (lamp) => `<rect width="1280" height="720" fill="url(#sky)"/><path d="M0 130h200v160H0zM200 80h150v210H200zM350 150h250v140H350zM600 60h180v230H600zM780 120h220v170H780zM1000 90h280v200h-280z" fill="#525f63"/><path d="M0 720 180 286h920l180 434z" fill="#54595b"/>
<path d="M300 720 440 290M640 720V290M980 720 840 290" stroke="#c9c4ae" stroke-width="6" stroke-dasharray="60 40" opacity=".7"/><path d="M120 470h1040" stroke="#eceade" stroke-width="12" opacity=".8"/><circle cx="180" cy="160" r="120" fill="${lamp}" opacity=".12"/>`,
};

/** The whole camera picture, 1280×720. `view` cuts a part of it. */
export function draw(scene, view = [0, 0, 1280, 720]) {
  const night = scene.hour < 6 || scene.hour > 17;
  const body = { car, motorcycle, truck, bus: truck }[scene.class] ?? car;
  const [x, y, w, h] = view;
  const width = Math.max(w, 320);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${(width * h) / w}" viewBox="${x} ${y} ${w} ${h}"><defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${night ? "#111a24" : "#9db4c0"}"/><stop offset=".4" stop-color="${night ? "#2b3640" : "#cdd7d8"}"/></linearGradient>
<radialGradient id="dim" r=".8"><stop stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="${night ? 0.62 : 0.3}"/></radialGradient><filter id="grain"><feTurbulence baseFrequency=".8" numOctaves="2" seed="${scene.seed}"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 0 0 0 .32 0"/></filter></defs>
${GROUNDS[scene.ground](night ? "#ffd98a" : "#fff")}${scene.box ? body(scene.box, scene.colour) : ""}${scene.plate ? platePath(scene.plate) : ""}
<rect width="1280" height="720" fill="url(#dim)"/><rect width="1280" height="720" filter="url(#grain)" opacity=".35"/></svg>`;
}
