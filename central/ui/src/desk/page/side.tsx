import { Tabs } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";
import { whole } from "../../format/numbers";
import { useInside } from "../api/queries";
import { useText } from "../i18n";
import { useDesk } from "../state/provider";
import { Expected } from "./expected";
import { HandoverNote } from "./handover-note";
import { InsideList } from "./inside";
import { Queue } from "./queue";
import { Recent } from "./recent";

export const SIDE_TABS = ["queue", "expected", "inside", "recent"] as const;
export type SideTab = (typeof SIDE_TABS)[number];

/** Reads again when somebody went in or out, at most every two seconds. */
function useRefresh(change: string, read: () => unknown): void {
  const first = useRef(change);
  useEffect(() => {
    if (first.current === change) return undefined;
    first.current = change;
    const timer = setTimeout(read, 2_000);
    return () => clearTimeout(timer);
  }, [change, read]);
}

interface Props {
  tab: SideTab;
  onTab: (tab: SideTab) => void;
  onOpen: (access: string) => void;
}

/** What is not at the lane: behind it, soon, inside, before. */
export function Side({ tab, onTab, onOpen }: Props) {
  const { t, language } = useText();
  const { gate, view } = useDesk();
  const inside = useInside(gate.area);
  useRefresh(`${gate.people} ${gate.vehicles} ${view.recent[0]?.access}`, inside.refetch);
  const waiting = gate.lanes.reduce((sum, lane) => sum + lane.queue.length, 0);
  const over = inside.data?.filter((each) => each.overstayed).length ?? 0;
  const tile = (of: SideTab, key: string, n: ReactNode, note?: string) => (
    <Tabs.Trigger value={of} className="side-tile" data-tab={of} aria-keyshortcuts={key}>
      <b>{n}</b>
      <span>{t(`side.${of}`)}</span>
      {note && <em>{note}</em>}
    </Tabs.Trigger>
  );
  const count = (n: number) => whole(n, language);
  return (
    <aside className="side" aria-label={t("side.label")}>
      <HandoverNote />
      <Tabs.Root value={tab} onValueChange={(value) => onTab(value as SideTab)} className="side-tabs">
        <Tabs.List className="side-tiles" aria-label={t("side.label")}>
          {tile("queue", "Q", count(waiting))}
          {tile("expected", "E", count(gate.expected))}
          {tile("inside", "I", inside.data ? count(inside.data.length) : "–", over > 0 ? t("side.overstayed_n", { count: over, n: count(over) }) : undefined)}
          {tile("recent", "R", count(view.recent.length))}
        </Tabs.List>
        <Tabs.Content value="queue" className="side-panel"><Queue onOpen={onOpen} /></Tabs.Content>
        <Tabs.Content value="expected" className="side-panel"><Expected /></Tabs.Content>
        <Tabs.Content value="inside" className="side-panel"><InsideList query={inside} /></Tabs.Content>
        <Tabs.Content value="recent" className="side-panel"><Recent onOpen={onOpen} /></Tabs.Content>
      </Tabs.Root>
    </aside>
  );
}
