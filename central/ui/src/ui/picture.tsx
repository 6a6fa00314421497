import { ImageMinus, ImageOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { evidenceUrl } from "../api/client";
import type { Box, Size } from "../api/types";
import { type View, whole } from "./crop";

export interface DrawnBox {
  box: Box;
  tone: "vehicle" | "plate";
  label?: string;
}

interface Props {
  sha256: string | null;
  alt: string;
  /** The picture's own size in pixels; boxes and view are in the same pixels. */
  size: Size | null;
  view?: View;
  boxes?: DrawnBox[];
  /** Fetched at once, not when it comes into sight. */
  eager?: boolean;
  /** Said in place of the picture when there is none. */
  none?: string;
  /** The device gave it up before central had it: it is not asked for. */
  lost?: boolean;
}

/** The original picture, untouched, with boxes in a layer above it. */
export function Picture({ sha256, alt, size, view, boxes = [], eager = false, none, lost = false }: Props) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState<string | null>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  if (lost) {
    return (
      <span className="picture picture-missing picture-lost">
        <ImageMinus aria-hidden="true" />
        <b>{t("picture.lost")}</b>
        <span>{t("picture.lost_why")}</span>
      </span>
    );
  }
  if (!sha256 || failed === sha256) {
    return (
      <span className="picture picture-missing">
        <ImageOff aria-hidden="true" />
        <span>{sha256 ? t("picture.failed") : (none ?? t("picture.missing"))}</span>
      </span>
    );
  }
  const frame = size ? (view ?? whole(size)) : null;
  const percent = (part: number, of: number) => `${(part / of) * 100}%`;
  const placed =
    frame && size
      ? {
          left: percent(-frame.x, frame.width),
          top: percent(-frame.y, frame.height),
          width: percent(size[0], frame.width),
          height: percent(size[1], frame.height),
        }
      : undefined;
  return (
    <span className="picture" data-loaded={loaded === sha256}>
      <img
        src={evidenceUrl(sha256)}
        alt={alt}
        loading={eager ? "eager" : "lazy"}
        decoding="async"
        draggable={false}
        style={placed}
        className={placed ? "placed" : "contained"}
        onLoad={() => setLoaded(sha256)}
        onError={() => setFailed(sha256)}
      />
      {frame && boxes.length > 0 && <Boxes frame={frame} boxes={boxes} />}
    </span>
  );
}

function Boxes({ frame, boxes }: { frame: View; boxes: DrawnBox[] }) {
  return (
    <svg
      className="boxes"
      viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-boxes={boxes.length}
    >
      {boxes.map(({ box: [x, y, width, height], tone }) => (
        <g key={tone}>
          <rect className="box-halo" x={x} y={y} width={width} height={height} />
          <rect className={`box box-${tone}`} x={x} y={y} width={width} height={height} />
        </g>
      ))}
    </svg>
  );
}
