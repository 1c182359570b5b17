import { describe, expect, it } from "vitest";
import { match } from "../src/app/match";
import { isTransient, Problem, problemFrom, Unreachable } from "../src/api/problems";
import { spaced, toE164 } from "../src/screens/signin/phone";
import { deviceName } from "../src/store/session";
import { keepInside, rest, turns, zoomAt } from "../src/ui/viewer/geometry";

describe("paths", () => {
  it("are matched part by part", () => {
    expect(match("/", "/")).toEqual({});
    expect(match("/posts/:id", "/posts/12/")).toEqual({ id: "12" });
    expect(match("/tags/:tag", "/tags/%E5%BE%92%E6%AD%A5")).toEqual({ tag: "徒步" });
    expect(match("/posts/:id", "/posts")).toBeNull();
    expect(match("/posts/:id", "/posts/")).toBeNull();
    expect(match("/tags/:tag", "/tags/%zz")).toEqual({ tag: "%zz" });
  });
});

describe("phone numbers", () => {
  it("leave as E.164", () => {
    expect(toE164("+86", "138 0013 8000")).toBe("+8613800138000");
    expect(toE164("+86", "12345")).toBeNull();
    expect(toE164("+44", "07700 900123")).toBe("+447700900123");
    expect(toE164("+86", "+65 8123 4567")).toBe("+6581234567");
  });

  it("are read in groups while typed", () => {
    expect(spaced("+86", "13800138000")).toBe("138 0013 8000");
    expect(spaced("+86", "1380")).toBe("138 0");
    expect(spaced("+44", "7700900123")).toBe("7700900123");
  });
});

describe("problems", () => {
  it("are read from whatever came", () => {
    const body = JSON.stringify({
      code: "post_incomplete",
      errors: [{ pointer: "/pictureIds", detail: "one" }],
    });
    const problem = problemFrom(400, body, null);
    expect(problem.code).toBe("post_incomplete");
    expect(problem.field("pictureIds")).toBe("one");
    expect(problem.field("text")).toBeNull();
    expect(problemFrom(502, "<html>", "7")).toMatchObject({
      code: "http_502",
      retryAfterSeconds: 7,
    });
  });

  it("say whether asking again may help", () => {
    expect(isTransient(new Unreachable())).toBe(true);
    expect([429, 500, 503].every((status) => isTransient(new Problem(status, {})))).toBe(true);
    expect([400, 403, 404, 409].some((status) => isTransient(new Problem(status, {})))).toBe(false);
  });
});

describe("the viewer", () => {
  const stage = { width: 390, height: 844 };

  it("zooms around the finger and within bounds", () => {
    expect(zoomAt(rest, 2, 100, 0)).toEqual({ scale: 2, x: -100, y: 0 });
    expect(zoomAt(rest, 99, 0, 0).scale).toBe(4);
    expect(zoomAt(rest, 0.2, 0, 0).scale).toBe(1);
  });

  it("keeps the picture's edges at the stage's", () => {
    const square = { width: 1_000, height: 1_000 };
    const kept = keepInside({ scale: 2, x: 9_999, y: 9_999 }, stage, square);
    expect(kept).toEqual({ scale: 2, x: 195, y: 0 });
  });

  it("turns the page by distance or by speed", () => {
    expect(turns(-200, 900, 390)).toBe(1);
    expect(turns(60, 80, 390)).toBe(-1);
    expect(turns(60, 900, 390)).toBe(0);
  });
});

describe("a device", () => {
  it("is named so that its owner knows it", () => {
    const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1";
    const android = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/X) Chrome/120.0 Safari/537";
    expect(deviceName(iphone)).toBe("iPhone · Safari");
    expect(deviceName(android)).toBe("Pixel 8 · Chrome");
    expect(deviceName("")).toBe("Web");
  });
});
