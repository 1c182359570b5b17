import { beforeEach, describe, expect, it, vi } from "vitest";
import { readCoupon } from "../src/api/coupons";
import type { CouponView } from "../src/api/coupons";
import type { Me } from "../src/api/types";
import { heldCoupons, learnCoupon } from "../src/store/coupons";
import { me } from "../src/store/session";

vi.mock("../src/api/coupons");

const view = { id: "7", state: "open", mine: { code: "A", coupon: { id: "7" } } };
const shopper = (id: string) => ({ id }) as Me;

beforeEach(() => {
  heldCoupons.value = new Map();
});

describe("what a shopper is known to have", () => {
  it.each([
    ["ann", ["7"]],
    ["ben", []],
  ])("is kept for who asked, when %s is there at the answer", async (there, kept) => {
    let answer: (view: CouponView) => void = () => undefined;
    vi.mocked(readCoupon).mockReturnValue(new Promise((resolve) => (answer = resolve)));
    me.value = shopper("ann");
    const learning = learnCoupon("7");
    me.value = shopper(there);
    answer(view as CouponView);
    await learning;
    expect([...heldCoupons.value.keys()]).toEqual(kept);
  });
});
