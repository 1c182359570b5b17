import { call, callOpenly } from "./http";
import type { Device, Id, Me, Page, TokenPair } from "./types";

export interface CodeSent {
  expiresInSeconds: number;
  resendAfterSeconds: number;
}

export function sendCode(phone: string): Promise<CodeSent> {
  return callOpenly("POST", "/v1/auth/codes", { body: { phone } });
}

export interface SignedIn extends TokenPair {
  shopper: Me;
  isNew: boolean;
}

export function signIn(phone: string, code: string, deviceName: string): Promise<SignedIn> {
  return callOpenly("POST", "/v1/auth/sessions", { body: { phone, code, deviceName } });
}

export async function devices(): Promise<Device[]> {
  const answer = await call<Page<Device> | Device[]>("GET", "/v1/auth/sessions");
  return Array.isArray(answer) ? answer : answer.items;
}

export function endSession(id: Id | "current"): Promise<void> {
  return call("DELETE", `/v1/auth/sessions/${id}`);
}

export function endEverySession(): Promise<void> {
  return call("DELETE", "/v1/auth/sessions");
}

export function readMe(): Promise<Me> {
  return call("GET", "/v1/me");
}

export interface MeChange {
  name?: string;
  bio?: string;
  avatarImageId?: Id;
  locale?: "zh-CN" | "en";
}

export function changeMe(change: MeChange): Promise<Me> {
  return call("PATCH", "/v1/me", { body: change });
}
