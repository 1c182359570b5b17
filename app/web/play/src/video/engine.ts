/** Feeds one <video> from one playlist: by hls.js, or by the browser's own HLS. */

import type Hls from "hls.js";
import type { HlsConfig } from "hls.js";
import { decodesWell, engineFor, saverLevel, unfitLevels } from "./support";

export interface Stream {
  url: string;
  startSeconds: number;
  /** Load only the beginning: the film is not on the screen yet. */
  ahead: boolean;
  savesData: boolean;
}

export interface Engine {
  /** The film is on the screen now: load as much as is good. */
  goOn(): void;
  /** Addresses of an unpublished film end; these are the same with a later end. */
  renew(url: string): void;
  destroy(): void;
}

const aheadSeconds = 4;
const bufferSeconds = 24;
const bufferBytes = 30_000_000;
const recoveriesMax = 6;
const recoverMs = 1_200;
const hopefulEstimate = 2_500_000;

/** What the last film learnt about the connection, for the next one's first level. */
let lastEstimate = hopefulEstimate;

export async function attach(
  video: HTMLVideoElement,
  stream: Stream,
  failed: () => void,
): Promise<Engine> {
  const playsHls = video.canPlayType("application/vnd.apple.mpegurl") !== "";
  const kind = engineFor(window, playsHls);
  if (kind === "mse") return attachHls((await loadHls()).default, video, stream, failed);
  if (kind === "native") return attachNative(video, stream, failed);
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
  failed: () => void,
): Engine {
  const addresses = new Addresses(stream.url);
  const hls = new library(configOf(stream, addresses));
  const { Events, ErrorTypes } = library;
  let recoveries = 0;
  hls.on(Events.MANIFEST_PARSED, () => {
    void unfitLevels(hls.levels, decodesWell).then((unfit) => {
      for (const index of unfit.reverse()) hls.removeLevel(index);
      if (stream.savesData) hls.autoLevelCapping = saverLevel(hls.levels);
      hls.startLoad(stream.startSeconds);
    });
  });
  hls.on(Events.FRAG_LOADED, () => {
    if (Number.isFinite(hls.bandwidthEstimate)) lastEstimate = hls.bandwidthEstimate;
  });
  hls.on(Events.FRAG_BUFFERED, () => {
    recoveries = 0;
  });
  hls.on(Events.ERROR, (_, problem) => {
    if (!problem.fatal) return;
    recoveries += 1;
    if (recoveries > recoveriesMax) return failed();
    if (problem.type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else setTimeout(() => again(hls, addresses), recoverMs);
    return undefined;
  });
  hls.attachMedia(video);
  hls.loadSource(stream.url);
  return {
    goOn() {
      hls.config.maxBufferLength = bufferSeconds;
      hls.config.maxBufferSize = bufferBytes;
      hls.resumeBuffering();
    },
    renew: (url) => addresses.renew(url),
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
    maxBufferLength: stream.ahead ? aheadSeconds : bufferSeconds,
    maxMaxBufferLength: 60,
    maxBufferSize: stream.ahead ? 0 : bufferBytes,
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
    xhrSetup: (request, url) => {
      const now = addresses.of(url);
      if (now !== url) request.open("GET", now, true);
    },
  };
}

/** Segments of a playlist are addressed relative to it; a token in the path may be exchanged. */
export class Addresses {
  private readonly first: string;

  constructor(public current: string) {
    this.first = folderOf(current);
  }

  renew(url: string): void {
    this.current = url;
  }

  of(url: string): string {
    const path = url.replace(/^https?:\/\/[^/]+/, "");
    if (!path.startsWith(this.first)) return url;
    return url.replace(this.first, folderOf(this.current));
  }
}

/** "/m/<id or token>/" of a playlist's address. */
function folderOf(url: string): string {
  return /\/m\/[^/]+\//.exec(url)?.[0] ?? url;
}

function attachNative(video: HTMLVideoElement, stream: Stream, failed: () => void): Engine {
  const seek = () => {
    if (stream.startSeconds > 0) video.currentTime = stream.startSeconds;
  };
  video.addEventListener("loadedmetadata", seek, { once: true });
  video.addEventListener("error", failed);
  video.preload = stream.ahead ? "metadata" : "auto";
  video.src = stream.url;
  video.load();
  return {
    goOn() {
      video.preload = "auto";
    },
    renew(url) {
      const { currentTime, paused } = video;
      video.src = url;
      video.currentTime = currentTime;
      if (!paused) void video.play().catch(() => undefined);
    },
    destroy() {
      video.removeEventListener("error", failed);
      video.removeEventListener("loadedmetadata", seek);
      video.removeAttribute("src");
      video.load();
    },
  };
}
