/** Amounts and payees as people type and read them. */

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

export const payees = ["alipay", "wechat", "bank"] as const;
export type PayeeKind = (typeof payees)[number];

/** The kind and the account of a payee as it was sent; kinds that are not ours stay as they are. */
export function payeeOf(payee: string): { kind: PayeeKind | null; account: string } {
  const [, prefix = "", account = ""] = /^(\w+):(.*)$/s.exec(payee) ?? [];
  const kind = payees.find((each) => each === prefix) ?? null;
  return kind === null ? { kind, account: payee } : { kind, account };
}
