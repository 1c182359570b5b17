import { call } from "./http";
import type { Id, Page, ProductCard } from "./types";

export function searchProducts(
  q: string,
  brandId: Id | null,
  cursor: string | null,
): Promise<Page<ProductCard>> {
  if (brandId !== null && q === "") {
    return call("GET", `/v1/brands/${brandId}/products`, { query: { cursor, limit: 20 } });
  }
  return call("GET", "/v1/products/search", { query: { q, brandId, cursor, limit: 20 } });
}

export function readProduct(id: Id): Promise<ProductCard> {
  return call("GET", `/v1/products/${id}`);
}
