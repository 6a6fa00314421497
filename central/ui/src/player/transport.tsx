import { Layers, Maximize, Pause, Play, Repeat, StepBack, StepForward, ZoomIn, ZoomOut } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { score } from "../format/numbers";
import type { Playback } from "./use-playback";

interface Props {
  playback: Playback | null;
  boxes: boolean;
  onBoxes: () => void;
  near: boolean;
  onLoupe: () => void;
  onZoom: (factor: number) => void;
}

/** Buttons of the player, each with its key. With the mouse they do not take the focus away from the keys. */
export function Transport({ playback, boxes, onBoxes, near, onLoupe, onZoom }: Props) {
  const { t, i18n } = useTranslation();
  return (
    <div className="transport" role="toolbar" aria-label={t("player.controls")}>
      {playback && (
        <>
          <Tool word={t("player.step_back")} stroke="," onClick={() => playback.step(-1)}>
            <StepBack aria-hidden="true" />
          </Tool>
          <Tool word={t(playback.playing ? "player.pause" : "player.play")} stroke={t("player.space")} onClick={playback.toggle} strong>
            {playback.playing ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          </Tool>
          <Tool word={t("player.step_on")} stroke="." onClick={() => playback.step(1)}>
            <StepForward aria-hidden="true" />
          </Tool>
          <span className="transport-speed">
            <Tool word={t("player.slower")} stroke="[" onClick={() => playback.faster(-1)}>
              −
            </Tool>
            <output aria-label={t("player.speed")} data-testid="speed">
              {score(playback.speed, i18n.language).replace(/[.,]?0+$/, "")}×
            </output>
            <Tool word={t("player.faster")} stroke="]" onClick={() => playback.faster(1)}>
              +
            </Tool>
          </span>
          <Tool word={t("player.loop")} stroke="l" pressed={playback.loop} onClick={() => playback.setLoop(!playback.loop)}>
            <Repeat aria-hidden="true" />
            <span className="tool-word">{t("player.loop_short")}</span>
          </Tool>
        </>
      )}
      <span className="transport-gap" />
      <Tool word={t("player.boxes")} stroke="o" pressed={boxes} onClick={onBoxes}>
        <Layers aria-hidden="true" />
        <span className="tool-word">{t("player.boxes_short")}</span>
      </Tool>
      <Tool word={t("player.loupe")} stroke="z" pressed={near} onClick={onLoupe}>
        <Maximize aria-hidden="true" />
        <span className="tool-word">{t("player.loupe_short")}</span>
      </Tool>
      <Tool word={t("player.smaller")} stroke="-" onClick={() => onZoom(1 / 1.5)}>
        <ZoomOut aria-hidden="true" />
      </Tool>
      <Tool word={t("player.larger")} stroke="+" onClick={() => onZoom(1.5)}>
        <ZoomIn aria-hidden="true" />
      </Tool>
    </div>
  );
}

function Tool({ word, stroke, pressed, strong, onClick, children }: { word: string; stroke: string; pressed?: boolean; strong?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={`tool ${strong ? "tool-strong" : ""}`} aria-label={word} aria-pressed={pressed} title={`${word} (${stroke.length === 1 ? stroke.toUpperCase() : stroke})`} onMouseDown={(event) => event.preventDefault()} onClick={onClick}>
      {children}
    </button>
  );
}
