/** Parses the lines of a server-sent event stream as they arrive, however they are cut. */

export interface StreamEvent {
  id: string | null;
  data: string;
}

const bufferMax = 1_000_000;

export class EventParser {
  private buffer = "";
  private id: string | null = null;
  private data: string[] = [];

  /** The events that this piece of text completes. */
  push(text: string): StreamEvent[] {
    this.buffer += text;
    if (this.buffer.length > bufferMax) throw new Error("an event without end");
    const lines = this.buffer.split(/\r\n|\n|\r(?!$)/);
    this.buffer = lines.pop() ?? "";
    const events: StreamEvent[] = [];
    for (const line of lines) {
      if (line === "") this.complete(events);
      else this.take(line);
    }
    return events;
  }

  private take(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.id = value;
  }

  private complete(events: StreamEvent[]): void {
    if (this.data.length > 0) events.push({ id: this.id, data: this.data.join("\n") });
    this.data = [];
  }
}
