import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { Cue, CouponTarget } from "../../api/videos";
import { locale, t } from "../../i18n";
import { clockTime } from "../../i18n/format";
import { couponsGone, heldCoupons, learnCoupon } from "../../store/coupons";
import { Off } from "./off";
import { termsText } from "./words";
import "./coupon.css";

/** A coupon at its moment of a film: what it is worth, on what terms, and whether it is mine. */
export function CouponMoment({ cue, coupon }: { cue: Cue; coupon: CouponTarget }): JSX.Element {
  useEffect(() => void learnCoupon(coupon.id), [coupon.id]);
  const kicker = cue.text === "" ? t("coupons.kind") : cue.text;
  return (
    <>
      <span class="moment-worth">
        <Off discount={coupon.discount} />
      </span>
      <span class="moment-words">
        <span class="moment-kicker">{kicker}</span>
        <span class="moment-title">{coupon.title}</span>
        <span class="moment-foot">
          <span class="moment-terms">{termsText(coupon)}</span>
          <Standing coupon={coupon} />
        </span>
      </span>
    </>
  );
}

function Standing({ coupon }: { coupon: CouponTarget }): JSX.Element {
  if (heldCoupons.value.has(coupon.id)) {
    return <span class="moment-go done">{t("coupons.collected")}</span>;
  }
  if (coupon.left === "sold_out" || couponsGone.value.has(coupon.id)) {
    return <span class="stock out">{t("coupons.gone")}</span>;
  }
  const opensMs = Date.parse(coupon.collectFrom);
  if (serverNow() < opensMs) {
    const at = clockTime(opensMs, locale.value);
    return <span class="stock">{t("coupons.opens", { at })}</span>;
  }
  return (
    <>
      {coupon.left === "low" ? <span class="stock low">{t("coupons.low")}</span> : null}
      <span class="moment-go">{t("coupons.collect")}</span>
    </>
  );
}
