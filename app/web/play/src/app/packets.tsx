import type { JSX } from "preact";
import type { Id } from "../api/types";
import { shownPacket } from "../store/packets";
import { registerAttachment } from "../ui/post/attachment";
import { PacketSlot } from "../ui/packet/card";
import { lazy } from "./lazy";

registerAttachment("packet", PacketSlot);

const Overlay = lazy<{ id: Id }>(
  async () => (await import("../ui/packet/overlay")).PacketOverlay,
);

/** The envelope that was asked for, above everything else. */
export function PacketSheets(): JSX.Element | null {
  const id = shownPacket.value;
  return id === null ? null : <Overlay key={id} id={id} />;
}
