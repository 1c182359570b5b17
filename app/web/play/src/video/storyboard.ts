/** Thumbnails of a film: WebVTT whose cues name parts of sprites (`sprite.jpg#xywh=0,0,90,160`). */

export interface Thumbnail {
  from: number;
  until: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const timing = /^((?:\d+:)?\d\d:\d\d\.\d{3})\s+-->\s+((?:\d+:)?\d\d:\d\d\.\d{3})/;
const boxed = /^(.+)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

/** Reads the file; addresses in it are relative to its own. What is no thumbnail is left out. */
export function parseStoryboard(text: string, base: string): Thumbnail[] {
  const found: Thumbnail[] = [];
  let from = 0;
  let until = -1;
  for (const line of text.split(/\r?\n/)) {
    const times = timing.exec(line);
    const box = boxed.exec(line.trim());
    if (times) {
      from = msOf(times[1] ?? "");
      until = msOf(times[2] ?? "");
    } else if (box && until > from) {
      const [x = 0, y = 0, width = 0, height = 0] = box.slice(2).map(Number);
      const url = new URL(box[1] ?? "", base);
      if (/^https?:$/.test(url.protocol)) {
        found.push({ from, until, url: url.href, x, y, width, height });
      }
    }
  }
  return found;
}

/** The thumbnail of a moment; the last one after the end. */
export function thumbnailAt(all: readonly Thumbnail[], ms: number): Thumbnail | null {
  return all.find((each) => ms < each.until) ?? all.at(-1) ?? null;
}

function msOf(text: string): number {
  const parts = text.split(":").map(Number);
  const seconds = parts.pop() ?? 0;
  const minutes = parts.pop() ?? 0;
  return Math.round(((parts.pop() ?? 0) * 3_600 + minutes * 60 + seconds) * 1_000);
}

const kept = new Map<string, Promise<Thumbnail[]>>();
const keptMax = 12;

/** The thumbnails behind an address; none when they cannot be had. */
export function loadStoryboard(url: string): Promise<Thumbnail[]> {
  const known = kept.get(url);
  if (known) return known;
  const loading = fetch(url)
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then((text) => parseStoryboard(text, new URL(url, location.href).href))
    .catch(() => {
      kept.delete(url);
      return [];
    });
  kept.set(url, loading);
  const oldest = kept.keys().next();
  if (kept.size > keptMax && !oldest.done) kept.delete(oldest.value);
  return loading;
}
