import type { JSX } from "preact";
import type { Discount } from "../../api/coupons";
import { locale } from "../../i18n";
import { moneyText } from "../../i18n/format";
import { Amount } from "../values";
import { offText } from "./words";

const longFrom = 6;
const longerFrom = 9;

/** What a coupon takes off, as the largest thing on it. */
export function Off({ discount }: { discount: Discount }): JSX.Element {
  if (discount.type === "percent") {
    return <strong class="coupon-off long">{offText(discount)}</strong>;
  }
  const { amountMinor, currency } = discount.amount;
  const { length } = moneyText(amountMinor, currency, locale.value);
  const size = length >= longerFrom ? " longer" : length >= longFrom ? " long" : "";
  return (
    <strong class={`coupon-off${size}`}>
      <span class="hidden-text">{offText(discount)}</span>
      <span aria-hidden="true">
        <Amount money={discount.amount} />
      </span>
    </strong>
  );
}
