import { expect, test } from "vitest";
import { type LiveList, type Row, emptyList, reduce } from "./list";

interface Item extends Row {
  text?: string;
}

const row = (id: string, feed_id: number, text?: string): Item => ({ id, feed_id, text });
const ids = (rows: Item[]) => rows.map((r) => r.id).join("");
const start = (...rows: Item[]): LiveList<Item> => reduce(emptyList<Item>(), { type: "snapshot", rows });

test("a new row goes on top while nobody reads", () => {
  const state = reduce(start(row("b", 2), row("a", 1)), { type: "arrived", row: row("c", 3), fits: true });
  expect(ids(state.rows)).toBe("cba");
  expect(state.waiting).toHaveLength(0);
});

test("while the list is read new rows wait, and release shows them", () => {
  let state = reduce(start(row("a", 1)), { type: "hold" });
  state = reduce(state, { type: "arrived", row: row("b", 2), fits: true });
  state = reduce(state, { type: "arrived", row: row("c", 3), fits: true });
  expect(ids(state.rows)).toBe("a");
  expect(ids(state.waiting)).toBe("cb");
  expect(ids(reduce(state, { type: "show" }).rows)).toBe("cba");
  expect(reduce(state, { type: "release" })).toEqual({ rows: [row("c", 3), row("b", 2), row("a", 1)], waiting: [], held: false });
});

test("the settled version replaces the provisional one in its place, even while held", () => {
  let state = reduce(start(row("b", 2), row("a", 1, "provisional")), { type: "hold" });
  state = reduce(state, { type: "arrived", row: row("a", 5, "settled"), fits: true });
  expect(state.rows).toEqual([row("b", 2), row("a", 5, "settled")]);
  expect(state.waiting).toHaveLength(0);
});

test("a repeat or an older version after a reconnect changes nothing", () => {
  let state = start(row("a", 5, "settled"));
  state = reduce(state, { type: "arrived", row: row("a", 1, "provisional"), fits: true });
  state = reduce(state, { type: "arrived", row: row("a", 5, "settled"), fits: true });
  expect(state.rows).toEqual([row("a", 5, "settled")]);
});

test("a row that does not fit the filter is left out, and one that no longer fits goes", () => {
  let state = reduce(start(row("a", 1)), { type: "arrived", row: row("b", 2), fits: false });
  expect(ids(state.rows)).toBe("a");
  state = reduce(state, { type: "arrived", row: row("a", 3), fits: false });
  expect(ids(state.rows)).toBe("");
});

test("a re-sync while held queues what is new and appends what is older", () => {
  let state = reduce(start(row("c", 3), row("b", 2)), { type: "hold" });
  state = reduce(state, { type: "snapshot", rows: [row("e", 5), row("d", 4), row("c", 3), row("b", 2), row("a", 1)] });
  expect(ids(state.rows)).toBe("cba");
  expect(ids(state.waiting)).toBe("ed");
});

test("a slow snapshot does not drop a row that arrived live meanwhile", () => {
  let state = reduce(start(row("a", 1)), { type: "arrived", row: row("c", 3), fits: true });
  state = reduce(state, { type: "snapshot", rows: [row("b", 2), row("a", 1)] });
  expect(ids(state.rows)).toBe("cba");
});
