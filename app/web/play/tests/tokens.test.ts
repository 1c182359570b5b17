import { describe, expect, it } from "vitest";
import { Problem, SignedOut, Unreachable } from "../src/api/problems";
import { TokenKeeper } from "../src/api/tokens";
import type { AccessToken } from "../src/api/tokens";
import type { TokenPair } from "../src/api/types";

const lifeMs = 600_000;

/** A server whose refresh tokens work once, shared by as many tabs as a test opens. */
function server() {
  const state = { now: 0, stored: "r0" as string | null, valid: "r0", exchanges: 0, ended: 0 };
  let busy: Promise<unknown> = Promise.resolve();
  const exchange = async (refreshToken: string): Promise<TokenPair> => {
    await Promise.resolve();
    if (refreshToken !== state.valid) throw new Problem(401, { code: "session_revoked" });
    state.exchanges += 1;
    state.valid = `r${state.exchanges}`;
    return {
      accessToken: `a${state.exchanges}`,
      accessExpiresAt: new Date(state.now + lifeMs).toISOString(),
      refreshToken: state.valid,
    };
  };
  const tab = (over: { exchange?: typeof exchange; heard?: (token: AccessToken) => void } = {}) =>
    new TokenKeeper({
      readRefreshToken: () => state.stored,
      writeRefreshToken: (token) => {
        state.stored = token;
      },
      exchange: over.exchange ?? exchange,
      lock: (work) => {
        const run = busy.then(work, work);
        busy = run.catch(() => undefined);
        return run;
      },
      nowMs: () => state.now,
      announce: (token) => over.heard?.(token),
      ended: () => {
        state.ended += 1;
      },
    });
  return { state, tab };
}

describe("the keeper of tokens", () => {
  it("refreshes once for many callers", async () => {
    const { state, tab } = server();
    const keeper = tab();
    const tokens = await Promise.all([keeper.token(), keeper.token(), keeper.token()]);
    expect(new Set(tokens)).toEqual(new Set(["a1"]));
    expect(state.exchanges).toBe(1);
  });

  it("renews before the token runs out, not after", async () => {
    const { state, tab } = server();
    const keeper = tab();
    await keeper.token();
    state.now = lifeMs - 31_000;
    expect(await keeper.token()).toBe("a1");
    state.now = lifeMs - 29_000;
    expect(await keeper.token()).toBe("a2");
  });

  it("renews a refused token only once, however many requests were refused", async () => {
    const { state, tab } = server();
    const keeper = tab();
    const refused = await keeper.token();
    await Promise.all([keeper.renew(refused), keeper.renew(refused)]);
    await keeper.renew(refused);
    expect(state.exchanges).toBe(2);
  });

  it("never uses a refresh token twice, with two tabs at the same moment", async () => {
    const { state, tab } = server();
    const tokens = await Promise.all([tab().token(), tab().token()]);
    expect(tokens.sort()).toEqual(["a1", "a2"]);
    expect(state.ended).toBe(0);
  });

  it("uses the token that another tab has just announced", async () => {
    const { state, tab } = server();
    const second = tab();
    const first = tab({ heard: (token) => second.receive(token) });
    await Promise.all([first.token(), second.token()]);
    expect(state.exchanges).toBe(1);
  });

  it("keeps the session when the network is away", async () => {
    const { state, tab } = server();
    const keeper = tab({ exchange: () => Promise.reject(new Unreachable()) });
    await expect(keeper.token()).rejects.toBeInstanceOf(Unreachable);
    expect(state.stored).toBe("r0");
    expect(state.ended).toBe(0);
  });

  it("ends the session when the server says so", async () => {
    const { state, tab } = server();
    state.valid = "other";
    await expect(tab().token()).rejects.toBeInstanceOf(SignedOut);
    expect(state.stored).toBeNull();
    expect(state.ended).toBe(1);
  });
});
