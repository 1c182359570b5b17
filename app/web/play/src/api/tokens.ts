/**
 * Keeps one session's tokens fresh.
 *
 * The access token lives in memory, the refresh token in a store that all tabs share. Refresh
 * tokens rotate and a reused one revokes the whole session, so at most one refresh runs at a time:
 * within a tab by sharing the promise, between tabs by a lock inside which the stored token is read
 * anew.
 */

import { Problem, SignedOut } from "./problems";
import type { TokenPair } from "./types";

export interface AccessToken {
  value: string;
  expiresAtMs: number;
}

export interface TokenDoors {
  readRefreshToken(): string | null;
  writeRefreshToken(token: string | null): void;
  exchange(refreshToken: string): Promise<TokenPair>;
  lock<T>(work: () => Promise<T>): Promise<T>;
  nowMs(): number;
  /** Tells the other tabs, which then need no refresh of their own. */
  announce(token: AccessToken): void;
  /** The session is over; the stored token is already gone. */
  ended(): void;
}

/** A token this close to its end is renewed before it is used. */
const marginMs = 30_000;

export class TokenKeeper {
  private access: AccessToken | null = null;
  private running: Promise<string> | null = null;

  constructor(private readonly doors: TokenDoors) {}

  get signedIn(): boolean {
    return this.doors.readRefreshToken() !== null;
  }

  /** A token that is good for at least the margin. Throws SignedOut, Unreachable or Problem. */
  async token(): Promise<string> {
    const fresh = this.freshToken();
    return fresh ?? (await this.renew(null));
  }

  /** A new token after the server refused `refused`, unless another caller renewed it already. */
  async renew(refused: string | null): Promise<string> {
    if (this.access?.value === refused) this.access = null;
    const fresh = this.freshToken();
    if (fresh !== null) return fresh;
    this.running ??= this.doors
      .lock(() => this.exchangeOnce())
      .finally(() => {
        this.running = null;
      });
    return await this.running;
  }

  /** Takes the tokens of a new sign-in. */
  adopt(pair: TokenPair): void {
    this.doors.writeRefreshToken(pair.refreshToken);
    this.keep(pair);
  }

  /** Takes an access token that another tab obtained. */
  receive(token: AccessToken): void {
    if (token.expiresAtMs > (this.access?.expiresAtMs ?? 0)) this.access = token;
  }

  forget(): void {
    this.access = null;
    this.doors.writeRefreshToken(null);
  }

  private freshToken(): string | null {
    const access = this.access;
    if (access === null) return null;
    return access.expiresAtMs - this.doors.nowMs() > marginMs ? access.value : null;
  }

  private async exchangeOnce(): Promise<string> {
    const received = this.freshToken();
    if (received !== null) return received;
    const refreshToken = this.doors.readRefreshToken();
    if (refreshToken === null) throw new SignedOut();
    try {
      const pair = await this.doors.exchange(refreshToken);
      this.doors.writeRefreshToken(pair.refreshToken);
      return this.keep(pair);
    } catch (error) {
      if (error instanceof Problem && [400, 401, 403, 404].includes(error.status)) {
        this.forget();
        this.doors.ended();
        throw new SignedOut();
      }
      throw error;
    }
  }

  private keep(pair: TokenPair): string {
    this.access = {
      value: pair.accessToken,
      expiresAtMs: Date.parse(pair.accessExpiresAt),
    };
    this.doors.announce(this.access);
    return pair.accessToken;
  }
}
