import { Download, VideoOff } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../api/case-types";
import { useOverlay } from "../api/cases";
import { evidenceUrl } from "../api/client";
import { percent } from "../format/numbers";
import { toggleBoxes, useBoxes } from "../ui/boxes";
import { useKeys } from "../ui/keys";
import { Picture } from "../ui/picture";
import { useWord } from "../ui/words";
import { actSpan, lookedMs } from "./frames";
import { MomentStrip } from "./moments";
import { layerOf, overlayAt } from "./overlay";
import { MomentLayer, OverlayLayer, Stage } from "./stage";
import { stillsOf } from "./stills";
import { Timeline } from "./timeline";
import { Transport } from "./transport";
import { type ClipState, cannotPlay, useClip } from "./use-clip";
import { usePlayback } from "./use-playback";
import { WHOLE, type Zoom, zoomAt, zoomTo } from "./zoom";

interface Props {
  detail: CaseDetail;
  /** How much of the clip, and which pictures, were looked at. */
  onSeen?: (ms: number, pictures: readonly string[]) => void;
  /** Whether there is a film to look at; where there is none, the pictures are looked at for as long. */
  onFilm?: (plays: boolean) => void;
}

const NO_TIMES: readonly number[] = [];
/** A picture counts as looked at once it stood on the stage for so long. */
const PICTURE_MS = 600;
/** How often looking at pictures alone is counted. */
const TICK_MS = 250;

/** The clip frame by frame with its layer, signal and moments; where it cannot be played, the pictures alone, and that is said. */
export function Player({ detail, onSeen, onFilm }: Props) {
  const { t } = useTranslation();
  const word = useWord();
  const video = useRef<HTMLVideoElement>(null);
  const file = detail.evidence.find(({ sha256 }) => sha256 === detail.clip?.sha256);
  const clip = useClip(detail.clip, file?.present ?? true);
  const [seenPictures, setSeenPictures] = useState<ReadonlySet<string>>(new Set());
  const seenMs = useRef(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const boxes = useBoxes();

  const report = useCallback(
    (ms: number, pictures: ReadonlySet<string>) => {
      seenMs.current = Math.max(seenMs.current, ms);
      onSeen?.(seenMs.current, [...pictures]);
    },
    [onSeen],
  );
  const film = clip.is === "ready" ? clip.film : null;
  const act = useMemo(() => actSpan(detail.moments.map(({ offset_ms_in_clip }) => offset_ms_in_clip), film?.length ?? 10), [detail.moments, film]);
  const playback = usePlayback({
    video,
    url: clip.is === "ready" ? clip.url : null,
    times: film?.times ?? NO_TIMES,
    length: film?.length ?? 0,
    fps: null,
    act,
    onSeen: (ms) => report(lookedMs(ms, (film?.length ?? 0) * 1000, detail.review.played.needed_ms), seenPictures),
  });
  const unplayable = clip.is === "ready" && (playback.broken || cannotPlay(film?.codec ?? detail.clip?.codec ?? ""));
  const films = clip.is === "ready" && !unplayable;
  const plays = films || clip.is === "loading";
  useEffect(() => onFilm?.(plays), [onFilm, plays]);

  // Without a clip the pictures are all there is: the first one is shown.
  const still = chosen ?? (films || clip.is === "loading" ? null : 0);
  const stills = useMemo(() => stillsOf(detail), [detail]);
  const shown = still === null ? null : (stills[still] ?? null);
  const moment = shown?.moment ?? null;
  const wordOf = ({ what, moment: of }: (typeof stills)[number]) => word(of ? "moment" : "still", what);

  const choose = (at: number) => {
    const next = stills[at];
    if (!next) return;
    if (films) video.current?.pause();
    const offset = next.moment?.offset_ms_in_clip ?? null;
    if (films && offset !== null) playback.seek(offset / 1000);
    setChosen(at);
  };
  useEffect(() => {
    const sha256 = shown?.sha256;
    if (!sha256 || seenPictures.has(sha256)) return undefined;
    const timer = setTimeout(() => {
      const next = new Set(seenPictures).add(sha256);
      setSeenPictures(next);
      report(seenMs.current, next);
    }, PICTURE_MS);
    return () => clearTimeout(timer);
  }, [shown, seenPictures, report]);
  // Where there is no film, looking at the pictures is looking at the act.
  const looking = !films && clip.is !== "loading" && shown !== null;
  const latestPictures = useRef(seenPictures);
  useEffect(() => {
    latestPictures.current = seenPictures;
  }, [seenPictures]);
  useEffect(() => {
    if (!looking) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && report(seenMs.current + TICK_MS, latestPictures.current), TICK_MS);
    return () => clearInterval(timer);
  }, [looking, report]);

  const overlay = useOverlay(detail.overlay);
  const layer = useMemo(() => (overlay.data ? layerOf(overlay.data, detail.clip) : null), [overlay.data, detail.clip]);
  const accused = (): [number, number, number, number] | null => {
    const box = moment ? moment.box : null;
    if (box) return [box[0] / detail.picture[0], box[1] / detail.picture[1], box[2] / detail.picture[0], box[3] / detail.picture[1]];
    const frame = layer && overlayAt(layer, playback.second);
    return frame?.objects.find(({ track }) => track === layer?.track)?.box ?? null;
  };
  const loupe = () => {
    const box = accused();
    setZoom(zoom.scale > 1 || !box ? WHOLE : zoomTo(box));
  };
  const film_only = (action: () => void) => (films ? action : undefined);
  const leaveStill = (action: () => void) =>
    film_only(() => {
      setChosen(null);
      action();
    });
  useKeys({
    " ": leaveStill(playback.toggle),
    ",": leaveStill(() => playback.step(-1)),
    ".": leaveStill(() => playback.step(1)),
    ArrowLeft: leaveStill(() => playback.step(-1)),
    ArrowRight: leaveStill(() => playback.step(1)),
    "[": film_only(() => playback.faster(-1)),
    "]": film_only(() => playback.faster(1)),
    l: leaveStill(() => playback.setLoop(!playback.loop)),
    o: toggleBoxes,
    z: loupe,
    "+": () => setZoom(zoomAt(zoom, 1.5)),
    "=": () => setZoom(zoomAt(zoom, 1.5)),
    "-": () => setZoom(zoomAt(zoom, 1 / 1.5)),
    0: () => setZoom(WHOLE),
    ...Object.fromEntries(stills.slice(0, 9).map((_, at) => [String(at + 1), () => choose(at)])),
  });

  return (
    <section className="player" aria-label={t("player.title")} data-testid="player" data-clip={unplayable ? "unplayable" : clip.is}>
      <ClipNote clip={clip} unplayable={unplayable} codec={film?.codec ?? detail.clip?.codec ?? ""} sha256={detail.clip?.sha256 ?? null} number={detail.number} needed_ms={onSeen ? detail.review.played.needed_ms : null} />
      <Stage
        size={detail.picture}
        zoom={zoom}
        onZoom={setZoom}
        onPress={leaveStill(playback.toggle)}
        label={shown ? wordOf(shown) : t("player.title")}
        layer={boxes && (moment ? <MomentLayer moment={moment} size={detail.picture} /> : layer && films && !shown ? <OverlayLayer layer={layer} second={playback.second} size={detail.picture} /> : null)}
      >
        {clip.is === "ready" && <video ref={video} src={clip.url} muted playsInline preload="auto" disablePictureInPicture hidden={unplayable} />}
        {clip.is === "loading" && !shown && <Loading share={clip.share} />}
        {shown && (
          <span className="stage-still">
            <Picture sha256={shown.sha256} alt={wordOf(shown)} size={detail.picture} eager lost={detail.evidence.some((one) => one.sha256 === shown.sha256 && !one.present)} />
          </span>
        )}
      </Stage>
      {shown && films && (
        <p className="stage-note">
          {t("player.still", { what: wordOf(shown) })} <kbd>{t("player.space")}</kbd> {t("player.still_back")}
        </p>
      )}
      <Transport
        playback={films ? { ...playback, toggle: leaveStill(playback.toggle) ?? playback.toggle, step: (frames) => leaveStill(() => playback.step(frames))?.(), setLoop: (on) => leaveStill(() => playback.setLoop(on))?.() } : null}
        boxes={boxes}
        onBoxes={toggleBoxes}
        near={zoom.scale > 1}
        onLoupe={loupe}
        onZoom={(factor) => setZoom(zoomAt(zoom, factor))}
      />
      {films && <Timeline detail={detail} playback={{ ...playback, seek: (at) => leaveStill(() => playback.seek(at))?.() }} />}
      <MomentStrip detail={detail} stills={stills} chosen={still} seen={seenPictures} onChoose={choose} />
    </section>
  );
}

function Loading({ share }: { share: number | null }) {
  const { t, i18n } = useTranslation();
  return (
    <p className="stage-loading" role="status">
      {share === null ? t("player.loading") : t("player.loading_share", { share: percent(share, i18n.language) })}
    </p>
  );
}

interface NoteProps {
  clip: ClipState & { again: () => void };
  unplayable: boolean;
  codec: string;
  sha256: string | null;
  number: string;
  /** How long a reviewer has to look; null where nothing is decided. */
  needed_ms: number | null;
}

/** Says plainly why there is no film, and what can be done. */
function ClipNote({ clip, unplayable, codec, sha256, number, needed_ms }: NoteProps) {
  const { t } = useTranslation();
  const which = unplayable ? "unplayable" : clip.is;
  if (which !== "unplayable" && which !== "missing" && which !== "failed" && which !== "none") return null;
  return (
    <p className="clip-note" role="status" data-testid="clip-note">
      <VideoOff aria-hidden="true" />
      <span>
        {t(`player.clip_${which}`, { codec: codec.replace(/^hvc1|^hev1/, "H.265").toUpperCase() })}
        {needed_ms !== null && which !== "failed" && ` ${t("player.clip_decide", { seconds: Math.ceil(needed_ms / 1000) })}`}
      </span>
      {which === "failed" && (
        <button type="button" className="button" onClick={clip.again}>
          {t("state.retry")}
        </button>
      )}
      {which === "unplayable" && sha256 && (
        <a className="button" href={evidenceUrl(sha256)} download={`${number}.mp4`}>
          <Download aria-hidden="true" />
          {t("player.download")}
        </a>
      )}
    </p>
  );
}
