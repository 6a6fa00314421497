export interface SseEvent {
  event: string;
  data: string;
}

/** Server-sent events out of the chunks of a response. Comments give no event, but their bytes show that the line lives. */
export class SseParser {
  private rest = "";

  push(chunk: string): SseEvent[] {
    this.rest += chunk.replaceAll("\r\n", "\n");
    const blocks = this.rest.split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      let event = "message";
      const data: string[] = [];
      for (const line of block.split("\n")) {
        const colon = line.indexOf(":");
        if (colon <= 0) continue;
        const value = line.slice(colon + 1).replace(/^ /, "");
        if (line.startsWith("event:")) event = value;
        if (line.startsWith("data:")) data.push(value);
      }
      return data.length > 0 ? [{ event, data: data.join("\n") }] : [];
    });
  }
}
