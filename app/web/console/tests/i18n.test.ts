import { describe, expect, it } from "vitest";
import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";

const source = import.meta.glob<string>("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("the dictionaries", () => {
  it("have the same places for values", () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const named = places(zh[key]).sort();
      expect({ key, places: places(String(en[key])).sort() }).toEqual({ key, places: named });
    }
  });

  it("speak their own language", () => {
    for (const [key, message] of Object.entries(en)) {
      if (key !== "nav.language") expect(String(message)).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("hold no sentence that nothing says", () => {
    const text = Object.entries(source)
      .filter(([name]) => !/i18n.(zh|en)\.ts$/.test(name))
      .map(([, code]) => code)
      .join("\n");
    const composed = /^(kind|state|shown|work\.role|poll\.show)\.|^cue\.link(Hint)?$/;
    const fixed = Object.keys(zh).filter((key) => !composed.test(key));
    expect(fixed.filter((key) => !text.includes(`"${key}"`))).toEqual([]);
  });
});
