import { describe, expect, it } from "vitest";
import { fromLanguages } from "../src/i18n";
import { en } from "../src/i18n/en";
import { fill } from "../src/i18n/messages";
import type { Message } from "../src/i18n/messages";
import { zh } from "../src/i18n/zh";

const source = import.meta.glob<string>("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const forms = (message: Message) =>
  typeof message === "string" ? [message] : Object.values(message).filter(Boolean);
const places = (message: Message) =>
  forms(message).map((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());

describe("the dictionaries", () => {
  it("have the same keys, none of them empty", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const message of [...Object.values(zh), ...Object.values(en)]) {
      for (const form of forms(message)) expect(form.trim()).not.toBe("");
    }
  });

  it("have the same places for values", () => {
    for (const [key, message] of Object.entries(zh)) {
      const named = [...new Set(places(message).flat())].sort();
      const others = places(en[key as keyof typeof zh]);
      expect({ key, others }).toEqual({ key, others: others.map(() => named) });
    }
  });

  it("speak their own language", () => {
    for (const message of Object.values(en)) {
      for (const form of forms(message)) expect(form).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("hold no sentence that nothing says", () => {
    const text = Object.entries(source)
      .filter(([name]) => !/i18n.(zh|en)\w*\.ts$/.test(name))
      .map(([, code]) => code)
      .join("\n");
    const wallet = "wallet\\.(kind|state|payee|hint)";
    const upload = "upload\\.(received|inspecting|waiting|ready|refused|failed)";
    const composed = new RegExp(
      `^((kind|postKind|report|notes|tab|packets\\.form|${wallet})\\.|${upload}$)`,
    );
    const fixed = Object.keys(zh).filter((key) => !composed.test(key));
    const unused = fixed.filter((key) => !text.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });
});

describe("sentences", () => {
  const count = (n: number) => `<${n}>`;

  it("choose the plural form", () => {
    const message = { one: "{n} like", other: "{n} likes" };
    expect(fill(message, { n: 1 }, "en", count)).toBe("<1> like");
    expect(fill(message, { n: 2 }, "en", count)).toBe("<2> likes");
    expect(fill({ other: "{n} 个赞" }, { n: 1 }, "zh-CN", count)).toBe("<1> 个赞");
  });

  it("put values in as they are", () => {
    expect(fill("{name}: {name}", { name: "$& <b>" }, "en", count)).toBe("$& <b>: $& <b>");
  });

  it("leave alone a place without a value", () => {
    expect(fill("{a} {b}", { a: "x" }, "en", count)).toBe("x {b}");
  });
});

describe("the language", () => {
  it("is the first one of the device that we speak", () => {
    expect(fromLanguages(["zh-TW", "en"])).toBe("zh-CN");
    expect(fromLanguages(["fr", "en-GB", "zh"])).toBe("en");
    expect(fromLanguages(["fr"])).toBe("en");
  });
});
