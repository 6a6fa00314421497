import type { PointerEvent } from "react";
import type { GroundPoint, PreviewFound, Scene, SceneLine, Spot } from "../../api/scene-types";
import { type GroundFit, type Size, centre, grid, middle, rightSide } from "./geometry";
import type { Chosen, Part } from "./model";

interface Props {
  scene: Scene;
  /** Picture pixels per pixel of the screen: what is drawn keeps its size while one zooms. */
  unit: number;
  chosen: Chosen | null;
  choose?: (chosen: Chosen) => void;
  problems: Set<string>;
  fit: GroundFit | null;
}

/** Everything drawn. Areas lie under lines, lines under lamps; the chosen one is bold. */
export function Shapes({ scene, unit, chosen, choose, problems, fit }: Props) {
  const size = scene.picture;
  const px = ([x, y]: Spot): Spot => [x * size[0], y * size[1]];
  const path = (spots: Spot[]) => spots.map((spot) => px(spot).join(",")).join(" ");
  const group = (list: Part, id: string, kind: string) => ({
    className: `scene-shape scene-${list} kind-${kind} ${chosen?.list === list && chosen.id === id ? "on" : ""} ${problems.has(`${list}.${id}`) ? "bad" : ""}`,
    "data-shape": `${list}.${id}`,
    onPointerDown: choose
      ? (event: PointerEvent) => {
          if (event.button !== 0) return;
          event.stopPropagation();
          choose({ list, id, point: null });
        }
      : undefined,
  });
  const names: [Spot, string][] = [
    ...scene.zones.map(({ id, corners }): [Spot, string] => [centre(corners), id]),
    ...scene.lanes.map(({ id, flow }): [Spot, string] => [[flow[0][0] + (flow[1][0] - flow[0][0]) * 0.7, flow[0][1] + (flow[1][1] - flow[0][1]) * 0.7], id]),
    ...scene.markings.map(({ id, points }): [Spot, string] => [points[0], id]),
    ...scene.lines.map(({ id, from }): [Spot, string] => [from, id]),
    ...scene.signals.filter(({ lamps }) => lamps.length > 0).map(({ id, lamps }): [Spot, string] => [[lamps[0].area[0], lamps[0].area[1]], id]),
  ];
  return (
    <>
      {scene.zones.map((zone) => (
        <g key={zone.id} {...group("zones", zone.id, zone.kind)}>
          <polygon points={path(zone.corners)} />
        </g>
      ))}
      {scene.lanes.map((lane) => (
        <g key={lane.id} {...group("lanes", lane.id, lane.kind)}>
          <polygon points={path(lane.corners)} />
          <Arrow from={px(lane.flow[0])} to={px(lane.flow[1])} unit={unit} />
        </g>
      ))}
      {scene.markings.map((marking) => (
        <g key={marking.id} {...group("markings", marking.id, marking.barred)}>
          <polyline className="wide" points={path(marking.points)} />
          <polyline points={path(marking.points)} />
          {marking.barred !== "both" && marking.points.length > 1 && <Side from={marking.points[0]} to={marking.points[1]} size={size} unit={unit} left={marking.barred === "from_left"} />}
        </g>
      ))}
      {scene.lines.map((line) => (
        <g key={line.id} {...group("lines", line.id, line.kind)}>
          <LineShape line={line} size={size} unit={unit} />
        </g>
      ))}
      {scene.signals.map((signal) => (
        <g key={signal.id} {...group("signals", signal.id, "signal")}>
          {signal.lamps.map(({ colour, area: [x, y, w, h] }, at) => (
            <rect key={at} className={`lamp lamp-${colour}`} x={x * size[0]} y={y * size[1]} width={w * size[0]} height={h * size[1]} />
          ))}
        </g>
      ))}
      {names.map(([spot, id]) => (
        <Label key={id} at={px(spot)} text={id} unit={unit} />
      ))}
      {scene.ground?.points.map((point, at) => {
        const [x, y] = px(point.at);
        const far = fit && fit.each[at] > Math.max(6, 2 * fit.px);
        return (
          <g key={at} className={`scene-shape scene-ground ${far ? "bad" : ""} ${chosen?.list === "ground" ? "on" : ""}`} onPointerDown={choose ? (event) => { event.stopPropagation(); choose({ list: "ground", id: "ground", point: at }); } : undefined}>
            <circle cx={x} cy={y} r={7 * unit} className="hit" />
            <path d={`M${x - 6 * unit} ${y}H${x + 6 * unit}M${x} ${y - 6 * unit}V${y + 6 * unit}`} />
            <Label at={[x, y]} text={`${at + 1}: ${point.metres[0]} · ${point.metres[1]} m`} unit={unit} />
          </g>
        );
      })}
    </>
  );
}

function Label({ at: [x, y], text, unit }: { at: Spot; text: string; unit: number }) {
  return (
    <text className="scene-name" x={x + 8 * unit} y={y - 7 * unit} fontSize={12 * unit} strokeWidth={3.2 * unit}>
      {text}
    </text>
  );
}

function Arrow({ from, to, unit }: { from: Spot; to: Spot; unit: number }) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const head = 12 * unit;
  const wing = (turn: 1 | -1): string => `${to[0] - ux * head - turn * uy * head * 0.55} ${to[1] - uy * head + turn * ux * head * 0.55}`;
  return <path className="scene-arrow" d={`M${from[0]} ${from[1]}L${to[0]} ${to[1]}M${wing(1)}L${to[0]} ${to[1]}L${wing(-1)}`} />;
}

/** The line, and a small arrow to the side that traffic goes to. */
function LineShape({ line, size, unit }: { line: SceneLine; size: Size; unit: number }) {
  const [a, b] = [line.from, line.to].map(([x, y]): Spot => [x * size[0], y * size[1]]);
  const [nx, ny] = rightSide(line.from, line.to, size);
  const [mx, my] = middle(a, b);
  const tick = 26 * unit;
  return (
    <>
      <path className="wide" d={`M${a.join(" ")}L${b.join(" ")}`} />
      <path d={`M${a.join(" ")}L${b.join(" ")}`} />
      <Arrow from={[mx, my]} to={[mx + nx * tick, my + ny * tick]} unit={unit * 0.8} />
    </>
  );
}

/** A bar on the side that must not cross. */
function Side({ from, to, size, unit, left }: { from: Spot; to: Spot; size: Size; unit: number; left: boolean }) {
  const [nx, ny] = rightSide(from, to, size);
  const turn = left ? -1 : 1;
  const [mx, my] = middle([from[0] * size[0], from[1] * size[1]], [to[0] * size[0], to[1] * size[1]]);
  const far: Spot = [mx + turn * nx * 22 * unit, my + turn * ny * 22 * unit];
  return (
    <>
      <path d={`M${mx} ${my}L${far.join(" ")}`} />
      <circle className="barred" cx={far[0]} cy={far[1]} r={5 * unit} />
    </>
  );
}

/** The ground in metres, drawn back onto the picture: where it does not lie on the road, a point is wrong. */
export function GridShape({ fit, points, unit }: { fit: GroundFit; points: GroundPoint[]; unit: number }) {
  const { lines } = grid(fit, points);
  return (
    <g className="scene-grid" strokeWidth={unit}>
      {lines.map((line, at) => (
        <polyline key={at} points={line.map((spot) => spot.join(",")).join(" ")} />
      ))}
    </g>
  );
}

/** Something that a rule found in recorded minutes: where the vehicle was, and its way. */
export function FoundShape({ found, size, unit, on, dim }: { found: PreviewFound; size: Size; unit: number; on: boolean; dim: boolean }) {
  const [x, y, w, h] = found.box;
  return (
    <g className={`scene-found ${on ? "on" : ""} ${dim ? "dim" : ""}`} data-found={found.rule}>
      <polyline points={found.path.map(([px, py]) => `${px * size[0]},${py * size[1]}`).join(" ")} />
      {(on || !dim) && <rect x={x * size[0]} y={y * size[1]} width={w * size[0]} height={h * size[1]} />}
      {on && <Label at={[x * size[0], y * size[1]]} text={found.rule} unit={unit} />}
    </g>
  );
}

