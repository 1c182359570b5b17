/** Captions: the browser reads the track; what it says at a moment is drawn by the screen. */

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
  element.kind = "subtitles";
  element.srclang = found.language;
  element.label = found.label;
  element.src = found.url;
  video.append(element);
  element.track.mode = "hidden";
  element.track.addEventListener("cuechange", () => {
    const cues = [...(element.track.activeCues ?? [])] as VTTCue[];
    say(cues.map((cue) => cue.getCueAsHTML().textContent ?? "").join("\n"));
  });
}
