/** Amounts as people type them. */

import { currencyExponent } from "../../i18n/format";

/** "12.5" in minor units; null for what is no amount of this currency, or nothing. */
export function toMinor(typed: string, currency: string): number | null {
  const exponent = currencyExponent(currency);
  const plain = typed.normalize("NFKC").trim().replace("。", ".");
  const found = /^(\d{1,12})(?:\.(\d*))?$/.exec(plain);
  const [, whole = "", fraction = ""] = found ?? [];
  if (found === null || fraction.length > exponent) return null;
  const minor = Number(whole + fraction.padEnd(exponent, "0"));
  return minor > 0 && Number.isSafeInteger(minor) ? minor : null;
}

/** An amount in minor units as one would type it. */
export function typedAmount(minor: number, currency: string): string {
  const exponent = currencyExponent(currency);
  return (minor / 10 ** exponent).toFixed(exponent);
}
