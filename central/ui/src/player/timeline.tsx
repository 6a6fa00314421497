import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../api/case-types";
import { score } from "../format/numbers";
import { useWord } from "../ui/words";
import { LampWord } from "./lamp";
import { bars, lampAt } from "./overlay";
import type { Playback } from "./use-playback";

/** Narrower spans than this show their colour only; the word is in the list below and on hover. */
const WORD_FITS = 0.12;

/** The clip's time: what the signal showed, the moments of the act, and where one is. */
export function Timeline({ detail, playback }: { detail: CaseDetail; playback: Playback }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const strip = useRef<HTMLDivElement>(null);
  const { clip, timeline, moments } = detail;
  if (!clip || playback.length <= 0) return null;
  const share = (second: number) => `${Math.min(Math.max(second / playback.length, 0), 1) * 100}%`;
  const seekTo = (clientX: number) => {
    const box = strip.current?.getBoundingClientRect();
    if (box && box.width > 0) playback.seek(((clientX - box.left) / box.width) * playback.length);
  };
  const lamp = lampAt(timeline, clip.from, playback.second);
  const now = t("player.at", { second: score(playback.second, i18n.language), frame: playback.frame + 1, frames: playback.times.length });
  return (
    <div className="timeline">
      <div
        ref={strip}
        className="timeline-strip"
        role="slider"
        tabIndex={0}
        aria-label={t("player.position")}
        aria-valuemin={1}
        aria-valuemax={playback.times.length}
        aria-valuenow={playback.frame + 1}
        aria-valuetext={lamp ? `${now}, ${word("lamp_at", lamp.state)}` : now}
        data-testid="timeline"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seekTo(event.clientX);
        }}
        onPointerMove={(event) => event.buttons === 1 && seekTo(event.clientX)}
      >
        <div className="timeline-lamps" aria-hidden="true">
          {bars(timeline, clip.from, clip.to).map(({ span, left, width }) => (
            <span key={span.signal + span.from} className={`lamp-span lamp-ground-${span.state}`} style={{ left: `${left * 100}%`, width: `${width * 100}%` }} title={`${word("lamp", span.state)} · ${span.signal} · ${word("signal_source", span.source)} · ${score(span.score, i18n.language)}`}>
              {width > WORD_FITS && <LampWord state={span.state} flashing={span.flashing} />}
            </span>
          ))}
          {timeline.length === 0 && <span className="timeline-none">{t("player.no_signal")}</span>}
        </div>
        <div className="timeline-moments" aria-hidden="true">
          {moments.map((moment, at) =>
            moment.offset_ms_in_clip === null ? null : (
              <span key={moment.what + moment.at} className="tick-mark" style={{ left: share(moment.offset_ms_in_clip / 1000) }} title={word("moment", moment.what)}>
                {at + 1}
              </span>
            ),
          )}
        </div>
        <span className="timeline-head" style={{ left: share(playback.second) }} aria-hidden="true" />
      </div>
      <p className="timeline-now">
        <span data-testid="frame-now" data-frame={playback.frame}>
          {now}
        </span>
        {lamp && <LampWord state={lamp.state} flashing={lamp.flashing} />}
      </p>
    </div>
  );
}
