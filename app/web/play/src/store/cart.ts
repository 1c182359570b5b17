/** What a shopper put aside while watching. It stays on this device: buying happens in the shop
 * that the product's link leads to. */

import { signal } from "@preact/signals";
import { storage } from "../api/storage";
import type { Id } from "../api/types";
import { onSignOut } from "./session";

const cartKey = "carnival.cart";
const cartMax = 100;

export const cart = signal<readonly Id[]>(storage.read<Id[]>(cartKey) ?? []);

/** True when the product was not in it before. */
export function addToCart(productId: Id): boolean {
  if (cart.value.includes(productId)) return false;
  keep([...cart.value, productId].slice(-cartMax));
  return true;
}

export function takeFromCart(productId: Id): void {
  keep(cart.value.filter((each) => each !== productId));
}

function keep(next: Id[]): void {
  cart.value = next;
  storage.write(cartKey, next.length === 0 ? null : next);
}

onSignOut(() => keep([]));
