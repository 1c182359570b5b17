/** What is small of films that come soon is asked for early: document and playlists. They cost the
 * line next to nothing, and whoever swipes on in a hurry would wait three round trips for them. */

import { serverNow } from "../api/clock";
import { readPlay } from "../api/videos";
import type { PlayView } from "../api/videos";
import type { Id } from "../api/types";
import { lineEstimate } from "./engine";
import type { ReadPlay } from "./player";
import { firstLevel } from "./support";

const keptMs = 30_000;

export interface AheadDoors {
  read: ReadPlay;
  /** Has the browser keep the playlists behind an address. */
  warm(url: string): Promise<unknown>;
  nowMs(): number;
}

export class Ahead {
  private readonly kept = new Map<Id, { play: Promise<PlayView>; untilMs: number }>();

  constructor(private readonly doors: AheadDoors) {}

  /** The film comes soon. */
  near(id: Id): void {
    const now = this.doors.nowMs();
    for (const [each, { untilMs }] of this.kept) if (untilMs <= now) this.kept.delete(each);
    if (this.kept.has(id)) return;
    const play = this.doors.read(id);
    this.kept.set(id, { play, untilMs: now + keptMs });
    play
      .then(({ hls, timeline }) => this.doors.warm(timeline.preRoll?.hls ?? hls))
      .catch(() => undefined); // it is asked for again when the film is opened
  }

  /** The document, which was perhaps asked for already. */
  readonly read: ReadPlay = (id, version) => {
    const found = this.kept.get(id);
    this.kept.delete(id);
    const good = version === undefined && found && found.untilMs > this.doors.nowMs();
    return good ? found.play.catch(() => this.doors.read(id)) : this.doors.read(id, version);
  };
}

/** The playlists that a film begins with: one of pictures, and those of sound. */
export function firstPlaylists(text: string, bitsPerSecond: number): string[] {
  const levels = [...text.matchAll(/^#EXT-X-STREAM-INF(?::|.*,)BANDWIDTH=(\d+).*\s+(\S+)/gm)]
    .map(([, bits, uri]) => ({ bitrate: Number(bits), uri: uri ?? "", width: 0, height: 0 }))
    .sort((one, other) => one.bitrate - other.bitrate);
  const sounds = [...text.matchAll(/^#EXT-X-MEDIA:.*TYPE=AUDIO.*URI="([^"]+)"/gm)];
  const pictures = levels.slice(firstLevel(levels, bitsPerSecond)).slice(0, 1);
  return [...pictures.map(({ uri }) => uri), ...sounds.map(([, uri]) => uri ?? "")];
}

async function warm(url: string): Promise<unknown> {
  const base = new URL(url, location.href);
  const playlists = firstPlaylists(await textOf(base), lineEstimate());
  return Promise.all(playlists.map((each) => textOf(new URL(each, base))));
}

async function textOf(url: URL): Promise<string> {
  const answer = await fetch(url);
  return answer.ok ? answer.text() : "";
}

export const ahead = new Ahead({ read: readPlay, warm, nowMs: serverNow });
