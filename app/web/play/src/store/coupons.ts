/** Coupons as screens share them: which are mine, and which are gone. */

import { signal } from "@preact/signals";
import { collectCoupon, readCoupon } from "../api/coupons";
import type { HeldCoupon } from "../api/coupons";
import { Problem } from "../api/problems";
import type { Id } from "../api/types";
import { forgetList } from "./paged";
import { me, onSignOut, signedIn } from "./session";

/** What this shopper is known to have, by coupon. */
export const heldCoupons = signal<ReadonlyMap<Id, HeldCoupon>>(new Map());
/** Coupons of which this device has heard that there are no more. */
export const couponsGone = signal<ReadonlySet<Id>>(new Set());

/** The name under which the list of one state is kept. */
export const couponList = (state: HeldCoupon["state"]) => `coupons:${state}`;

function keep(made: HeldCoupon): void {
  heldCoupons.value = new Map(heldCoupons.value).set(made.coupon.id, made);
}

function noteGone(id: Id): void {
  if (!couponsGone.value.has(id)) couponsGone.value = new Set(couponsGone.value).add(id);
}

/** Looks whether the shopper has one already, and whether there are any; fails in silence. */
export async function learnCoupon(id: Id): Promise<void> {
  if (!signedIn.value || heldCoupons.value.has(id)) return;
  const asking = me.value?.id;
  try {
    const { mine, state } = await readCoupon(id);
    if (mine !== null && me.value?.id === asking) keep(mine);
    if (state === "sold_out" || state === "over") noteGone(id);
  } catch {
    // what was said with the film stays
  }
}

/** Collects one. Rejects as the server does, having noted what is gone. */
export async function collect(id: Id): Promise<HeldCoupon> {
  const asking = me.value?.id;
  try {
    const made = await collectCoupon(id);
    if (me.value?.id === asking) keep(made);
    forgetList(couponList("usable"));
    return made;
  } catch (error) {
    const over = ["coupon_sold_out", "coupon_over"];
    if (error instanceof Problem && over.includes(error.code)) noteGone(id);
    throw error;
  }
}

onSignOut(() => {
  heldCoupons.value = new Map();
});
