/** What a person types of a coupon, read. Pure. */

import type { Discount } from "@play/api/coupons";
import type { NewCoupon } from "../api/things";
import { readYuan } from "./edits";

export interface CouponForm {
  title: string;
  sort: "amount" | "percent";
  /** Yuan, or percent. */
  worth: string;
  /** Yuan at most; empty for no bound. */
  cap: string;
  /** Yuan to spend; empty for none. */
  minimum: string;
  count: string;
  collectDays: string;
  validDays: string;
}

const currency = "CNY";
const countMax = 1_000_000;
const daysMax = 365;

/** The coupon, or null as long as something is missing or wrong. */
export function readCoupon(form: CouponForm): NewCoupon | null {
  const title = form.title.trim();
  const minimum = readOptional(form.minimum);
  const discount = readDiscount(form);
  const count = readWhole(form.count, countMax);
  const collectDays = readWhole(form.collectDays, daysMax);
  const validDays = readWhole(form.validDays, daysMax);
  if (title === "" || discount === null || minimum === undefined) return null;
  if (count === null || collectDays === null || validDays === null) return null;
  if (discount.type === "amount" && minimum !== null) {
    if (minimum.amountMinor < discount.amount.amountMinor) return null;
  }
  return { title, discount, minimum, count, collectDays, validDays };
}

function readDiscount(form: CouponForm): Discount | null {
  if (form.sort === "amount") {
    const amountMinor = readYuan(form.worth);
    if (amountMinor === null || amountMinor < 1) return null;
    return { type: "amount", amount: { amountMinor, currency } };
  }
  const percent = readWhole(form.worth, 99);
  const cap = readOptional(form.cap);
  return percent === null || cap === undefined ? null : { type: "percent", percent, cap };
}

/** Money, null for nothing typed, undefined for what is no amount. */
function readOptional(text: string) {
  if (text.trim() === "") return null;
  const amountMinor = readYuan(text);
  return amountMinor === null || amountMinor < 1 ? undefined : { amountMinor, currency };
}

function readWhole(text: string, max: number): number | null {
  const n = /^\d{1,7}$/.test(text.trim()) ? Number(text) : 0;
  return n >= 1 && n <= max ? n : null;
}
