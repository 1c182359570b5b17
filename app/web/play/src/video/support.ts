/** Which way of playing a device has, and which codecs are good for it. */

export type EngineKind = "mse" | "native" | "none";

interface Sources {
  ManagedMediaSource?: { isTypeSupported(type: string): boolean };
  MediaSource?: { isTypeSupported(type: string): boolean };
}

const plainType = 'video/mp4; codecs="avc1.42E01E,mp4a.40.2"';

/** Media Source Extensions where there are any, because they say more and choose better; the
 * browser's own HLS on the phones that have nothing else. */
export function engineFor(sources: Sources, playsHls: boolean): EngineKind {
  const source = sources.ManagedMediaSource ?? sources.MediaSource;
  if (source?.isTypeSupported(plainType)) return "mse";
  return playsHls ? "native" : "none";
}

export interface Level {
  videoCodec?: string | undefined;
  width: number;
  height: number;
  bitrate: number;
  frameRate?: number;
}

export type Decodes = (level: Level) => Promise<boolean>;

/** The levels to take away: AV1 unless the device decodes all of it smoothly and with little
 * power, everything else where it does. One codec for a film, so that no switch costs a decoder. */
export async function unfitLevels(levels: readonly Level[], decodes: Decodes): Promise<number[]> {
  const isAv1 = (level: Level) => /^av01/.test(level.videoCodec ?? "");
  const modern = levels.filter(isAv1);
  if (modern.length === 0 || modern.length === levels.length) return [];
  const good = (await Promise.all(modern.map(decodes))).every(Boolean);
  return levels.flatMap((level, index) => (isAv1(level) === good ? [] : [index]));
}

export async function decodesWell(level: Level): Promise<boolean> {
  if (!("mediaCapabilities" in navigator)) return false;
  try {
    const answer = await navigator.mediaCapabilities.decodingInfo({
      type: "media-source",
      video: {
        contentType: `video/mp4; codecs="${level.videoCodec ?? ""}"`,
        width: level.width,
        height: level.height,
        bitrate: level.bitrate,
        framerate: level.frameRate || 30,
      },
    });
    return answer.supported && answer.smooth && answer.powerEfficient;
  } catch {
    return false;
  }
}

const saverHeightMax = 480;

/** The highest level for who saves data: short side 480 at most, or the smallest there is. */
export function saverLevel(levels: readonly Level[]): number {
  const fit = levels.flatMap((level, index) =>
    Math.min(level.width, level.height) <= saverHeightMax ? [index] : [],
  );
  return fit.at(-1) ?? 0;
}

/** Of what the line brings, so much goes into a film's first seconds: they are there in a third of
 * the time that they last, and the levels behind them follow the line. */
const firstShare = 1 / 3;

/** The level a film begins with: one that is here soon, rather than the best. */
export function firstLevel(levels: readonly Level[], bitsPerSecond: number): number {
  const fit = levels.filter(({ bitrate }) => bitrate <= bitsPerSecond * firstShare);
  return Math.max(0, fit.length - 1);
}

const firstSeconds = 1.5;

/** Whether the seconds from there on are loaded, or all that is left. */
export function covers(
  { buffered, duration }: Pick<HTMLVideoElement, "buffered" | "duration">,
  fromSeconds: number,
): boolean {
  const until = Math.min(fromSeconds + firstSeconds, (duration || Infinity) - 0.2);
  for (let n = 0; n < buffered.length; n += 1) {
    if (buffered.start(n) <= fromSeconds + 0.5 && buffered.end(n) >= until) return true;
  }
  return false;
}
