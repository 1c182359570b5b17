/** Packets that are on or to come, in the order in which they matter. */

import { listPackets } from "../../api/packets";
import type { PacketCard } from "../../api/packets";
import { PagedList } from "../../store/paged";

export const packetList = new PagedList<PacketCard>(listPackets, (card) => card.id);

export interface Sorted {
  on: PacketCard[];
  soon: PacketCard[];
}

/** What is on, the one that ends first at the top; what comes, the next one at the top. */
export function sortPackets(cards: PacketCard[], nowMs: number): Sorted {
  const alive = cards.filter((card) => Date.parse(card.closesAt) > nowMs);
  const begun = (card: PacketCard) => Date.parse(card.opensAt) <= nowMs;
  return {
    on: alive.filter(begun).sort((a, b) => Date.parse(a.closesAt) - Date.parse(b.closesAt)),
    soon: alive
      .filter((card) => !begun(card))
      .sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt)),
  };
}
