import { CameraOff, LoaderCircle, VideoOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { clock } from "../../format/time";
import { liveUrl } from "../api/client";
import type { LaneView } from "../api/types";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { nameOf, wordOf } from "../state/view";
import { type Current, drawFrame } from "./draw";
import type { LiveFrame } from "./frame";
import { type FeedState, LaneFeed } from "./socket";

const SMALL_LEAST_MS = 300;

/** Keeps the newest picture, so that a changed size or verdict is drawn at once and not with the next frame. */
interface Last {
  frame: LiveFrame;
  picture: ImageBitmap;
}

/** The live picture of one lane; `small` ones are pulled slower. */
export function LivePicture({ lane, small = false }: { lane: LaneView; small?: boolean }) {
  const { t, language } = useText();
  const { online } = useDesk();
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<Last | null>(null);
  const current = useRef<Current | null>(null);
  const slow = useRef(small);
  const [feed, setFeed] = useState<FeedState>({ state: "connecting", since: null });
  const [drawn, setDrawn] = useState(false);
  const { id, camera } = lane;
  const of = lane.current;
  useEffect(() => {
    slow.current = small;
    current.current = of && { access: of.access, track: of.track, verdict: of.verdict, label: nameOf(of) ?? t(wordOf(of)) };
    if (canvas.current && last.current) drawFrame(canvas.current, last.current.picture, last.current.frame, current.current);
  });

  useEffect(() => {
    if (!camera) return undefined;
    const draw = async (frame: LiveFrame) => {
      const picture = await createImageBitmap(new Blob([frame.jpeg], { type: "image/jpeg" }));
      last.current?.picture.close();
      last.current = { frame, picture };
      setDrawn(true);
      if (canvas.current) {
        drawFrame(canvas.current, picture, frame, current.current);
        canvas.current.dataset.frames = String(Number(canvas.current.dataset.frames ?? 0) + 1);
      }
    };
    const socket = new LaneFeed({ url: liveUrl(id), draw, onState: setFeed, leastMs: () => (slow.current ? SMALL_LEAST_MS : 0) });
    socket.start();
    return () => {
      socket.stop();
      last.current?.picture.close();
      last.current = null;
      setDrawn(false);
    };
  }, [id, camera]);

  const name = language === "en" ? lane.name_en : lane.name_vi;
  if (!camera) {
    return (
      <div className="live live-none">
        <CameraOff aria-hidden="true" />
        <b>{t("lane.no_camera")}</b>
        {!small && <span>{t("lane.no_camera_hint")}</span>}
      </div>
    );
  }
  const dead = lane.camera_state !== null && lane.camera_state !== "live" && lane.camera_state !== "connecting";
  const state = dead && lane.camera_state ? lane.camera_state : feed.state;
  const since = dead && lane.camera_since ? Date.parse(lane.camera_since) : feed.since;
  const stale = !online || (state !== "live" && state !== "connecting") || (drawn && state === "connecting");
  return (
    <div className={`live ${stale ? "live-stale" : ""}`} data-live={stale ? "stale" : drawn ? "live" : "connecting"}>
      <canvas ref={canvas} role="img" aria-label={t("lane.picture", { lane: name })} />
      {stale && (
        <div className="live-over" role="status">
          <VideoOff aria-hidden="true" />
          <b>{t(`lane.camera.${state === "live" || state === "connecting" ? "stale" : state}`)}</b>
          <span>{since === null ? t("lane.no_picture") : t("lane.stale", { time: clock(since) })}</span>
        </div>
      )}
      {!stale && !drawn && (
        <div className="live-over">
          <LoaderCircle aria-hidden="true" className="turning" />
          <span>{t("lane.connecting")}</span>
        </div>
      )}
    </div>
  );
}
