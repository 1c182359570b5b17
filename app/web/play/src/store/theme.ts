import { effect, signal } from "@preact/signals";
import { storage } from "../api/storage";

export type ThemeChoice = "auto" | "light" | "dark";

const themeKey = "carnival.theme";

export const themeChoice = signal<ThemeChoice>(storedTheme());

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  storage.set(themeKey, choice === "auto" ? null : choice);
}

/** Keeps the page and the browser's own bars in the chosen theme. */
export function followTheme(): void {
  effect(() => {
    const choice = themeChoice.value;
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      meta.dataset.own ??= meta.content;
      meta.content = choice === "auto" ? meta.dataset.own : paper;
    }
  });
}

function storedTheme(): ThemeChoice {
  const stored = storage.get(themeKey);
  return stored === "light" || stored === "dark" ? stored : "auto";
}
