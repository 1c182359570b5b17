/** Numbers, money and dates as people read them. Pure: the language and the time are passed in. */

import { minorDigits } from "./currencies";

const dayMs = 86_400_000;

export function formatCount(n: number, locale: string): string {
  if (Math.abs(n) < 10_000 && locale.startsWith("zh")) return String(n);
  return new Intl.NumberFormat(locale, {
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(n);
}

/** How many decimal digits the currency's minor unit has: 2 for CNY, 0 for JPY, 3 for KWD. */
export function currencyExponent(currency: string): number {
  return minorDigits[currency] ?? 2;
}

export interface MoneyPart {
  kind: "symbol" | "whole" | "fraction";
  text: string;
}

/** The parts of an amount, so that the sign can be drawn smaller. Whole amounts drop ".00" unless
 * all digits are wanted, as where amounts stand below each other or count up. */
export function moneyParts(
  amountMinor: number,
  currency: string,
  locale: string,
  allDigits = false,
): MoneyPart[] {
  const exponent = currencyExponent(currency);
  const amount = amountMinor / 10 ** exponent;
  const whole = !allDigits && amountMinor % 10 ** exponent === 0;
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: whole ? 0 : exponent,
    maximumFractionDigits: exponent,
  });
  const parts: MoneyPart[] = [];
  for (const part of format.formatToParts(amount)) {
    const kind = kindOf(part.type);
    const last = parts[parts.length - 1];
    if (last?.kind === kind) last.text += part.value;
    else parts.push({ kind, text: part.value });
  }
  return parts;
}

function kindOf(type: string): MoneyPart["kind"] {
  if (type === "currency" || type === "literal") return "symbol";
  return type === "decimal" || type === "fraction" ? "fraction" : "whole";
}

export function moneyText(amountMinor: number, currency: string, locale: string): string {
  return moneyParts(amountMinor, currency, locale)
    .map((part) => part.text)
    .join("");
}

export interface RelativeWords {
  now: string;
  yesterday: (time: string) => string;
}

/** "just now", "5 minutes ago", "yesterday 18:20", "11-20", "2023-11-20": never the future. */
export function relativeTime(
  atMs: number,
  nowMs: number,
  locale: string,
  words: RelativeWords,
): string {
  const ageMs = Math.max(0, nowMs - atMs);
  if (ageMs < 60_000) return words.now;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "narrow" });
  if (ageMs < 3_600_000) return relative.format(-Math.floor(ageMs / 60_000), "minute");
  const days = daysBetween(atMs, nowMs);
  if (days === 0) return relative.format(-Math.floor(ageMs / 3_600_000), "hour");
  if (days === 1) return words.yesterday(clockTime(atMs, locale));
  if (days < 7) return relative.format(-days, "day");
  return calendarDate(atMs, nowMs, locale);
}

/** A date and time in full, for schedules and for the reader who asks exactly when. */
export function fullTime(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(atMs);
}

/** "18:20". */
export function clockTime(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(atMs);
}

function calendarDate(atMs: number, nowMs: number, locale: string): string {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    month: "short",
    day: "numeric",
    ...(sameYear ? {} : { year: "numeric" as const }),
  }).format(atMs);
}

function daysBetween(fromMs: number, toMs: number): number {
  const start = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((start(toMs) - start(fromMs)) / dayMs);
}
