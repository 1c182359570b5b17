/** The packet that pops up on a brand's page, once a visit: closed is closed. */

import { readPopUp } from "../../api/packets";
import type { Id } from "../../api/types";
import { hidePacket, showPacket, shownPacket } from "../../store/packets";

const afterMs = 700;
const shown = new Set<Id>();

/** Asks what pops up and shows it when the page has settled; returns how to call it off. */
export function popUp(brandId: Id): () => void {
  let left = false;
  let mine: Id | null = null;
  readPopUp(brandId).then(
    ({ packet }) => {
      if (left || packet === null || shown.has(packet.id)) return;
      setTimeout(() => {
        if (left || shownPacket.value !== null) return;
        shown.add(packet.id);
        mine = packet.id;
        showPacket(packet.id);
      }, afterMs);
    },
    // a surprise that does not come is none
    () => undefined,
  );
  return () => {
    left = true;
    if (mine !== null && shownPacket.value === mine) hidePacket();
  };
}
