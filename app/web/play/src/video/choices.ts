/** What a viewer has chosen, kept on the device: sound, captions, data, and how far they came. */

import { computed, signal } from "@preact/signals";
import { storage } from "../api/storage";
import type { Id } from "../api/types";

const soundKey = "carnival.sound";
const captionsKey = "carnival.captions";
const saverKey = "carnival.dataSaver";
const placesKey = "carnival.videoPlaces";
const placesMax = 200;

/** Off until asked. */
export const soundOn = signal(storage.get(soundKey) === "on");

export function chooseSound(on: boolean): void {
  soundOn.value = on;
  storage.set(soundKey, on ? "on" : "off");
}

/** The language of captions; null for none. */
export const captionLanguage = signal<string | null>(storage.get(captionsKey));

export function chooseCaptions(language: string | null): void {
  captionLanguage.value = language;
  storage.set(captionsKey, language);
}

export type SaverChoice = "auto" | "on" | "off";

export const saverChoice = signal<SaverChoice>(storedSaver());

export function chooseSaver(choice: SaverChoice): void {
  saverChoice.value = choice;
  storage.set(saverKey, choice === "auto" ? null : choice);
}

/** Lower rungs, nothing loaded ahead, no previews. By itself where the device asks for it. */
export const savesData = computed(() =>
  saverChoice.value === "auto" ? deviceSavesData() : saverChoice.value === "on",
);

interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

function deviceSavesData(): boolean {
  if (typeof navigator === "undefined") return false;
  const { connection } = navigator as Navigator & { connection?: Connection };
  return connection?.saveData === true || /2g$/.test(connection?.effectiveType ?? "");
}

function storedSaver(): SaverChoice {
  const stored = storage.get(saverKey);
  return stored === "on" || stored === "off" ? stored : "auto";
}

type Places = [Id, number][];

/** Where the viewer left a film, in milliseconds. */
export function placeIn(id: Id): number | undefined {
  return (storage.read<Places>(placesKey) ?? []).find(([each]) => each === id)?.[1];
}

/** Null forgets: the film was seen to its end. */
export function keepPlace(id: Id, ms: number | null): void {
  const others = (storage.read<Places>(placesKey) ?? []).filter(([each]) => each !== id);
  const next: Places = ms === null ? others : [...others, [id, Math.round(ms)]];
  storage.write(placesKey, next.slice(-placesMax));
}
