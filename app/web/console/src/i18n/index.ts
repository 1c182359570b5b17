import { effect } from "@preact/signals";
import { locale } from "@play/i18n";
import { formatCount } from "@play/i18n/format";
import { fill } from "@play/i18n/messages";
import type { Values } from "@play/i18n/messages";
import { en } from "./en";
import { zh } from "./zh";

export type Key = keyof typeof zh;

/** The console's own sentences, in the language that the mobile client's choice names. */
export function t(key: Key, values?: Values): string {
  const language = locale.value;
  const message = (language === "en" ? en : zh)[key];
  return fill(message, values, language, (n) => formatCount(n, language));
}

export function percent(share: number): string {
  const options = { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale.value, options).format(share);
}

export function whole(n: number): string {
  return new Intl.NumberFormat(locale.value).format(n);
}

export function followTitle(): void {
  effect(() => {
    document.documentElement.lang = locale.value;
    document.title = t("app.name");
  });
}
