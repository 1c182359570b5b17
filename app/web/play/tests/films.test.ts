import { afterEach, describe, expect, it } from "vitest";
import type { VideoView } from "../src/api/videos";
import { localeChoice } from "../src/i18n";
import { refusalOf } from "../src/i18n/films";

const words = "The film lasts 3:10:00; at most 2:00:00 are possible.";
const refused = (refusalReason: string | null, refusal: string | null = words) =>
  ({ refusal, refusalReason }) as VideoView;

afterEach(() => {
  localeChoice.value = "auto";
});

describe("why a film cannot be used", () => {
  it("is said in Chinese to who reads Chinese", () => {
    localeChoice.value = "zh-CN";
    expect(refusalOf(refused("too_long"))).toMatch(/^视频太长/);
  });

  it("is what the server says for all others, and for what has no sentence", () => {
    localeChoice.value = "en";
    expect(refusalOf(refused("too_long"))).toBe(words);
    localeChoice.value = "zh-CN";
    expect(refusalOf(refused("new"))).toBe(words);
    expect(refusalOf(refused(null))).toBe(words);
  });

  it("is nothing where nothing is wrong", () => {
    expect(refusalOf(refused(null, null))).toBeNull();
  });
});
