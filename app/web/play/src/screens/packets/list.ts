/** Packets that are on or to come, in the order in which they matter. */

import { listPackets } from "../../api/packets";
import type { ListedPacket, PacketCard } from "../../api/packets";
import type { Id } from "../../api/types";
import { noteStanding } from "../../store/over";
import { PagedList } from "../../store/paged";

async function listAndNote(cursor: string | null) {
  const page = await listPackets(cursor);
  for (const { id, soldOut } of page.items) noteStanding(id, soldOut);
  return page;
}

export const packetList = new PagedList<ListedPacket>(listAndNote, (card) => card.id);

export interface Sorted {
  on: PacketCard[];
  soon: PacketCard[];
}

/** What is on, the one that ends first at the top and what is sold out at the bottom; what comes,
 * the next one at the top. */
export function sortPackets(
  cards: PacketCard[],
  nowMs: number,
  gone: ReadonlySet<Id> = new Set(),
): Sorted {
  const alive = cards.filter((card) => Date.parse(card.closesAt) > nowMs);
  const begun = (card: PacketCard) => Date.parse(card.opensAt) <= nowMs;
  return {
    on: alive
      .filter(begun)
      .sort(
        (a, b) =>
          Number(gone.has(a.id)) - Number(gone.has(b.id)) ||
          Date.parse(a.closesAt) - Date.parse(b.closesAt),
      ),
    soon: alive
      .filter((card) => !begun(card))
      .sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt)),
  };
}
