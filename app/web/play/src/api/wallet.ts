import { call } from "./http";
import type { Id, Money, Page, Timestamp } from "./types";

export interface Balance {
  available: Money;
  /** Won a moment ago and on its way here. */
  pending: Money;
  /** On its way out. */
  withdrawing: Money;
}

export interface WalletLine {
  sequence: Id;
  at: Timestamp;
  kind: string;
  changeMinor: number;
  balanceMinor: number;
  currency: string;
  dropId: Id | null;
}

export const withdrawalStates = [
  "sending",
  "sent",
  "received",
  "failed",
  "refunding",
  "refunded",
] as const;
export type WithdrawalState = (typeof withdrawalStates)[number];

export interface Withdrawal {
  id: Id;
  amount: Money;
  payee: string;
  state: WithdrawalState;
  reason: string | null;
  askedAt: Timestamp;
  changedAt: Timestamp;
}

export interface WithdrawalWish {
  amount: Money;
  payee: string;
  /** Drawn once per wish: the same again is the same withdrawal. */
  clientId: string;
}

export function readWallet(): Promise<{ balances: Balance[] }> {
  return call("GET", "/v1/me/wallet");
}

export function walletLines(cursor: string | null): Promise<Page<WalletLine>> {
  return call("GET", "/v1/me/wallet/lines", { query: { cursor, limit: 20 } });
}

export function withdraw(wish: WithdrawalWish): Promise<Withdrawal> {
  return call("POST", "/v1/me/withdrawals", { body: wish });
}

export function withdrawals(cursor: string | null): Promise<Page<Withdrawal>> {
  return call("GET", "/v1/me/withdrawals", { query: { cursor, limit: 20 } });
}
