import { Camera, CircleSlash2, Grid3x3, type LucideIcon, LogIn, LogOut, Maximize, Minus, MousePointer2, Plus, Redo2, RouteIcon, Ruler, Square, Timer, TrafficCone, Undo2, Waypoints } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ZoneKind } from "../../api/scene-types";
import { Select } from "../../ui/select";
import type { Tool } from "./model";

const TOOLS: [Tool, LucideIcon, string][] = [
  ["select", MousePointer2, "s"],
  ["lane", RouteIcon, "l"],
  ["stop", CircleSlash2, "t"],
  ["entry", LogIn, "n"],
  ["exit", LogOut, "x"],
  ["speed", Timer, "p"],
  ["zone", Square, "z"],
  ["marking", Waypoints, "m"],
  ["lamp", TrafficCone, "d"],
  ["ground", Ruler, "r"],
];
export const TOOL_KEYS = TOOLS.map(([tool, , key]) => [key, tool] as const);
export const ZONES: ZoneKind[] = ["junction", "no_stopping", "no_parking", "pavement", "crossing", "speed", "ignore"];

interface Props {
  tool: Tool;
  setTool: (tool: Tool) => void;
  may: boolean;
  zone: ZoneKind;
  setZone: (zone: ZoneKind) => void;
  undo?: () => void;
  redo?: () => void;
  zoom: (factor: number) => void;
  fit: () => void;
  grid: boolean;
  setGrid: (on: boolean) => void;
  snapshot?: () => void;
  taking: boolean;
}

/** What is drawn next, steps back and forth, the part in sight, a new frame. */
export function Toolbar({ tool, setTool, may, zone, setZone, undo, redo, zoom, fit, grid, setGrid, snapshot, taking }: Props) {
  const { t } = useTranslation();
  return (
    <div className="scene-tools" role="toolbar" aria-label={t("scenes.tools")}>
      {may && (
        <div className="segments" role="group">
          {TOOLS.map(([name, Icon, key]) => (
            <button key={name} type="button" data-state={tool === name ? "on" : "off"} aria-pressed={tool === name} aria-label={t(`scenes.tool.${name}`)} title={`${t(`scenes.tool.${name}`)} (${key.toUpperCase()})`} onClick={() => setTool(name)}>
              <Icon aria-hidden="true" />
            </button>
          ))}
        </div>
      )}
      {may && tool === "zone" && <Select label={t("scenes.zone_kind")} value={zone} options={ZONES.map((value) => ({ value, label: t(`scenes.zone.${value}`) }))} onChange={(next) => setZone(next as ZoneKind)} />}
      <span className="scene-tools-gap" />
      {may && (
        <>
          <Button icon={Undo2} word={t("scenes.undo")} onClick={undo} />
          <Button icon={Redo2} word={t("scenes.redo")} onClick={redo} />
        </>
      )}
      <Button icon={Minus} word={t("scenes.zoom_out")} onClick={() => zoom(1.5)} />
      <Button icon={Plus} word={t("scenes.zoom_in")} onClick={() => zoom(1 / 1.5)} />
      <Button icon={Maximize} word={t("scenes.zoom_fit")} onClick={fit} />
      <Button icon={Grid3x3} word={t("scenes.grid")} onClick={() => setGrid(!grid)} pressed={grid} />
      {snapshot && (
        <button type="button" className="button" onClick={snapshot} disabled={taking}>
          <Camera aria-hidden="true" />
          {t(taking ? "scenes.taking" : "scenes.take")}
        </button>
      )}
    </div>
  );
}

function Button({ icon: Icon, word, onClick, pressed }: { icon: LucideIcon; word: string; onClick?: () => void; pressed?: boolean }) {
  return (
    <button type="button" className="icon-button" aria-label={word} title={word} aria-pressed={pressed} disabled={!onClick} onClick={onClick}>
      <Icon aria-hidden="true" />
    </button>
  );
}
