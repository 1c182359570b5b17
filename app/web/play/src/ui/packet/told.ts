import { useEffect, useMemo } from "preact/hooks";
import type { PacketView } from "../../api/packets";
import { ended, soldOut } from "../../store/over";
import { observePacket } from "../../store/visible";

/** A packet as it was read, with what was heard since: while one looks at it, the server says when
 * nobody gets a share any more. */
export function useTold(view: PacketView | null): PacketView | null {
  const id = view?.id ?? "";
  useEffect(() => (id === "" ? undefined : observePacket(id)), [id]);
  const closed = ended.value.has(id);
  const gone = soldOut.value.has(id);
  return useMemo(() => view && withTold(view, closed, gone), [view, closed, gone]);
}

/** Pure: a later word holds, and what is over stays over. */
export function withTold(view: PacketView, closed: boolean, gone: boolean): PacketView {
  if (view.status === "closed" || view.status === "cancelled") return view;
  if (closed) return { ...view, status: "closed" };
  return gone ? { ...view, status: "sold_out" } : view;
}
