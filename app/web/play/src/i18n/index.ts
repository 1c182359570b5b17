import { computed, effect, signal } from "@preact/signals";
import { storage } from "../api/storage";
import { en } from "./en";
import { formatCount } from "./format";
import { fill } from "./messages";
import type { Values } from "./messages";
import { zh } from "./zh";

export type Locale = "zh-CN" | "en";
export type LocaleChoice = Locale | "auto";
export type Key = keyof typeof zh;

const choiceKey = "carnival.locale";
const dictionaries = { "zh-CN": zh, en };

export const localeChoice = signal<LocaleChoice>(storedChoice());

export const locale = computed<Locale>(() =>
  localeChoice.value === "auto" ? fromLanguages(navigator.languages) : localeChoice.value,
);

export function chooseLocale(choice: LocaleChoice): void {
  localeChoice.value = choice;
  storage.set(choiceKey, choice === "auto" ? null : choice);
}

/** The sentence for a key in the current language; reading it in a component follows changes. */
export function t(key: Key, values?: Values): string {
  const language = locale.value;
  return fill(dictionaries[language][key], values, language, (n) => formatCount(n, language));
}

/** The first language of the device that we speak; English for all others. */
export function fromLanguages(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return "zh-CN";
    if (/^en\b/i.test(language)) return "en";
  }
  return "en";
}

function storedChoice(): LocaleChoice {
  const stored = storage.get(choiceKey);
  return stored === "zh-CN" || stored === "en" ? stored : "auto";
}

export function followLocale(): void {
  effect(() => {
    document.documentElement.lang = locale.value;
    document.title = t("app.name");
  });
}
