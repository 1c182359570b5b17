import { call } from "./http";
import type { Id, Money, Page, Timestamp } from "./types";

/** What a price is lowered by. */
export type Discount =
  { type: "amount"; amount: Money } | { type: "percent"; percent: number; cap: Money | null };

export type CouponLeft = "in_stock" | "low" | "sold_out";

/** What a coupon says on its face. */
export interface CouponFace {
  title: string;
  discount: Discount;
  /** What has to be spent; null for anything. */
  minimum: Money | null;
}

export interface CouponCard extends CouponFace {
  id: Id;
  brandId: Id;
  brandName: string;
}

export type HeldState = "usable" | "used" | "expired";

/** A coupon that the shopper has collected. */
export interface HeldCoupon {
  id: Id;
  coupon: CouponCard;
  code: string;
  state: HeldState;
  collectedAt: Timestamp;
  expiresAt: Timestamp;
  redeemedAt: Timestamp | null;
}

export interface CouponView extends CouponCard {
  collectFrom: Timestamp;
  collectUntil: Timestamp;
  validUntil: Timestamp | null;
  validDays: number | null;
  left: CouponLeft;
  state: "upcoming" | "open" | "sold_out" | "over";
  mine: HeldCoupon | null;
}

export function readCoupon(id: Id): Promise<CouponView> {
  return call("GET", `/v1/coupons/${id}`);
}

/** One a shopper: asking again gives the very same. */
export function collectCoupon(id: Id): Promise<HeldCoupon> {
  return call("POST", `/v1/coupons/${id}/collect`);
}

export function myCoupons(state: HeldState, cursor: string | null): Promise<Page<HeldCoupon>> {
  return call("GET", "/v1/me/coupons", { query: { state, cursor, limit: 20 } });
}
