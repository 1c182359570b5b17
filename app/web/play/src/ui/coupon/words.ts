/** What a coupon promises, in words. */

import type { CouponFace, Discount } from "../../api/coupons";
import { locale, t } from "../../i18n";
import { moneyText } from "../../i18n/format";

/** "20% off"; of a hundred Chinese shoppers count what remains, in tenths: 八折. */
export function rateText(percent: number, language: string): string {
  return language.startsWith("zh") ? String((100 - percent) / 10) : String(percent);
}

export function offText(discount: Discount): string {
  if (discount.type === "percent") {
    return t("coupons.rate", { n: rateText(discount.percent, locale.value) });
  }
  const { amountMinor, currency } = discount.amount;
  return t("coupons.off", { amount: moneyText(amountMinor, currency, locale.value) });
}

/** On what terms: the least that has to be spent, and the most that is taken off. */
export function termsText({ discount, minimum }: CouponFace): string {
  const text = (money: { amountMinor: number; currency: string }) =>
    moneyText(money.amountMinor, money.currency, locale.value);
  const from =
    minimum === null ? t("coupons.anything") : t("coupons.from", { amount: text(minimum) });
  const cap = discount.type === "percent" ? discount.cap : null;
  return cap === null ? from : `${from} · ${t("coupons.cap", { amount: text(cap) })}`;
}

/** A code in groups of four, as it is read out. */
export function grouped(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1-");
}
