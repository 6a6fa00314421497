import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import type { CaseMoment } from "../api/case-types";
import type { Size } from "../api/types";
import type { Layer } from "./overlay";
import { overlayAt } from "./overlay";
import { type Zoom, pan, transformOf, zoomAt } from "./zoom";

interface Props {
  size: Size;
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
  /** A click that moved nothing. */
  onPress?: () => void;
  /** What is under the layer: the video, or a picture. */
  children: ReactNode;
  layer: ReactNode;
  label: string;
}

/** Less than this between press and release is a click. */
const DRAG_PX = 6;

/** The picture with its layer above it, as large as the place allows; wheel and two fingers enlarge, dragging moves. */
export function Stage({ size, zoom, onZoom, onPress, children, layer, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const moved = useRef(0);
  const latest = useRef({ zoom, onZoom });
  useEffect(() => {
    latest.current = { zoom, onZoom };
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    // React listens passively to the wheel: the page would scroll as well.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      latest.current.onZoom(zoomAt(latest.current.zoom, Math.exp(-event.deltaY / 400), (event.clientX - left) / width, (event.clientY - top) / height));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, []);
  return (
    <div className="stage-place">
      <div
        ref={box}
        className={`stage-box ${zoom.scale > 1 ? "stage-near" : ""}`}
        style={{ aspectRatio: `${size[0]} / ${size[1]}`, ["--stage-aspect" as string]: size[0] / size[1] }}
        role="group"
        aria-label={label}
        data-zoom={zoom.scale.toFixed(2)}
        onPointerDown={(event) => {
          moved.current = 0;
          if (zoom.scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onClick={() => moved.current < DRAG_PX && onPress?.()}
        onPointerMove={(event) => {
          const width = box.current?.clientWidth ?? 1;
          const height = box.current?.clientHeight ?? 1;
          if (event.buttons === 1) moved.current += Math.abs(event.movementX) + Math.abs(event.movementY);
          if (event.buttons === 1 && zoom.scale > 1) onZoom(pan(zoom, event.movementX / width, event.movementY / height));
        }}
      >
        <div className="stage-inner" style={{ transform: transformOf(zoom) }}>
          {children}
          {layer}
        </div>
      </div>
    </div>
  );
}

/** Boxes, the accused track's way and the drawn lines of one second, above the untouched picture. */
export function OverlayLayer({ layer, second, size }: { layer: Layer; second: number; size: Size }) {
  const [width, height] = size;
  const frame = overlayAt(layer, second);
  const way = layer.frames
    .filter(({ at }) => at <= second + 0.02)
    .flatMap(({ objects }) => objects.filter(({ track }) => track === layer.track))
    .map(({ box: [x, y, w, h] }) => `${(x + w / 2) * width},${(y + h) * height}`);
  const accused = frame?.objects.find(({ track }) => track === layer.track);
  return (
    <svg className="stage-layer" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" data-testid="overlay" data-objects={frame?.objects.length ?? 0} data-accused={accused ? accused.box.map((part) => part.toFixed(3)).join(" ") : ""}>
      {layer.drawn.map(([id, points]) => (
        <g key={id}>
          <polyline className="drawn-halo" points={points.map(([x, y]) => `${x * width},${y * height}`).join(" ")} />
          <polyline className="drawn" points={points.map(([x, y]) => `${x * width},${y * height}`).join(" ")} />
        </g>
      ))}
      {way.length > 1 && <polyline className="way" points={way.join(" ")} />}
      {frame?.objects.map(({ track, box: [x, y, w, h] }) => (
        <g key={track}>
          <rect className="box-halo" x={x * width} y={y * height} width={w * width} height={h * height} />
          <rect className={track === layer.track ? "box box-accused" : "box box-other"} x={x * width} y={y * height} width={w * width} height={h * height} />
        </g>
      ))}
    </svg>
  );
}

/** The accused vehicle's box on the picture of one moment. */
export function MomentLayer({ moment, size }: { moment: CaseMoment; size: Size }) {
  const [x, y, w, h] = moment.box;
  return (
    <svg className="stage-layer" viewBox={`0 0 ${size[0]} ${size[1]}`} preserveAspectRatio="none" aria-hidden="true" data-testid="overlay">
      <rect className="box-halo" x={x} y={y} width={w} height={h} />
      <rect className="box box-accused" x={x} y={y} width={w} height={h} />
    </svg>
  );
}

export type VideoRef = RefObject<HTMLVideoElement | null>;
