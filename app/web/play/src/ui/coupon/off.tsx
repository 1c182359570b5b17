import type { JSX } from "preact";
import type { Discount } from "../../api/coupons";
import { locale } from "../../i18n";
import { moneyText } from "../../i18n/format";
import { Amount } from "../values";
import { offText } from "./words";

const longFrom = 6;

/** What a coupon takes off, as the largest thing on it. */
export function Off({ discount }: { discount: Discount }): JSX.Element {
  if (discount.type === "percent") {
    return <strong class="coupon-off long">{offText(discount)}</strong>;
  }
  const { amountMinor, currency } = discount.amount;
  const long = moneyText(amountMinor, currency, locale.value).length >= longFrom;
  return (
    <strong class={long ? "coupon-off long" : "coupon-off"}>
      <span class="hidden-text">{offText(discount)}</span>
      <span aria-hidden="true">
        <Amount money={discount.amount} />
      </span>
    </strong>
  );
}
