/**
 * Receipts of what was won, kept on this device. The servers do not forget what they acknowledged;
 * should they lose a disk all the same, the receipt brings the share back.
 */

import { isTransient, SignedOut } from "../api/problems";
import type { Claim } from "../api/packets";
import type { Id } from "../api/types";

export interface Receipt {
  shopperId: Id;
  packetId: Id;
  wave: number;
  share: number;
  receipt: string;
  atMs: number;
}

export interface ReceiptDoors {
  load(): Receipt[];
  save(receipts: Receipt[]): void;
  restore(packetId: Id, receipt: string): Promise<Claim>;
  nowMs(): number;
}

const keptMs = 7 * 86_400_000;
const keptMax = 200;
const restoredAtOnceMax = 20;

export class Receipts {
  private readonly asked = new Set<string>();

  constructor(private readonly doors: ReceiptDoors) {}

  /** Keeps the receipt of a share; the newest are kept, for a week. */
  keep(shopperId: Id, claim: Claim): void {
    const receipt: Receipt = {
      shopperId,
      packetId: claim.packetId,
      wave: claim.wave,
      share: claim.share,
      receipt: claim.receipt,
      atMs: this.doors.nowMs(),
    };
    const others = this.fresh().filter((each) => !isSame(each, receipt));
    this.doors.save([...others, receipt].slice(-keptMax));
  }

  /** Brings back what the server does not list among the shopper's shares of a packet. */
  async restoreMissing(shopperId: Id, packetId: Id, known: Claim[]): Promise<Claim[]> {
    const missing = this.of(shopperId).filter(
      (each) => each.packetId === packetId && !known.some((claim) => isOf(claim, each)),
    );
    return await this.restore(missing);
  }

  /** Shows the server the receipts it has not confirmed since this page was opened. */
  async restoreAll(shopperId: Id): Promise<Claim[]> {
    const unasked = this.of(shopperId).filter((each) => !this.asked.has(each.receipt));
    return await this.restore(unasked.slice(-restoredAtOnceMax));
  }

  private async restore(receipts: Receipt[]): Promise<Claim[]> {
    const claims: Claim[] = [];
    for (const each of receipts) {
      try {
        claims.push(await this.doors.restore(each.packetId, each.receipt));
        this.asked.add(each.receipt);
      } catch (error) {
        if (isTransient(error) || error instanceof SignedOut) break;
        // refused for good: it is of no use to anybody
        this.doors.save(this.fresh().filter((kept) => !isSame(kept, each)));
      }
    }
    return claims;
  }

  private of(shopperId: Id): Receipt[] {
    return this.fresh().filter((each) => each.shopperId === shopperId);
  }

  private fresh(): Receipt[] {
    const oldest = this.doors.nowMs() - keptMs;
    return this.doors.load().filter((each) => each.atMs > oldest);
  }
}

function isOf(claim: Claim, receipt: Receipt): boolean {
  return claim.wave === receipt.wave && claim.share === receipt.share;
}

function isSame(one: Receipt, other: Receipt): boolean {
  return (
    one.shopperId === other.shopperId &&
    one.packetId === other.packetId &&
    one.wave === other.wave &&
    one.share === other.share
  );
}
