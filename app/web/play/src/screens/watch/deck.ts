/** At most three <video> elements take turns: the film before, the one on the screen, the next. */

import { signal } from "@preact/signals";
import { ahead } from "../../video/ahead";
import { savesData, soundOn } from "../../video/choices";
import { Player } from "../../video/player";
import type { PlayerEvents } from "../../video/player";
import { Viewing, watchLog } from "../../store/watching";
import type { Queued } from "../../store/videoQueue";
import type { Id } from "../../api/types";
import type { Cue } from "../../api/videos";

const elementsMax = 3;
const nearFilms = 2;

export interface DeckEvents {
  moments(cues: Cue[]): void;
  ended(): void;
}

export interface DeckFilms {
  player(id: Id, element: HTMLVideoElement, told: PlayerEvents): Player;
  /** It comes soon: what is small of it may be asked for. */
  near(id: Id): void;
}

export class Deck {
  /** By their place in the queue. */
  readonly players = signal<ReadonlyMap<number, Player>>(new Map());
  viewing: Viewing | null = null;

  private readonly elements: HTMLVideoElement[] = [];
  private index = -1;
  private items: Queued[] = [];

  constructor(
    private readonly events: DeckEvents,
    private readonly films: DeckFilms = {
      player: (id, element, told) => new Player(id, element, told, ahead.read),
      near: (id) => ahead.near(id),
    },
  ) {}

  get current(): Player | null {
    return this.players.value.get(this.index) ?? null;
  }

  /** Brings a film onto the screen, and the next one near. What was swiped past before it began is
   * given up, and what had begun loads no more: the line belongs to what is watched. */
  show(index: number, items: Queued[]): void {
    this.items = items;
    const item = items[index];
    if (!item || index === this.index) return this.divide();
    this.current?.leave();
    this.index = index;
    this.viewing = new Viewing(item.videoId, watchLog);
    const players = new Map(this.players.value);
    for (const [at, player] of players) {
      if (at === index || (player.settled && Math.abs(at - index) < 2)) continue;
      player.destroy();
      players.delete(at);
    }
    const player = players.get(index) ?? this.make(players, index, item);
    this.players.value = players;
    player.setSound(soundOn.value);
    player.start();
    return this.divide();
  }

  /** Who has the line: the first seconds of the film on the screen, then those of the next one,
   * then the rest of the former. */
  private divide(): void {
    const { current } = this;
    this.foresee();
    if (!current?.settled) return;
    this.prepareNext();
    if (this.players.value.get(this.index + 1)?.settled !== false) current.fill();
  }

  private foresee(): void {
    const soon = this.items.slice(this.index + 1, this.index + 1 + nearFilms);
    soon.forEach(({ videoId }, n) => {
      if (!savesData.value && !this.players.value.has(this.index + 1 + n)) this.films.near(videoId);
    });
  }

  private prepareNext(): void {
    const next = this.index + 1;
    const item = this.items[next];
    if (savesData.value || !item || this.players.value.has(next)) return;
    const players = new Map(this.players.value);
    this.make(players, next, item);
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
    for (const player of this.players.value.values()) player.destroy();
    this.players.value = new Map();
    void watchLog.flush();
  }

  private make(players: Map<number, Player>, index: number, item: Queued): Player {
    const player: Player = this.films.player(item.videoId, this.elementFor(index), {
      frame: (ms) => {
        if (this.current !== player) return;
        this.viewing?.frame(ms, player.durationMs.value);
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
      settled: () => this.divide(),
    });
    players.set(index, player);
    void player.load();
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
