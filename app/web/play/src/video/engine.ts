/** Feeds one <video> from one playlist: by hls.js, or by the browser's own HLS. */

import type Hls from "hls.js";
import type { HlsConfig } from "hls.js";
import { covers, decodesWell, engineFor, firstLevel, saverLevel, unfitLevels } from "./support";

/** How much a film may load: nothing more, its next seconds, or as much as is good. */
export type Share = "none" | "some" | "all";

export interface Stream {
  url: string;
  startSeconds: number;
  share: Share;
  savesData: boolean;
}

export interface Engine {
  take(share: Share): void;
  /** Addresses of an unpublished film end; these are the same with a later end. */
  renew(url: string): void;
  /** The viewer wants less data, or no longer. */
  save(on: boolean): void;
  destroy(): void;
}

export interface EngineDoors {
  failed(): void;
  /** An address was refused: it has ended. */
  refused(): void;
  /** The first seconds lie ready. */
  begun(): void;
}

export type Attach = typeof attach;

const buffers = {
  some: { maxBufferLength: 4, maxBufferSize: 0 },
  all: { maxBufferLength: 24, maxBufferSize: 30_000_000 },
};
const recoveriesMax = 6;
const recoverMs = 1_200;
const hopefulEstimate = 2_500_000;

/** What the last film learnt about the connection, for the next one's first level. */
let lastEstimate = hopefulEstimate;

/** Bits a second. */
export function lineEstimate(): number {
  return lastEstimate;
}

export async function attach(
  video: HTMLVideoElement,
  stream: Stream,
  doors: EngineDoors,
): Promise<Engine> {
  const playsHls = video.canPlayType("application/vnd.apple.mpegurl") !== "";
  const kind = engineFor(window, playsHls);
  if (kind === "mse") return attachHls((await loadHls()).default, video, stream, doors);
  if (kind === "native") return attachNative(video, stream, doors);
  throw new Error("this browser plays no HLS");
}

let loading: Promise<typeof import("hls.js")> | null = null;

/** The library is a chunk of its own, fetched when the first film comes near. */
export function loadHls(): Promise<typeof import("hls.js")> {
  loading ??= import("hls.js").catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

function attachHls(
  library: typeof Hls,
  video: HTMLVideoElement,
  stream: Stream,
  doors: EngineDoors,
): Engine {
  const addresses = new Addresses(stream.url);
  const hls = new library(configOf(stream, addresses));
  const { Events, ErrorTypes } = library;
  let recoveries = 0;
  let saves = stream.savesData;
  let { share } = stream;
  let parsed = false;
  let begun = false;
  const cap = () => {
    if (hls.levels.length > 0) hls.autoLevelCapping = saves ? saverLevel(hls.levels) : -1;
  };
  hls.on(Events.MANIFEST_PARSED, () => {
    void unfitLevels(hls.levels, decodesWell).then((unfit) => {
      for (const index of unfit.reverse()) hls.removeLevel(index);
      cap();
      hls.startLevel = firstLevel(hls.levels, lastEstimate);
      parsed = true;
      if (share !== "none") hls.startLoad(stream.startSeconds);
    });
  });
  hls.on(Events.FRAG_LOADED, () => {
    if (Number.isFinite(hls.bandwidthEstimate)) lastEstimate = hls.bandwidthEstimate;
  });
  hls.on(Events.FRAG_BUFFERED, () => {
    recoveries = 0;
    if (begun || !covers(video, stream.startSeconds)) return;
    begun = true;
    doors.begun();
  });
  hls.on(Events.ERROR, (_, problem) => {
    if (problem.response?.code === 403) doors.refused();
    if (!problem.fatal) return;
    recoveries += 1;
    if (recoveries > recoveriesMax) return doors.failed();
    if (problem.type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else setTimeout(() => share === "none" || again(hls, addresses), recoverMs);
    return undefined;
  });
  hls.attachMedia(video);
  hls.loadSource(stream.url);
  return {
    take(next) {
      const stopped = share === "none";
      share = next;
      if (next !== "none") Object.assign(hls.config, buffers[next]);
      if (!parsed) return;
      if (next === "none") hls.stopLoad();
      else if (stopped && begun) hls.startLoad(video.currentTime, true);
      else if (stopped) hls.startLoad(stream.startSeconds);
    },
    renew: (url) => addresses.renew(url),
    save(on) {
      saves = on;
      cap();
    },
    destroy: () => hls.destroy(),
  };
}

function again(hls: Hls, addresses: Addresses): void {
  if (hls.levels.length === 0) hls.loadSource(addresses.current);
  else hls.startLoad();
}

function configOf(stream: Stream, addresses: Addresses): Partial<HlsConfig> {
  return {
    autoStartLoad: false,
    startPosition: stream.startSeconds,
    maxMaxBufferLength: 60,
    ...buffers[stream.share === "all" ? "all" : "some"],
    backBufferLength: 12,
    startFragPrefetch: true,
    abrEwmaDefaultEstimate: lastEstimate,
    testBandwidth: false,
    capLevelToPlayerSize: true,
    // a worker from a blob is refused by the content security policy, and fMP4 needs none
    enableWorker: false,
    // cues, captions and rolls come with the play document
    enableInterstitialPlayback: false,
    enableDateRangeMetadataCues: false,
    enableWebVTT: false,
    enableIMSC1: false,
    enableCEA708Captions: false,
    renderTextTracksNatively: false,
    subtitleTrackController: undefined,
    subtitleStreamController: undefined,
    timelineController: undefined,
    xhrSetup: (request, url) => {
      const now = addresses.of(url);
      if (now !== url) request.open("GET", now, true);
    },
  };
}

/** Segments of a playlist are addressed relative to it; a token in the path may be exchanged. A
 * playlist that was read with the second token is exchanged for the third as well. */
export class Addresses {
  private readonly folders: Set<string>;

  constructor(public current: string) {
    this.folders = new Set([folderOf(current)]);
  }

  renew(url: string): void {
    this.current = url;
    this.folders.add(folderOf(url));
  }

  of(url: string): string {
    const folder = folderOf(url);
    return this.folders.has(folder) ? url.replace(folder, folderOf(this.current)) : url;
  }
}

/** "/m/<id or token>/" of a playlist's address. */
function folderOf(url: string): string {
  return /\/m\/[^/]+\//.exec(url)?.[0] ?? url;
}

/** The browser asks for what it wants by itself, so fresh addresses mean another source: it is
 * exchanged where the film stands still anyway. */
export function attachNative(video: HTMLVideoElement, stream: Stream, doors: EngineDoors): Engine {
  let fresh: string | null = null;
  let startSeconds = stream.startSeconds;
  let goesOn = false;
  const begun = () => {
    doors.begun();
    if (startSeconds > 0) video.currentTime = startSeconds;
    if (goesOn) void video.play().catch(() => undefined);
    goesOn = false;
  };
  const exchange = () => {
    if (fresh === null) return false;
    startSeconds = video.currentTime;
    goesOn = !video.paused;
    video.src = fresh;
    fresh = null;
    video.load();
    return true;
  };
  const broken = () => {
    if (exchange()) return;
    doors.refused();
    doors.failed();
  };
  video.addEventListener("loadedmetadata", begun);
  video.addEventListener("waiting", exchange);
  video.addEventListener("error", broken);
  const preload = (share: Share) => (share === "all" ? "auto" : "metadata");
  video.preload = preload(stream.share);
  video.src = stream.url;
  video.load();
  return {
    take(share) {
      video.preload = preload(share);
    },
    renew(url) {
      fresh = url;
      if (video.paused) exchange();
    },
    save: () => undefined, // the browser chooses
    destroy() {
      video.removeEventListener("loadedmetadata", begun);
      video.removeEventListener("waiting", exchange);
      video.removeEventListener("error", broken);
      video.removeAttribute("src");
      video.load();
    },
  };
}
