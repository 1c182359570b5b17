/** What lies above the film on the full screen. */

import { signal } from "@preact/signals";
import type { HeldCoupon } from "../../api/coupons";
import type { ProductTarget } from "../../api/videos";
import type { Id } from "../../api/types";

export interface Reading {
  product: ProductTarget;
  /** The moment that led here, for what it earned. */
  cueId: Id | null;
}

/** The product that is read while the film goes on small. */
export const reading = signal<Reading | null>(null);
/** The collected coupon whose code is shown. */
export const ticketShown = signal<HeldCoupon | null>(null);
export const trayOpen = signal(false);
export const menuOpen = signal(false);

export function clearAbove(): void {
  reading.value = null;
  ticketShown.value = null;
  trayOpen.value = false;
  menuOpen.value = false;
}
