import { call } from "./http";
import type { AccountCard, AccountView, FeedItem, Id, ListedAccount, Page } from "./types";
import type { ReportReason } from "./types";

export function readAccount(id: Id): Promise<AccountView> {
  return call("GET", `/v1/accounts/${id}`);
}

export function accountPosts(id: Id, cursor: string | null): Promise<Page<FeedItem>> {
  return call("GET", `/v1/accounts/${id}/posts`, { query: { cursor, limit: 20 } });
}

export function accountPeople(
  id: Id,
  side: "followers" | "following",
  cursor: string | null,
): Promise<Page<ListedAccount>> {
  return call("GET", `/v1/accounts/${id}/${side}`, { query: { cursor, limit: 30 } });
}

export function suggestions(limit: number): Promise<Page<ListedAccount>> {
  return call("GET", "/v1/accounts/suggestions", { query: { limit } });
}

export function searchAccounts(q: string, cursor: string | null): Promise<Page<ListedAccount>> {
  return call("GET", "/v1/accounts/search", { query: { q, cursor, limit: 20 } });
}

export function accountsIManage(): Promise<Page<AccountCard>> {
  return call("GET", "/v1/me/accounts");
}

export function setFollow(id: Id, on: boolean): Promise<{ following: boolean; followers: number }> {
  return call(on ? "PUT" : "DELETE", `/v1/accounts/${id}/follow`);
}

export function setMute(id: Id, on: boolean): Promise<{ muted: boolean }> {
  return call(on ? "PUT" : "DELETE", `/v1/accounts/${id}/mute`);
}

export function setBlock(id: Id, on: boolean): Promise<{ blocked: boolean }> {
  return call(on ? "PUT" : "DELETE", `/v1/accounts/${id}/block`);
}

export interface Report {
  targetKind: "post" | "account" | "comment";
  targetId: Id;
  reason: ReportReason;
  detail: string;
}

export function sendReport(report: Report): Promise<{ id: Id }> {
  return call("POST", "/v1/reports", { body: report });
}
