import { call } from "./http";
import type { Id, Money, Page, Timestamp } from "./types";

export type PacketForm =
  | "equal"
  | "lucky"
  | "passphrase"
  | "rain"
  | "follow"
  | "watch"
  | "popup"
  | "attached"
  | "draw"
  | "fission";

/** What everybody may know of an announced packet; posts carry it too. */
export interface PacketCard {
  type: "packet";
  id: Id;
  brandId: Id;
  form: PacketForm;
  title: string;
  total: Money;
  count: number;
  opensAt: Timestamp;
  /** From then on nobody gets a share: of a rain the end of its last wave. */
  closesAt: Timestamp;
}

/** A packet in the list of what is on, with how it stands at this moment. */
export interface ListedPacket extends PacketCard {
  soldOut: boolean;
}

export interface Claim {
  packetId: Id;
  /** The wave of a rain; of a fission 0 is the sharer's share, 1 a helper's, 2 a bonus. */
  wave: number;
  share: number;
  amount: Money;
  /** Signed: brings the share back should the servers ever forget it. */
  receipt: string;
  /** Of a fission: what the sharer passes on. */
  link: string | null;
}

export interface Wave {
  wave: number;
  opensAt: Timestamp;
  closesAt: Timestamp;
  /** When it begins for this shopper. */
  entersAt: Timestamp;
  count: number;
  /** Whether somebody has all of its shares. */
  soldOut: boolean;
}

export interface Draw {
  commitment: string;
  seed: string | null;
  entries: number;
  entry: number | null;
}

export type PacketStatus = "upcoming" | "open" | "paused" | "sold_out" | "closed" | "cancelled";

export interface PacketView {
  id: Id;
  brandId: Id;
  form: PacketForm;
  title: string;
  thanks: string;
  total: Money;
  count: number;
  /** Shares that one shopper may have. */
  cap: number;
  status: PacketStatus;
  opened: number;
  now: Timestamp;
  opensAt: Timestamp;
  closesAt: Timestamp;
  waves: Wave[];
  condition: { kind: string; targetId: Id; atMs: number | null; met: boolean } | null;
  draw: Draw | null;
  ticket: string | null;
  ticketSeconds: number;
  mine: Claim[];
}

export interface GrabAnswer {
  outcome: "granted" | "sold_out" | "entered";
  claim: Claim | null;
  entry: number | null;
  /** Of an entry: brings it back should the servers ever forget it. */
  receipt: string | null;
}

export interface ResultItem {
  shopperId: Id;
  name: string;
  wave: number;
  amount: Money;
  claimedAt: Timestamp;
  best: boolean;
}

export interface FriendLink {
  packetId: Id;
  sharerId: Id;
  sharerName: string;
  helped: number;
  helpers: number;
  helperAmount: Money;
  bonus: Money;
  own: boolean;
}

export interface Reservation {
  until: Timestamp | null;
  claim: Claim | null;
}

export function listPackets(cursor: string | null): Promise<Page<ListedPacket>> {
  return call("GET", "/v1/packets", { query: { cursor, limit: 30 } });
}

export function readPacket(id: Id): Promise<PacketView> {
  return call("GET", `/v1/packets/${id}`);
}

export interface Grab {
  ticket: string;
  wave?: number;
  phrase?: string;
}

export function grabPacket(id: Id, body: Grab): Promise<GrabAnswer> {
  return call("POST", `/v1/packets/${id}/grab`, { body });
}

export function packetResults(id: Id, cursor: string | null): Promise<Page<ResultItem>> {
  return call("GET", `/v1/packets/${id}/results`, { query: { cursor, limit: 20 } });
}

export function restoreClaim(id: Id, receipt: string): Promise<Claim> {
  return call("POST", `/v1/packets/${id}/restore`, { body: { receipt } });
}

export function restoreEntry(id: Id, receipt: string): Promise<GrabAnswer> {
  return call("POST", `/v1/packets/${id}/entries/restore`, { body: { receipt } });
}

export function readLink(id: Id, code: string): Promise<FriendLink> {
  return call("GET", `/v1/packets/${id}/link`, { query: { code } });
}

export interface Help {
  link: string;
  device: string;
}

export function reserveHelp(id: Id, body: Help): Promise<Reservation> {
  return call("POST", `/v1/packets/${id}/helps/reserve`, { body });
}

export function releaseHelp(id: Id, body: Help): Promise<Reservation> {
  return call("POST", `/v1/packets/${id}/helps/release`, { body });
}

export function confirmHelp(id: Id, body: Help): Promise<Claim> {
  return call("POST", `/v1/packets/${id}/helps/confirm`, { body });
}

export function readPopUp(brandId: Id): Promise<{ packet: PacketView | null }> {
  return call("GET", `/v1/brands/${brandId}/pop-up`);
}
