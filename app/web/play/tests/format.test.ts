import { describe, expect, it } from "vitest";
import {
  currencyExponent,
  formatCount,
  fullTime,
  moneyParts,
  moneyText,
  relativeTime,
} from "../src/i18n/format";

const words = { now: "now", yesterday: (time: string) => `yesterday ${time}` };

describe("money", () => {
  it("follows the currency's own minor unit", () => {
    expect(currencyExponent("CNY")).toBe(2);
    expect(currencyExponent("JPY")).toBe(0);
    expect(currencyExponent("KWD")).toBe(3);
    expect(currencyExponent("IDR")).toBe(2);
    expect(currencyExponent("IQD")).toBe(3);
    expect(moneyText(123_456, "CNY", "zh-CN")).toBe("¥1,234.56");
    expect(moneyText(1_500_050, "IDR", "en").replace(/\s/g, " ")).toContain("15,000.50");
    expect(moneyText(1_234, "JPY", "en")).toBe("¥1,234");
    expect(moneyText(1_234, "KWD", "en").replace(/\s/g, " ")).toContain("1.234");
  });

  it("names its sign, so that it can be drawn smaller, and drops empty cents", () => {
    expect(moneyParts(590, "CNY", "zh-CN")).toEqual([
      { kind: "symbol", text: "¥" },
      { kind: "whole", text: "5" },
      { kind: "fraction", text: ".90" },
    ]);
    expect(moneyText(12_800, "CNY", "zh-CN")).toBe("¥128");
  });

  it("is exact for amounts that a float would round", () => {
    expect(moneyText(1_999_999_999_99, "CNY", "en")).toBe("¥1,999,999,999.99");
  });
});

describe("counts", () => {
  it("are short in the way of each language", () => {
    expect(formatCount(9_999, "zh-CN")).toBe("9999");
    expect(formatCount(12_853, "zh-CN")).toBe("1.3万");
    expect(formatCount(12_853, "en")).toBe("12.9K");
    expect(formatCount(0, "en")).toBe("0");
  });
});

describe("relative time", () => {
  const now = new Date(2024, 10, 20, 18, 0).getTime();
  const ago = (ms: number, locale = "en") => relativeTime(now - ms, now, locale, words);
  const minute = 60_000;
  const hour = 60 * minute;

  it("goes from now over hours and days to a date", () => {
    expect(ago(5_000)).toBe("now");
    expect(ago(5 * minute)).toBe("5m ago");
    expect(ago(5 * minute, "zh-CN")).toBe("5分钟前");
    expect(ago(3 * hour, "zh-CN")).toBe("3小时前");
    expect(ago(24 * hour)).toBe("yesterday 18:00");
    expect(ago(4 * 24 * hour, "zh-CN")).toBe("4天前");
    expect(ago(30 * 24 * hour, "zh-CN")).toBe("10月21日");
    expect(ago(400 * 24 * hour)).toContain("2023");
  });

  it("is never in the future when a device's clock is behind", () => {
    expect(ago(-10 * minute)).toBe("now");
  });

  it("is written in full for schedules", () => {
    expect(fullTime(now, "zh-CN")).toContain("2024年11月20日");
  });
});
