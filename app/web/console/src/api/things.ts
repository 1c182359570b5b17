/** What cues may point to. */

import type { CouponFace } from "@play/api/coupons";
import type { Id, Money, Page, ProductCard, Timestamp } from "@play/api/types";
import type { PollOption, PollState } from "@play/api/polls";
import { callFor } from "@play/api/work";

export function findProducts(brandId: Id, q: string): Promise<Page<ProductCard>> {
  if (q === "") {
    return callFor(brandId, "GET", `/v1/brands/${brandId}/products`, { query: { limit: 20 } });
  }
  return callFor(brandId, "GET", "/v1/products/search", { query: { q, brandId, limit: 20 } });
}

/** A packet as its brand sees it. */
export interface OwnPacket {
  id: Id;
  title: string;
  rules: { form: string };
  total: Money;
  count: number;
  status: string;
  opensAt: Timestamp | null;
  closesAt: Timestamp | null;
}

export function listOwnPackets(brandId: Id): Promise<Page<OwnPacket>> {
  return callFor(brandId, "GET", `/v1/brands/${brandId}/packets`, { query: { limit: 50 } });
}

/** A packet for who has watched a film up to a moment. */
export interface FilmPacket {
  title: string;
  videoId: Id;
  atMs: number;
  count: number;
  totalMinor: number;
}

const currency = "CNY";
const openMs = 29 * 86_400_000;

/** A new draft, or a known one with new contents: no money has moved yet. */
export function draftFilmPacket(
  brandId: Id,
  packet: FilmPacket,
  draft: Id | null,
): Promise<OwnPacket> {
  const { title, videoId, atMs, count, totalMinor } = packet;
  const split = { form: "lucky", count, totalMinor };
  const rules = { form: "watch", videoId, atMs, split };
  const path = `/v1/brands/${brandId}/packets`;
  if (draft !== null) {
    return callFor(brandId, "PATCH", `${path}/${draft}`, { body: { title, rules } });
  }
  return callFor(brandId, "POST", path, { body: { title, rules, currency } });
}

/** Sets its money aside and opens it at once, for a month. */
export async function openFilmPacket(brandId: Id, id: Id): Promise<OwnPacket> {
  const path = `/v1/brands/${brandId}/packets/${id}`;
  await callFor(brandId, "POST", `${path}/fund`);
  const closesAt = new Date(Date.now() + openMs).toISOString();
  return callFor(brandId, "POST", `${path}/schedule`, { body: { closesAt } });
}

/** A coupon as its brand sees it. */
export interface OwnCoupon extends CouponFace {
  id: Id;
  count: number;
  left: number;
  collectFrom: Timestamp;
  collectUntil: Timestamp;
  state: "upcoming" | "open" | "sold_out" | "over";
}

export function listOwnCoupons(brandId: Id): Promise<Page<OwnCoupon>> {
  return callFor(brandId, "GET", `/v1/brands/${brandId}/coupons`, { query: { limit: 50 } });
}

export interface NewCoupon extends CouponFace {
  count: number;
  collectDays: number;
  validDays: number;
}

const dayMs = 86_400_000;

export function makeCoupon(brandId: Id, coupon: NewCoupon): Promise<OwnCoupon> {
  const { collectDays, ...body } = coupon;
  const collectUntil = new Date(Date.now() + collectDays * dayMs).toISOString();
  return callFor(brandId, "POST", `/v1/brands/${brandId}/coupons`, {
    body: { ...body, collectUntil },
  });
}

export type PollResults = "always" | "after_vote" | "after_close";

/** A poll as its brand sees it. */
export interface OwnPoll {
  id: Id;
  question: string;
  options: PollOption[];
  results: PollResults;
  state: PollState;
  opensAt: Timestamp;
  closesAt: Timestamp;
  votes: number;
}

export function listOwnPolls(brandId: Id): Promise<Page<OwnPoll>> {
  return callFor(brandId, "GET", `/v1/brands/${brandId}/polls`, { query: { limit: 50 } });
}

export interface NewPoll {
  question: string;
  options: string[];
  results: PollResults;
  days: number;
}

/** It opens at once. */
export function createPoll(brandId: Id, { days, ...poll }: NewPoll): Promise<OwnPoll> {
  const closesAt = new Date(Date.now() + days * dayMs).toISOString();
  return callFor(brandId, "POST", `/v1/brands/${brandId}/polls`, { body: { ...poll, closesAt } });
}
