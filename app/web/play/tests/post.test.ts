import { describe, expect, it } from "vitest";
import { cellSizes, columnsFor, singleFrame } from "../src/ui/post/layout";
import { safeLink } from "../src/ui/post/products";
import { characters, tagsIn, textRuns } from "../src/ui/post/text";

describe("the picture grid", () => {
  it("has one, two or three columns by count", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map(columnsFor)).toEqual([1, 2, 2, 2, 3, 3, 3, 3, 3]);
  });

  it("keeps the ratio of a single picture", () => {
    expect(singleFrame(1_200, 800)).toEqual({ ratio: 1.5, widthPercent: 100, long: false });
    expect(singleFrame(800, 1_000)).toEqual({ ratio: 0.8, widthPercent: 84, long: false });
  });

  it("bounds what is very high or very wide", () => {
    expect(singleFrame(600, 2_400)).toEqual({ ratio: 0.6, widthPercent: 63, long: true });
    expect(singleFrame(3_000, 500).ratio).toBe(2.4);
    expect(singleFrame(0, 0).ratio).toBe(1);
  });

  it("asks for smaller files in smaller cells", () => {
    expect(cellSizes(1)).toContain("92vw");
    expect(cellSizes(9)).toContain("31vw");
  });
});

describe("the text of a post", () => {
  it("links the hashtags that the server found", () => {
    expect(textRuns("去 #徒步 吧 #别的", ["徒步"])).toEqual([
      { text: "去 ", tag: null },
      { text: "#徒步", tag: "徒步" },
      { text: " 吧 #别的", tag: null },
    ]);
  });

  it("knows both spellings of a topic", () => {
    const text = "#春天的 颜色# 和 #sale!";
    expect(tagsIn(text)).toEqual(["春天的 颜色", "sale"]);
    expect(textRuns(text, ["春天的 颜色", "sale"]).map((run) => run.text)).toEqual([
      "#春天的 颜色#",
      " 和 ",
      "#sale",
      "!",
    ]);
  });

  it("loses no character", () => {
    const text = "a #b #c# ＃d\n#e";
    const runs = textRuns(text, ["b", "c", "d", "e"]);
    expect(runs.map((run) => run.text).join("")).toBe(text);
  });

  it("counts what readers call characters", () => {
    expect(characters("好🍊")).toBe(2);
  });
});

describe("links of products", () => {
  it("lead to the web or nowhere", () => {
    expect(safeLink("https://example.com/p")).toBe("https://example.com/p");
    expect(safeLink("javascript:alert(1)")).toBeUndefined();
    expect(safeLink(null)).toBeUndefined();
  });
});
