import { describe, expect, it } from "vitest";
import { grouped, rateText } from "../src/ui/coupon/words";

describe("what a coupon promises", () => {
  it("counts what remains in Chinese, and what goes elsewhere", () => {
    expect([20, 25, 5, 99].map((percent) => rateText(percent, "zh-CN"))).toEqual([
      "8",
      "7.5",
      "9.5",
      "0.1",
    ]);
    expect(rateText(25, "en")).toBe("25");
  });

  it("is redeemed by a code in groups of four", () => {
    expect(grouped("7KQM2VXA9RTB")).toBe("7KQM-2VXA-9RTB");
  });
});
