import { type PointerEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { evidenceUrl } from "../../api/client";
import type { PreviewFound, Scene, Spot } from "../../api/scene-types";
import { clamp, distance, fitGround, middle, snap } from "./geometry";
import { type Chosen, type Tool, anchors, movePoint, needs, pointsOf } from "./model";
import { FoundShape, GridShape, Shapes } from "./shapes";

interface Props {
  scene: Scene;
  sha256: string | null;
  tool: Tool;
  chosen: Chosen | null;
  choose: (chosen: Chosen | null) => void;
  change?: (edit: (scene: Scene) => Scene, mark?: string | null) => void;
  endStep: () => void;
  insert: (at: number, spot: Spot) => void;
  draw: (spots: Spot[]) => void;
  drawing: Spot[];
  setDrawing: (spots: Spot[]) => void;
  problems: Set<string>;
  showGrid: boolean;
  found: PreviewFound[];
  foundAt: number | null;
  view: View;
  setView: (view: View) => void;
}

/** The part of the picture that is in sight, pixels. */
export interface View {
  x: number;
  y: number;
  w: number;
}

const MOST_ZOOM = 40;
/** Within so many pixels of the screen a point snaps, or is hit. */
const REACH = 9;

export const zoomed = (view: View, factor: number, at: Spot, size: [number, number]): View => {
  const w = clamp(view.w * factor, size[0] / MOST_ZOOM, size[0]);
  const share = w / view.w;
  const h = (w * size[1]) / size[0];
  return { w, x: clamp(at[0] - (at[0] - view.x) * share, 0, size[0] - w), y: clamp(at[1] - (at[1] - view.y) * share, 0, size[1] - h) };
};

type Drag = { what: "pan"; from: Spot; view: View; moved: boolean } | { what: "point"; chosen: Chosen; at: number } | { what: "lamp"; from: Spot } | null;

/** The frame with everything drawn over it: points are dragged, clicks draw, the wheel zooms. */
export function Canvas(props: Props) {
  const { scene, sha256, tool, chosen, choose, change, endStep, insert, draw, drawing, setDrawing, problems, showGrid, found, foundAt, view, setView } = props;
  const { t } = useTranslation();
  const svg = useRef<SVGSVGElement>(null);
  const drag = useRef<Drag>(null);
  const [pointer, setPointer] = useState<Spot | null>(null);
  const [snapped, setSnapped] = useState<Spot | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [width, setWidth] = useState(1000);
  const size = scene.picture;
  const h = (view.w * size[1]) / size[0];
  const unit = view.w / width;

  useEffect(() => {
    const node = svg.current;
    if (!node) return undefined;
    const watch = new ResizeObserver(() => setWidth(node.clientWidth || 1000));
    watch.observe(node);
    return () => watch.disconnect();
  }, []);

  /** Where the pointer is in the picture, pixels. */
  const pixel = (event: { clientX: number; clientY: number }): Spot => {
    const box = svg.current?.getBoundingClientRect();
    return box ? [view.x + ((event.clientX - box.left) / box.width) * view.w, view.y + ((event.clientY - box.top) / box.height) * h] : [0, 0];
  };
  const spotOf = ([x, y]: Spot): Spot => [clamp(x / size[0]), clamp(y / size[1])];
  const near = (spot: Spot, but: string | null, alt: boolean) => (alt ? { spot, to: null } : snap(spot, anchors(scene, but), REACH * unit, size));

  const down = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button === 1 || (event.button === 0 && tool === "select")) {
      drag.current = { what: "pan", from: [event.clientX, event.clientY], view, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
      return;
    }
    if (event.button !== 0 || !change) return;
    const at = spotOf(pixel(event));
    if (tool === "lamp") {
      drag.current = { what: "lamp", from: at };
      setDrawing([at, at]);
      event.currentTarget.setPointerCapture(event.pointerId);
      return;
    }
    const { spot } = near(at, null, event.altKey);
    const [least, most] = needs(tool);
    const closes = least === 3 && drawing.length >= 3 && distance([spot[0] * size[0], spot[1] * size[1]], [drawing[0][0] * size[0], drawing[0][1] * size[1]]) < REACH * unit;
    const next = closes ? drawing : [...drawing, spot];
    if (closes || next.length === most) draw(next);
    else setDrawing(next);
  };

  const move = (event: PointerEvent<SVGSVGElement>) => {
    const now = drag.current;
    const at = spotOf(pixel(event));
    setPointer(at);
    if (now?.what === "pan") {
      const [dx, dy] = [(event.clientX - now.from[0]) * unit, (event.clientY - now.from[1]) * unit];
      if (!now.moved && Math.hypot(dx, dy) < 3 * unit) return;
      now.moved = true;
      setView({ ...now.view, x: clamp(now.view.x - dx, 0, size[0] - view.w), y: clamp(now.view.y - dy, 0, size[1] - h) });
    } else if (now?.what === "point" && change) {
      const target = near(at, now.chosen.id, event.altKey || now.chosen.list === "signals");
      setSnapped(target.to);
      change((old) => movePoint(old, now.chosen, now.at, target.spot), `drag:${now.chosen.id}:${now.at}`);
    } else if (now?.what === "lamp") {
      setDrawing([now.from, at]);
    } else if (drawing.length > 0 || tool !== "select") {
      setSnapped(tool === "lamp" ? null : near(at, null, event.altKey).to);
    }
  };

  const up = () => {
    const now = drag.current;
    drag.current = null;
    setSnapped(null);
    if (now?.what === "point") endStep();
    if (now?.what === "pan" && !now.moved) choose(null);
    if (now?.what === "lamp") {
      const [a, b] = drawing;
      // A click alone is no box.
      if (a && b && Math.abs(a[0] - b[0]) >= 0.002 && Math.abs(a[1] - b[1]) >= 0.002) draw(drawing);
      else setDrawing([]);
    }
  };

  const grab = (event: PointerEvent, at: number) => {
    if (event.button !== 0 || !chosen) return;
    event.stopPropagation();
    choose({ ...chosen, point: at });
    if (!change) return;
    drag.current = { what: "point", chosen: { ...chosen, point: at }, at };
    svg.current?.setPointerCapture(event.pointerId);
  };

  // React listens to the wheel passively: the page would scroll along.
  const wheel = useRef<(event: globalThis.WheelEvent) => void>(() => undefined);
  wheel.current = (event) => {
    event.preventDefault();
    setView(zoomed(view, Math.exp(event.deltaY * 0.0015), pixel(event), size));
  };
  useEffect(() => {
    const node = svg.current;
    const listen = (event: globalThis.WheelEvent) => wheel.current(event);
    node?.addEventListener("wheel", listen, { passive: false });
    return () => node?.removeEventListener("wheel", listen);
  }, []);

  const fit = scene.ground ? fitGround(scene.ground.points, size) : null;
  const handles = chosen ? pointsOf(scene, chosen.list, chosen.id) : [];
  const px = ([x, y]: Spot): Spot => [x * size[0], y * size[1]];
  const line = (spots: Spot[]) => spots.map((spot) => px(spot).join(",")).join(" ");
  return (
    <svg
      ref={svg}
      className="scene-canvas"
      data-tool={tool}
      viewBox={`${view.x} ${view.y} ${view.w} ${h}`}
      style={{ aspectRatio: `${size[0]} / ${size[1]}` }}
      role="application"
      aria-label={t("scenes.canvas")}
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerLeave={() => setPointer(null)}
      onDoubleClick={() => drawing.length >= needs(tool)[0] && draw(drawing)}
    >
      {sha256 && failed !== sha256 ? (
        <image href={evidenceUrl(sha256)} width={size[0]} height={size[1]} preserveAspectRatio="none" onError={() => setFailed(sha256)} />
      ) : (
        <g className="scene-no-picture">
          <rect width={size[0]} height={size[1]} />
          <text x={size[0] / 2} y={size[1] / 2} fontSize={size[1] / 24} textAnchor="middle">
            {t(sha256 ? "picture.failed" : "scenes.no_picture")}
          </text>
        </g>
      )}
      {fit && scene.ground && showGrid && <GridShape fit={fit} points={scene.ground.points} unit={unit} />}
      <Shapes scene={scene} unit={unit} chosen={chosen} choose={tool === "select" ? choose : undefined} problems={problems} fit={fit} />
      {found.map((one, at) => (
        <FoundShape key={`${one.rule}:${one.at}:${at}`} found={one} size={size} unit={unit} on={foundAt === at} dim={foundAt !== null && foundAt !== at} />
      ))}
      {drawing.length > 0 && tool !== "lamp" && (
        <g className="scene-drawing">
          <polyline points={line(pointer ? [...drawing, snapped ?? pointer] : drawing)} />
          {drawing.map((spot, at) => {
            const [x, y] = px(spot);
            return <circle key={`${x}:${y}:${at}`} cx={x} cy={y} r={5 * unit} />;
          })}
        </g>
      )}
      {drawing.length === 2 && tool === "lamp" && (
        <rect className="scene-drawing-box" x={Math.min(drawing[0][0], drawing[1][0]) * size[0]} y={Math.min(drawing[0][1], drawing[1][1]) * size[1]} width={Math.abs(drawing[0][0] - drawing[1][0]) * size[0]} height={Math.abs(drawing[0][1] - drawing[1][1]) * size[1]} />
      )}
      {snapped && <circle className="scene-snap" cx={px(snapped)[0]} cy={px(snapped)[1]} r={9 * unit} />}
      {chosen && tool === "select" && change && <Between scene={scene} chosen={chosen} unit={unit} insert={insert} />}
      {chosen && tool === "select" && (
        <g className="scene-handles">
          {handles.map((spot, at) => {
            const [x, y] = px(spot);
            return <circle key={at} className={chosen.point === at ? "on" : ""} cx={x} cy={y} r={6.5 * unit} data-point={at} onPointerDown={(event) => grab(event, at)} />;
          })}
        </g>
      )}
    </svg>
  );
}

/** Small points between the corners: a click makes a corner of one. */
function Between({ scene, chosen, unit, insert }: { scene: Scene; chosen: Chosen; unit: number; insert: (at: number, spot: Spot) => void }) {
  const { list, id } = chosen;
  const lane = list === "lanes" ? scene.lanes.find((one) => one.id === id) : undefined;
  const corners = lane?.corners ?? (list === "zones" || list === "markings" ? pointsOf(scene, list, id) : []);
  const closed = list !== "markings";
  const pairs = corners.map((spot, at): [Spot, Spot] => [spot, corners[(at + 1) % corners.length]]).slice(0, closed ? corners.length : -1);
  return (
    <g className="scene-between">
      {pairs.map(([a, b], at) => {
        const spot = middle(a, b);
        return (
          <circle
            key={at}
            cx={spot[0] * scene.picture[0]}
            cy={spot[1] * scene.picture[1]}
            r={4 * unit}
            onPointerDown={(event) => {
              event.stopPropagation();
              insert(at, spot);
            }}
          />
        );
      })}
    </g>
  );
}

