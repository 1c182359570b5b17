/** Captions: the browser reads the track; what it says at a moment is drawn by the screen. So it is
 * no "subtitles" for the browser, which would draw it too, nor for a player library, which would
 * switch it off as none of its own. */

import type { Caption } from "../api/videos";

/** Puts the track of a language under the film, or none, and tells what is said. */
export function caption(
  video: HTMLVideoElement,
  all: readonly Caption[],
  language: string | null,
  say: (text: string) => void,
): void {
  video.replaceChildren();
  say("");
  const found = all.find((each) => each.language === language);
  if (!found) return;
  const element = document.createElement("track");
  element.kind = "metadata";
  element.srclang = found.language;
  element.label = found.label;
  element.src = found.url;
  video.append(element);
  const { track } = element;
  track.mode = "hidden";
  const tell = () => say(saidAt([...(track.cues ?? [])] as VTTCue[], video.currentTime));
  track.addEventListener("cuechange", tell);
  // before a film has played, no cue counts as active for the browser
  element.addEventListener("load", tell);
}

/** What is said at a moment, in seconds: two at once on two lines. */
export function saidAt(
  cues: readonly Pick<VTTCue, "startTime" | "endTime" | "getCueAsHTML">[],
  at: number,
): string {
  return cues
    .filter((cue) => cue.startTime <= at && at < cue.endTime)
    .map((cue) => cue.getCueAsHTML().textContent ?? "")
    .join("\n");
}
