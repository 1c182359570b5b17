/** One film on one <video>: loading, playing, its clock, its rolls. What is on the screen is read
 * from signals; what belongs to a moment comes with the frame that is shown. */

import { signal } from "@preact/signals";
import { serverNow } from "../api/clock";
import { readPlay } from "../api/videos";
import type { Cue, PlayView, Roll } from "../api/videos";
import type { Id } from "../api/types";
import { captionLanguage, keepPlace, placeIn, savesData, soundOn } from "./choices";
import { caption } from "./captions";
import { attach } from "./engine";
import type { Attach, Engine, Share } from "./engine";
import { Renewal } from "./renewal";
import { momentsAt, resumeAt } from "./time";

export type Phase = "loading" | "ready" | "ended" | "failed";
export type Part = "pre" | "film" | "post";

const shownEveryMs = 200;
const keptEveryMs = 3_000;

export type ReadPlay = (id: Id, version?: string) => Promise<PlayView>;

export interface PlayerEvents {
  /** A frame of the film itself is shown. */
  frame(ms: number): void;
  moments(cues: Cue[]): void;
  ended(): void;
  /** The first seconds lie ready, or there will be none: the line is free for another film. */
  settled(): void;
}

export class Player {
  readonly phase = signal<Phase>("loading");
  readonly part = signal<Part>("film");
  readonly playing = signal(false);
  readonly waiting = signal(false);
  readonly timeMs = signal(0);
  readonly durationMs = signal(0);
  readonly moments = signal<Cue[]>([]);
  readonly caption = signal("");
  readonly play = signal<PlayView | null>(null);
  readonly error = signal<unknown>(null);
  /** The browser refused sound before the first touch. */
  readonly hushed = signal(false);
  /** Where the film went on, once; null when it began at its beginning. */
  readonly resumedMs = signal<number | null>(null);

  private engine: Engine | null = null;
  private wanted = false;
  private share: Share = "some";
  private begun = false;
  private gone = new Set<string>();
  private round = 0;
  private opening = 0;
  private frameHandle = 0;
  private lastShown = 0;
  private lastKept = 0;
  /** False between two sources: a late frame of the one before says nothing about the next. */
  private sourced = false;
  private readonly offs: (() => void)[] = [];
  private readonly renewal = new Renewal({
    nowMs: serverNow,
    later(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    ask: () => this.renew(),
  });

  constructor(
    readonly videoId: Id,
    readonly video: HTMLVideoElement,
    private readonly events: PlayerEvents,
    private readonly read: ReadPlay = readPlay,
    private readonly engineFor: Attach = attach,
  ) {
    video.muted = !soundOn.value;
    this.listen();
    this.offs.push(savesData.subscribe((on) => this.engine?.save(on)));
  }

  /** Reads the play document and loads the beginning. */
  async load(): Promise<void> {
    const round = ++this.round;
    this.phase.value = "loading";
    this.error.value = null;
    try {
      const play = this.play.value ?? (await this.read(this.videoId));
      if (round !== this.round) return;
      this.play.value = play;
      this.durationMs.value = play.durationMs;
      this.renewal.until(play.expiresAt);
      const startMs = resumeAt(placeIn(this.videoId), play.durationMs);
      if (startMs > 0) this.resumedMs.value = startMs;
      const roll = startMs === 0 ? play.timeline.preRoll : null;
      await (roll ? this.open("pre", roll.hls, 0) : this.openFilm(startMs));
    } catch (error) {
      if (round === this.round) this.fail(error);
    }
  }

  get settled(): boolean {
    return this.begun || this.phase.value === "failed";
  }

  /** On the screen: go on loading, and play unless the viewer had stopped it. */
  start(): void {
    this.wanted = true;
    if (this.share === "none") this.share = "some";
    this.engine?.take(this.share);
    if (this.phase.value === "failed") void this.load();
    else if (this.phase.value === "ended") this.seek(0);
    void this.tryPlay();
  }

  pause(): void {
    this.keep();
    this.wanted = false;
    this.video.pause();
  }

  /** The line is free: load as much as is good. */
  fill(): void {
    this.share = "all";
    this.engine?.take("all");
  }

  /** Swiped past: what is loaded stays, and nothing more comes. */
  leave(): void {
    this.pause();
    this.share = "none";
    this.engine?.take("none");
  }

  /** Off the screen for a moment: what the viewer wants stays as it is. */
  rest(): void {
    this.video.pause();
  }

  wake(): void {
    this.renewal.wake();
    if (this.wanted && this.phase.value !== "ended") void this.tryPlay();
  }

  get wants(): boolean {
    return this.wanted;
  }

  seek(ms: number): void {
    if (this.part.value !== "film") return;
    const target = Math.max(0, Math.min(ms, this.durationMs.value));
    if (this.phase.value === "ended") this.phase.value = "ready";
    this.video.currentTime = target / 1_000;
    this.timeMs.value = target;
    this.gone.clear();
    this.showMoments(target);
  }

  dismiss(cueId: Id): void {
    this.gone.add(cueId);
    this.showMoments(this.filmMs());
  }

  setSound(on: boolean): void {
    this.video.muted = !on;
    this.hushed.value = false;
  }

  /** Goes on with the film, where the roll may be left. */
  skipRoll(): void {
    if (this.part.value === "pre") this.go(this.openFilm(0));
    else if (this.part.value === "post") this.end();
  }

  destroy(): void {
    this.keep();
    this.round += 1;
    this.renewal.stop();
    this.offs.forEach((off) => off());
    this.video.cancelVideoFrameCallback?.(this.frameHandle);
    this.engine?.destroy();
    this.engine = null;
    this.video.pause();
    this.video.replaceChildren();
  }

  private async openFilm(startMs: number): Promise<void> {
    const play = this.play.value;
    if (play === null) return;
    await this.open("film", play.hls, startMs);
    this.showCaptions();
  }

  private async open(part: Part, url: string, startMs: number): Promise<void> {
    const { round } = this;
    const opening = ++this.opening;
    this.engine?.destroy();
    this.engine = null;
    this.sourced = false;
    this.part.value = part;
    const stream = {
      url,
      startSeconds: startMs / 1_000,
      share: this.share,
      savesData: savesData.value,
    };
    const engine = await this.engineFor(this.video, stream, {
      failed: () => this.broke(),
      refused: () => void this.renewal.ask(),
      begun: () => this.settle(),
    });
    if (round !== this.round || opening !== this.opening) return engine.destroy();
    this.engine = engine;
    // it may have come onto the screen, or left it, meanwhile
    engine.take(this.share);
    if (this.wanted || this.phase.value !== "ended") this.phase.value = "ready";
    if (this.wanted) await this.tryPlay();
  }

  /** Browsers refuse sound before the first touch: then it begins without, and says so. */
  private async tryPlay(): Promise<void> {
    if (!this.wanted || document.visibilityState === "hidden") return;
    try {
      await this.video.play();
    } catch (error) {
      const refused = error instanceof DOMException && error.name === "NotAllowedError";
      if (!refused || this.video.muted) return;
      this.video.muted = true;
      this.hushed.value = true;
      await this.video.play().catch(() => undefined);
    }
  }

  private go(opening: Promise<void>): void {
    opening.catch((error: unknown) => this.fail(error));
  }

  /** A roll that cannot be shown is left out; the film is what one came for. */
  private broke(): void {
    if (this.part.value === "film") this.fail(new Error("the film cannot be played"));
    else this.skipRoll();
  }

  private fail(error: unknown): void {
    this.error.value = error;
    this.phase.value = "failed";
    this.events.settled();
  }

  private settle(): void {
    if (this.begun) return;
    this.begun = true;
    this.events.settled();
  }

  private listen(): void {
    this.on("playing", () => {
      this.playing.value = true;
      this.waiting.value = false;
    });
    this.on("pause", () => {
      this.playing.value = false;
      this.keep();
    });
    this.on("waiting", () => {
      this.waiting.value = true;
    });
    this.on("canplay", () => {
      this.waiting.value = false;
    });
    this.on("emptied", () => {
      this.sourced = false;
    });
    this.on("loadedmetadata", () => {
      this.sourced = true;
    });
    this.on("ended", () => this.finished());
    this.on("durationchange", () => this.learnDuration());
    if ("requestVideoFrameCallback" in this.video) this.nextFrame();
    else this.on("timeupdate", () => this.frame(this.video.currentTime));
  }

  private on(name: keyof HTMLMediaElementEventMap, run: () => void): void {
    this.video.addEventListener(name, run);
    this.offs.push(() => this.video.removeEventListener(name, run));
  }

  private nextFrame(): void {
    this.frameHandle = this.video.requestVideoFrameCallback((_, { mediaTime }) => {
      this.frame(mediaTime);
      this.nextFrame();
    });
  }

  private frame(seconds: number): void {
    this.settle();
    if (this.part.value !== "film" || !this.sourced) return;
    const ms = Math.round(seconds * 1_000);
    if (!this.video.seeking) this.events.frame(ms);
    this.showMoments(ms);
    const now = performance.now();
    if (now - this.lastShown >= shownEveryMs) {
      this.lastShown = now;
      this.timeMs.value = ms;
    }
    if (now - this.lastKept >= keptEveryMs) this.keep();
  }

  private showMoments(ms: number): void {
    const cues = this.play.value?.timeline.cues ?? [];
    const next = momentsAt(cues, ms, this.gone);
    const same =
      next.length === this.moments.value.length &&
      next.every((cue, index) => cue === this.moments.value[index]);
    if (same) return;
    const fresh = next.filter((cue) => !this.moments.value.includes(cue));
    this.moments.value = next;
    if (fresh.length > 0 && this.wanted) this.events.moments(fresh);
  }

  private filmMs(): number {
    return Math.round(this.video.currentTime * 1_000);
  }

  private keep(): void {
    this.lastKept = performance.now();
    const ms = this.filmMs();
    const here = this.part.value === "film" && this.sourced && this.wanted;
    if (here && ms > 0) keepPlace(this.videoId, ms);
  }

  private finished(): void {
    if (this.part.value === "pre") return this.go(this.openFilm(0));
    const roll: Roll | null = this.play.value?.timeline.postRoll ?? null;
    if (this.part.value === "film") {
      keepPlace(this.videoId, null);
      this.timeMs.value = this.durationMs.value;
      this.moments.value = [];
      this.events.ended();
      if (roll) return this.go(this.open("post", roll.hls, 0));
    }
    return this.end();
  }

  private end(): void {
    const rolled = this.part.value !== "film";
    this.part.value = "film";
    this.playing.value = false;
    this.wanted = false;
    this.phase.value = "ended";
    // the film lies ready again behind the last word
    if (rolled) this.go(this.openFilm(0));
  }

  private learnDuration(): void {
    const ms = this.video.duration * 1_000;
    const growing = this.play.value?.complete === false;
    if (this.part.value === "film" && Number.isFinite(ms) && ms > 0 && !growing) {
      this.durationMs.value = ms;
    }
  }

  /** The viewer's language, or none; also after they chose another. */
  showCaptions(): void {
    const all = this.play.value?.captions ?? [];
    caption(this.video, all, captionLanguage.value, (text) => {
      this.caption.value = text;
    });
  }

  /** Reads the document anew: what belongs to the film has changed. */
  async refresh(): Promise<void> {
    await this.renew();
  }

  /** The same version under fresh addresses. Cues stay the objects they are: one that is shown is
   * not shown anew. */
  private async renew(): Promise<string | null> {
    const { round } = this;
    const old = this.play.value;
    const next = await this.read(this.videoId, old?.version);
    if (round !== this.round || old === null) return null;
    const { cues } = old.timeline;
    this.play.value = { ...next, timeline: { ...next.timeline, cues } };
    const { preRoll, postRoll } = next.timeline;
    const shown = { pre: preRoll?.hls, film: next.hls, post: postRoll?.hls }[this.part.value];
    if (shown !== undefined) this.engine?.renew(shown);
    return next.expiresAt;
  }
}
