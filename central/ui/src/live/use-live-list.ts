import { useCallback, useEffect, useReducer, useRef } from "react";
import { type LiveAction, type LiveList, type Row, emptyList, reduce } from "./list";
import { useLive } from "./provider";
import type { LiveEvents } from "./stream";

interface Handle<T extends Row> extends LiveList<T> {
  show: () => void;
  /** Spread on the list: it holds still under a mouse, under the keyboard, and when scrolled. */
  holders: {
    onPointerEnter: (event: React.PointerEvent) => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: (event: React.FocusEvent) => void;
  };
  /** For an empty element above the first row: once it is out of sight, the reader has scrolled into the list. */
  top: (element: HTMLElement | null) => (() => void) | undefined;
}

/** Rows from REST joined with the live ones, held still while they are being read. `filterKey` starts the list anew. */
export function useLiveList<K extends "passage" | "alert" | "access", T extends LiveEvents[K] & Row>(
  kind: K,
  snapshot: T[] | undefined,
  fits: (row: LiveEvents[K]) => boolean,
  filterKey: string,
): Handle<T> {
  const keyed = useRef(filterKey);
  const [state, dispatch] = useReducer(
    (old: LiveList<T>, action: LiveAction<T> | { type: "reset" }) => (action.type === "reset" ? emptyList<T>() : reduce(old, action)),
    emptyList<T>(),
  );
  const reasons = useRef({ pointer: false, focus: false, scrolled: false });

  useEffect(() => {
    if (keyed.current !== filterKey) {
      keyed.current = filterKey;
      dispatch({ type: "reset" });
    }
    if (snapshot) dispatch({ type: "snapshot", rows: snapshot });
  }, [snapshot, filterKey]);

  useLive(kind, (row) => dispatch({ type: "arrived", row: row as T, fits: fits(row) }));

  const settle = (change: Partial<typeof reasons.current>) => {
    Object.assign(reasons.current, change);
    const { pointer, focus, scrolled } = reasons.current;
    dispatch({ type: pointer || focus || scrolled ? "hold" : "release" });
  };

  const latest = useRef(settle);
  useEffect(() => {
    latest.current = settle;
  });
  const top = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const observer = new IntersectionObserver(([entry]) => latest.current({ scrolled: !entry.isIntersecting }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return {
    ...state,
    show: () => dispatch({ type: "show" }),
    holders: {
      onPointerEnter: (event) => event.pointerType === "mouse" && settle({ pointer: true }),
      onPointerLeave: () => settle({ pointer: false }),
      // A mouse click also focuses; only the keyboard's focus means reading.
      onFocus: () => settle({ focus: document.activeElement?.matches(":focus-visible") ?? false }),
      onBlur: (event) => !event.currentTarget.contains(event.relatedTarget) && settle({ focus: false }),
    },
    top,
  };
}
