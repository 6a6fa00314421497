import { useMutation } from "@tanstack/react-query";
import { Tabs } from "radix-ui";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { PreviewFound, SceneView, Snapshot, Spot, ZoneKind } from "../../api/scene-types";
import { scenesApi } from "../../api/scenes";
import { mayDrawScenes, mayTryScenes } from "../../shell/places";
import { useUser } from "../../shell/user";
import { Loaded } from "../../ui/loaded";
import { useKeys } from "../../ui/keys";
import { usePageTitle } from "../../ui/title";
import { Canvas, type View, zoomed } from "./canvas";
import { EditorHead } from "./head";
import { type Chosen, type Tool, add, blank, insertPoint, moveAll, movePoint, needs, pointsOf, remove, removePoint } from "./model";
import { ElementsPanel, PlacePanel, RulesPanel } from "./panels";
import { PreviewPanel } from "./preview-panel";
import { TOOL_KEYS, Toolbar } from "./toolbar";
import { useScene } from "./use-scene";

const TABS = ["elements", "rules", "place", "preview"] as const;
type Tab = (typeof TABS)[number];

/** One camera's scene: drawn on its newest frame, tried on recorded minutes, published by another account. */
export function SceneEditorPage() {
  const { site = "", camera = "" } = useParams();
  return <Editor key={`${site}/${camera}`} site={site} camera={camera} />;
}

function Editor({ site, camera }: { site: string; camera: string }) {
  const { t } = useTranslation();
  const user = useUser();
  const first = useCallback((view: SceneView) => blank(view.camera, [1280, 720], view.camera_name), []);
  const work = useScene(site, camera, first);
  const { scene, view } = work;
  usePageTitle(view ? t("scenes.title_of", { camera: view.camera_name }) : t("scenes.title"));
  const change = mayDrawScenes(user) && scene ? work.change : undefined;
  const [tool, setTool] = useState<Tool>("select");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [drawing, setDrawing] = useState<Spot[]>([]);
  const [zone, setZone] = useState<ZoneKind>("junction");
  const [tab, setTab] = useState<Tab>("elements");
  const [grid, setGrid] = useState(true);
  const [found, setFound] = useState<{ list: PreviewFound[]; at: number | null }>({ list: [], at: null });
  const [part, setPart] = useState<View>({ x: 0, y: 0, w: 1280 });
  const [frame, setFrame] = useState<Snapshot | null>(null);
  const size = scene?.picture ?? [1280, 720];

  useEffect(() => setPart({ x: 0, y: 0, w: size[0] }), [size[0], size[1]]);
  const snapshot = useMutation({
    mutationFn: () => scenesApi.snapshot(site, camera),
    onSuccess: (taken) => {
      setFrame(taken);
      // Points are parts of the picture: another resolution of the same view changes none of them.
      if (scene && (scene.picture[0] !== taken.width || scene.picture[1] !== taken.height)) change?.((old) => ({ ...old, picture: [taken.width, taken.height] }));
    },
  });
  const problems = work.problems;
  const bad = useMemo(() => new Set(problems.map(({ at }) => at)), [problems]);

  const choose = (next: Chosen | null) => {
    setChosen(next);
    if (next) setTab(next.list === "rules" ? "rules" : "elements");
  };
  const take = (next: Tool) => {
    setTool(next);
    setDrawing([]);
    if (next !== "select" && next !== "lamp") setChosen(null);
    if (next !== "select") setTab("elements");
  };
  const draw = (spots: Spot[]) => {
    setDrawing([]);
    if (!scene || !change) return;
    const made = add(scene, tool, spots, { zone, signal: chosen?.list === "signals" ? chosen.id : null });
    change(() => made.scene);
    choose(made.chosen);
    // Lamps and measured points come in rows; everything else is looked at first.
    if (tool !== "lamp" && tool !== "ground") setTool("select");
  };
  const insert = (at: number, spot: Spot) => {
    if (!chosen || !change) return;
    change((old) => insertPoint(old, chosen, at, spot));
    setChosen({ ...chosen, point: at + 1 });
  };
  const nudge = (dx: number, dy: number) => () => {
    if (!chosen || !change || !scene || chosen.list === "rules") return;
    const by: Spot = [dx / size[0], dy / size[1]];
    const at = chosen.point;
    const points = pointsOf(scene, chosen.list, chosen.id);
    const mark = `nudge:${chosen.id}:${at ?? "all"}`;
    if (at === null || !points[at]) change((old) => moveAll(old, chosen, by), mark);
    else change((old) => movePoint(old, chosen, at, [points[at][0] + by[0], points[at][1] + by[1]]), mark);
  };
  const drop = () => {
    if (!chosen || !change || !scene) return;
    const without = chosen.point === null ? null : removePoint(scene, chosen, chosen.point);
    if (chosen.point !== null && without) {
      change(() => without);
      setChosen({ ...chosen, point: null });
    } else {
      change((old) => remove(old, chosen));
      setChosen(null);
    }
  };
  const escape = () => {
    if (drawing.length > 0) setDrawing([]);
    else if (tool !== "select") setTool("select");
    else setChosen(null);
  };
  const centre: Spot = [part.x + part.w / 2, part.y + (part.w * size[1]) / size[0] / 2];
  const zoom = (factor: number) => setPart(zoomed(part, factor, centre, size as [number, number]));
  const fit = () => setPart({ x: 0, y: 0, w: size[0] });
  useKeys({
    ...(change ? Object.fromEntries(TOOL_KEYS.map(([key, name]) => [key, () => take(name)])) : {}),
    ArrowLeft: chosen ? nudge(-1, 0) : undefined,
    ArrowRight: chosen ? nudge(1, 0) : undefined,
    ArrowUp: chosen ? nudge(0, -1) : undefined,
    ArrowDown: chosen ? nudge(0, 1) : undefined,
    Delete: chosen ? drop : undefined,
    Backspace: chosen ? drop : undefined,
    Escape: escape,
    Enter: drawing.length >= needs(tool)[0] && drawing.length > 0 ? () => draw(drawing) : undefined,
    "+": () => zoom(1 / 1.5),
    "=": () => zoom(1 / 1.5),
    "-": () => zoom(1.5),
    0: fit,
  });
  useSteps(change ? work.undo : undefined, change ? work.redo : undefined);

  return (
    <div className="page scene-page">
      <Loaded query={{ ...work.query, data: scene && view ? view : undefined }} shape="camera" count={1}>
        {() =>
          scene && view ? (
            <>
              <EditorHead work={work} view={view} problems={problems.length} snapshotError={snapshot.error} frame={frame} />
              <div className="scene-work">
                <div className="scene-stage">
                  <Toolbar
                    tool={tool}
                    setTool={take}
                    may={Boolean(change)}
                    zone={zone}
                    setZone={setZone}
                    undo={work.mayUndo ? work.undo : undefined}
                    redo={work.mayRedo ? work.redo : undefined}
                    zoom={zoom}
                    fit={fit}
                    grid={grid}
                    setGrid={setGrid}
                    snapshot={mayTryScenes(user) ? () => snapshot.mutate() : undefined}
                    taking={snapshot.isPending}
                  />
                  <Canvas
                    scene={scene}
                    sha256={frame?.sha256 ?? view.snapshot}
                    tool={tool}
                    chosen={chosen}
                    choose={choose}
                    change={change}
                    endStep={work.endStep}
                    insert={insert}
                    draw={draw}
                    drawing={drawing}
                    setDrawing={setDrawing}
                    problems={bad}
                    showGrid={grid}
                    found={tab === "preview" ? found.list : []}
                    foundAt={found.at}
                    view={part}
                    setView={setPart}
                  />
                  <p className="scene-hint" aria-live="polite">
                    {t(`scenes.how.${tool}`)}
                  </p>
                </div>
                <Tabs.Root className="scene-side" value={tab} onValueChange={(next) => setTab(next as Tab)}>
                  <Tabs.List className="tabs" aria-label={t("scenes.parts")}>
                    {TABS.map((name) => (
                      <Tabs.Trigger key={name} value={name} className="tab">
                        {t(`scenes.tab.${name}`)}
                      </Tabs.Trigger>
                    ))}
                  </Tabs.List>
                  <Tabs.Content value="elements">
                    <ElementsPanel scene={scene} problems={problems} chosen={chosen} choose={choose} change={change} />
                  </Tabs.Content>
                  <Tabs.Content value="rules">
                    <RulesPanel scene={scene} problems={problems} chosen={chosen} choose={choose} change={change} />
                  </Tabs.Content>
                  <Tabs.Content value="place">
                    <PlacePanel scene={scene} change={change} />
                  </Tabs.Content>
                  <Tabs.Content value="preview">
                    <PreviewPanel
                      site={site}
                      camera={camera}
                      scene={scene}
                      ready={async () => {
                        if (work.saving === "waiting" || work.saving === "failed") await work.save();
                      }}
                      mayRun={mayTryScenes(user) && scene.rules.length > 0}
                      found={found.list}
                      foundAt={found.at}
                      show={(list, at) => setFound({ list, at })}
                    />
                  </Tabs.Content>
                </Tabs.Root>
              </div>
            </>
          ) : null
        }
      </Loaded>
    </div>
  );
}

/** Ctrl+Z and Ctrl+Y, but for what is typed into a field. */
function useSteps(undo: (() => void) | undefined, redo: (() => void) | undefined) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))) return;
      const key = event.key.toLowerCase();
      const step = key === "y" || (key === "z" && event.shiftKey) ? redo : key === "z" ? undo : undefined;
      if (!step) return;
      event.preventDefault();
      step();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [undo, redo]);
}
