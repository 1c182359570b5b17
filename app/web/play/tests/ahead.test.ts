import { describe, expect, it } from "vitest";
import type { PlayView } from "../src/api/videos";
import { Ahead, firstPlaylists } from "../src/video/ahead";

function stage() {
  const asked: string[] = [];
  const warmed: string[] = [];
  const clock = { ms: 0, fails: false };
  const ahead = new Ahead({
    read: async (id, version) => {
      asked.push(version === undefined ? id : `${id}@${version}`);
      if (clock.fails) throw new Error("no line");
      return { hls: `/m/${id}`, timeline: { preRoll: null } } as PlayView;
    },
    warm: async (url) => warmed.push(url),
    nowMs: () => clock.ms,
  });
  return { ahead, asked, warmed, clock };
}

describe("a film that comes soon", () => {
  it("has its document asked for once, and its playlists", async () => {
    const { ahead, asked, warmed } = stage();
    ahead.near("7");
    ahead.near("7");
    expect((await ahead.read("7")).hls).toBe("/m/7");
    expect([asked, warmed]).toEqual([["7"], ["/m/7"]]);
    await ahead.read("7");
    await ahead.read("7", "1.1.1");
    expect(asked).toEqual(["7", "7", "7@1.1.1"]);
  });

  it("is asked for anew where that was long ago, or failed", async () => {
    const { ahead, asked, clock } = stage();
    ahead.near("7");
    clock.ms = 30_000;
    await ahead.read("7");
    expect(asked).toEqual(["7", "7"]);
    clock.fails = true;
    ahead.near("8");
    clock.fails = false;
    expect((await ahead.read("8")).hls).toBe("/m/8");
  });
});

describe("the playlists that a film begins with", () => {
  const text = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="sound",URI="a128.m3u8"
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=700000,BANDWIDTH=900000,AUDIO="a"
v360.m3u8
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=1400000,BANDWIDTH=1800000,AUDIO="a"
v540.m3u8
`;

  it("are those of the level that is here soon", () => {
    expect(firstPlaylists(text, 5_000_000)).toEqual(["v360.m3u8", "a128.m3u8"]);
    expect(firstPlaylists(text, 9_000_000)).toEqual(["v540.m3u8", "a128.m3u8"]);
    expect(firstPlaylists("", 9_000_000)).toEqual([]);
  });
});
