import { describe, expect, it } from "vitest";
import { readCoupon } from "../src/studio/couponForm";
import type { CouponForm } from "../src/studio/couponForm";

const form: CouponForm = {
  title: " 满减 ",
  sort: "amount",
  worth: "10",
  cap: "",
  minimum: "88.80",
  count: "1000",
  collectDays: "7",
  validDays: "30",
};

describe("a coupon that is typed", () => {
  it("is read in minor units", () => {
    expect(readCoupon(form)).toEqual({
      title: "满减",
      discount: { type: "amount", amount: { amountMinor: 1_000, currency: "CNY" } },
      minimum: { amountMinor: 8_880, currency: "CNY" },
      count: 1_000,
      collectDays: 7,
      validDays: 30,
    });
    const rate = readCoupon({ ...form, sort: "percent", worth: "20", minimum: "" });
    expect(rate?.discount).toEqual({ type: "percent", percent: 20, cap: null });
    expect(rate?.minimum).toBeNull();
    const capped = readCoupon({ ...form, sort: "percent", worth: "20", cap: "5" });
    expect(capped?.discount).toMatchObject({ cap: { amountMinor: 500, currency: "CNY" } });
  });

  it.each<Partial<CouponForm>>([
    { title: " " },
    { worth: "" },
    { worth: "0" },
    { worth: "ten" },
    { minimum: "9.99" },
    { minimum: "0" },
    { minimum: "x" },
    { count: "0" },
    { count: "1000001" },
    { count: "1.5" },
    { collectDays: "366" },
    { validDays: "" },
    { sort: "percent", worth: "100" },
    { sort: "percent", worth: "20", cap: "x" },
  ])("is none with %o", (wrong) => {
    expect(readCoupon({ ...form, ...wrong })).toBeNull();
  });
});
