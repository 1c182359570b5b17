/** One door to the server: tokens, problems, time-outs. */

import { learnClock, serverNow } from "./clock";
import { withLock } from "./lock";
import { problemFrom, problemOf, Unreachable } from "./problems";
import { storage } from "./storage";
import { TokenKeeper } from "./tokens";
import type { AccessToken } from "./tokens";
import type { TokenPair } from "./types";

const timeoutMs = 20_000;
const refreshKey = "carnival.refresh";

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("carnival");
const endListeners = new Set<() => void>();

export const tokens = new TokenKeeper({
  readRefreshToken: () => storage.get(refreshKey),
  writeRefreshToken: (token) => storage.set(refreshKey, token),
  exchange: (refreshToken) =>
    send<TokenPair>("POST", "/v1/auth/sessions/refresh", { body: { refreshToken } }, null),
  lock: (work) => withLock("refresh", work),
  nowMs: serverNow,
  announce: (token) => channel?.postMessage({ token }),
  ended: () => endListeners.forEach((listener) => listener()),
});

channel?.addEventListener("message", (event: MessageEvent<{ token: AccessToken }>) => {
  tokens.receive(event.data.token);
});

/** Called when the server says that the session is over. */
export function onSessionEnded(listener: () => void): void {
  endListeners.add(listener);
}

export interface CallOptions {
  body?: unknown;
  query?: Record<string, string | number | undefined | null>;
  signal?: AbortSignal;
  keepalive?: boolean;
  headers?: Record<string, string>;
}

/** Calls the API as the signed-in shopper, or anonymously when nobody is signed in. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  return await withToken((token) => send<T>(method, path, options, token));
}

/** Calls the API without a token: signing in, and reading the time. */
export async function callOpenly<T>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  return await send<T>(method, path, options, null);
}

/** Runs one attempt with a token, and a second with a new one when the first is refused. */
export async function withToken<T>(attempt: (token: string | null) => Promise<T>): Promise<T> {
  if (!tokens.signedIn) return await attempt(null);
  const token = await tokens.token();
  try {
    return await attempt(token);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    return await attempt(await tokens.renew(token));
  }
}

/** Calls the API with another token than the shopper's own: one to work for a brand with. */
export async function callWith<T>(
  token: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  return await send<T>(method, path, options, token);
}

export async function syncClock(): Promise<void> {
  const sentAt = Date.now();
  const answer = await callOpenly<{ now: string }>("GET", "/v1/time");
  learnClock(answer.now, sentAt, Date.now());
}

function isUnauthorized(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === 401;
}

async function send<T>(
  method: string,
  path: string,
  options: CallOptions,
  token: string | null,
): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const request: RequestInit = { method, headers, signal: limit(options.signal) };
  if (options.body !== undefined) request.body = JSON.stringify(options.body);
  if (options.keepalive) request.keepalive = true;
  const response = await reach(path + queryOf(options.query), request, options.signal);
  if (!response.ok) throw await problemOf(response);
  return await readBody<T>(response);
}

async function reach(url: string, request: RequestInit, own?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (own?.aborted) throw error;
    throw new Unreachable("no answer", { cause: error });
  }
}

async function readBody<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const text = await response.text().catch((error: unknown) => {
    throw new Unreachable("cut off", { cause: error });
  });
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw problemFrom(502, "", null);
  }
}

function limit(own?: AbortSignal): AbortSignal {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  stop.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  if (own?.aborted) stop.abort();
  own?.addEventListener("abort", () => stop.abort(), { once: true });
  return stop.signal;
}

export function queryOf(query: CallOptions["query"]): string {
  if (!query) return "";
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parts.set(name, String(value));
  }
  const text = parts.toString();
  return text === "" ? "" : `?${text}`;
}
