import { beforeEach, describe, expect, it } from "vitest";
import { storage } from "../src/api/storage";
import { Problem, Unreachable } from "../src/api/problems";
import { pieceBytes, uploadFile } from "../src/api/tus";
import type { Request, Sent, TusDoors } from "../src/api/tus";

/** As a tus server answers; it may cut a PATCH after some bytes, or refuse. */
class Server implements TusDoors {
  bytes = 0;
  readonly asked: string[] = [];
  readonly trouble: (() => Sent | null)[] = [];
  known = true;

  async send({ method, body, headers, progress }: Request): Promise<Sent> {
    this.asked.push(method);
    const answer = method === "POST" ? null : this.trouble.shift()?.();
    if (answer) return answer;
    if (method === "POST") {
      this.known = true;
      this.bytes = 0;
      return sent(201, { Location: "/v1/uploads/77" });
    }
    if (!this.known) return sent(404);
    if (method === "HEAD") return sent(200, { "Upload-Offset": String(this.bytes) });
    if (Number(headers["Upload-Offset"]) !== this.bytes) return sent(409);
    this.bytes += body?.size ?? 0;
    progress(body?.size ?? 0);
    return sent(204, { "Upload-Offset": String(this.bytes) });
  }

  async wait(): Promise<void> {
    this.asked.push("wait");
  }
}

function sent(status: number, headers: Record<string, string> = {}): Sent {
  return { status, text: "", header: (name) => headers[name] ?? null };
}

const size = pieceBytes * 2 + 5;
const facts = { type: "video/mp4", lastModified: 1 };
const file = () => new File([new Uint8Array(size)], "猫.mp4", facts);

function upload(server: Server, shares: number[] = [], stalls: boolean[] = []) {
  return uploadFile(
    file(),
    (share) => shares.push(share),
    (stalled) => stalls.push(stalled),
    server,
  );
}

describe("resumable uploads", () => {
  beforeEach(() => storage.write("carnival.uploads", null));

  it("send the file in pieces and answer its id", async () => {
    const server = new Server();
    const shares: number[] = [];
    expect(await upload(server, shares).done).toBe("77");
    expect(server.asked).toEqual(["POST", "HEAD", "PATCH", "PATCH", "PATCH"]);
    expect(server.bytes).toBe(size);
    expect(shares.at(-1)).toBe(1);
  });

  it("go on from what the server has after a cut, and say that they wait", async () => {
    const server = new Server();
    server.trouble.push(
      () => null,
      () => null,
      () => {
        server.bytes += 1_000;
        throw new Unreachable("cut");
      },
    );
    const stalls: boolean[] = [];
    expect(await upload(server, [], stalls).done).toBe("77");
    expect(server.asked.filter((each) => each === "POST")).toHaveLength(1);
    expect(server.bytes).toBe(size);
    expect(stalls).toContain(true);
    expect(stalls.at(-1)).toBe(false);
  });

  it("go on after the page was closed", async () => {
    const server = new Server();
    server.trouble.push(
      () => null,
      () => null,
      () => sent(403),
    );
    await expect(upload(server).done).rejects.toBeInstanceOf(Problem);
    expect(await upload(server).done).toBe("77");
    expect(server.asked.filter((each) => each === "POST")).toHaveLength(1);
  });

  it("begin again when the server has forgotten", async () => {
    const server = new Server();
    storage.write("carnival.uploads", { "猫.mp4|8388613|1|video/mp4": "/v1/uploads/12" });
    server.known = false;
    expect(await upload(server).done).toBe("77");
  });

  it("wait for another sender to let go", async () => {
    const server = new Server();
    server.trouble.push(
      () => null,
      () => sent(423),
    );
    expect(await upload(server).done).toBe("77");
  });

  it("end with the server's reason when it refuses", async () => {
    const server = new Server();
    server.trouble.push(() => sent(413));
    await expect(upload(server).done).rejects.toMatchObject({ status: 413 });
  });
});
