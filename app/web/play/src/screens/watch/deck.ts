/** At most three <video> elements take turns: the film before, the one on the screen, the next. */

import { signal } from "@preact/signals";
import { savesData, soundOn } from "../../video/choices";
import { Player } from "../../video/player";
import { Viewing, watchLog } from "../../store/watching";
import type { Queued } from "../../store/videoQueue";
import type { Cue } from "../../api/videos";

const elementsMax = 3;
const nextAfterMs = 2_500;

export interface DeckEvents {
  moments(cues: Cue[]): void;
  ended(): void;
}

export class Deck {
  /** By their place in the queue. */
  readonly players = signal<ReadonlyMap<number, Player>>(new Map());
  viewing: Viewing | null = null;

  private readonly elements: HTMLVideoElement[] = [];
  private index = -1;
  private items: Queued[] = [];
  private nextTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly events: DeckEvents) {}

  get current(): Player | null {
    return this.players.value.get(this.index) ?? null;
  }

  /** Brings a film onto the screen, and the next one near. */
  show(index: number, items: Queued[]): void {
    this.items = items;
    const item = items[index];
    if (!item || index === this.index) {
      if (this.current?.playing.value) this.prepareNext();
      return;
    }
    this.current?.pause();
    this.index = index;
    this.viewing = new Viewing(item.videoId, watchLog);
    const players = new Map(this.players.value);
    for (const [at, player] of players) {
      if (Math.abs(at - index) < 2) continue;
      player.destroy();
      players.delete(at);
    }
    const player = players.get(index) ?? this.make(players, index, item, false);
    this.players.value = players;
    player.setSound(soundOn.value);
    player.start();
    this.nextSoon();
  }

  /** The film that is on the screen plays well: now the next one may have some of the line. */
  prepareNext(): void {
    const next = this.index + 1;
    const item = this.items[next];
    if (savesData.value || !item || this.players.value.has(next)) return;
    const players = new Map(this.players.value);
    this.make(players, next, item, true);
    this.players.value = players;
  }

  /** Begins again what failed. */
  retry(): void {
    this.current?.start();
  }

  setSound(on: boolean): void {
    for (const player of this.players.value.values()) player.setSound(on);
  }

  showCaptions(): void {
    for (const player of this.players.value.values()) player.showCaptions();
  }

  close(): void {
    if (this.nextTimer !== null) clearTimeout(this.nextTimer);
    for (const player of this.players.value.values()) player.destroy();
    this.players.value = new Map();
    void watchLog.flush();
  }

  private nextSoon(): void {
    if (this.nextTimer !== null) clearTimeout(this.nextTimer);
    this.nextTimer = setTimeout(() => this.prepareNext(), nextAfterMs);
  }

  private make(players: Map<number, Player>, index: number, item: Queued, ahead: boolean): Player {
    const element = this.elementFor(index);
    const player: Player = new Player(item.videoId, element, {
      frame: (ms) => {
        if (this.current !== player) return;
        this.viewing?.frame(ms, player.durationMs.value);
        this.prepareNext();
      },
      moments: (cues) => {
        if (this.current !== player) return;
        for (const cue of cues) this.viewing?.cueShown(cue.id);
        this.events.moments(cues);
      },
      ended: () => {
        if (this.current !== player) return;
        this.viewing?.ended(player.durationMs.value);
        this.events.ended();
      },
    });
    players.set(index, player);
    void player.load(ahead);
    return player;
  }

  /** Neighbours never share one, and an element that was allowed sound once stays so. */
  private elementFor(index: number): HTMLVideoElement {
    const slot = index % elementsMax;
    const known = this.elements[slot];
    if (known) return known;
    const made = document.createElement("video");
    made.playsInline = true;
    made.setAttribute("playsinline", "");
    made.setAttribute("webkit-playsinline", "");
    made.disableRemotePlayback = false;
    made.preload = "auto";
    made.tabIndex = -1;
    made.setAttribute("aria-hidden", "true");
    this.elements[slot] = made;
    return made;
  }
}
