/** What cues may point to. */

import type { Id, Money, Page, ProductCard, Timestamp } from "@play/api/types";
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
