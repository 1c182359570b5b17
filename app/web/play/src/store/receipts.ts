/**
 * Receipts of what was won, kept on this device. The servers do not forget what they acknowledged;
 * should they lose a disk all the same, the receipt brings the share back.
 */

import { isTransient, SignedOut } from "../api/problems";
import type { Claim, GrabAnswer } from "../api/packets";
import type { Id } from "../api/types";

export interface Receipt {
  shopperId: Id;
  packetId: Id;
  wave: number;
  share: number;
  receipt: string;
  atMs: number;
  /** Of taking part in a draw: nothing is won yet. */
  entry?: true;
}

/** No share has this number. */
const entryShare = -1;

export interface ReceiptDoors {
  load(): Receipt[];
  save(receipts: Receipt[]): void;
  restore(packetId: Id, receipt: string): Promise<Claim>;
  restoreEntry(packetId: Id, receipt: string): Promise<GrabAnswer>;
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
    const { packetId, wave, share, receipt } = claim;
    this.put({ shopperId, packetId, wave, share, receipt, atMs: this.doors.nowMs() });
  }

  /** Keeps the receipt of taking part in a draw. */
  keepEntry(shopperId: Id, packetId: Id, receipt: string): void {
    const place = { wave: 0, share: entryShare, entry: true } as const;
    this.put({ shopperId, packetId, ...place, receipt, atMs: this.doors.nowMs() });
  }

  /** Brings an entry back that the server does not know; its number, or null. Once the draw has
   * been made it is too late, and the receipt is thrown away. */
  async restoreEntry(shopperId: Id, packetId: Id): Promise<number | null> {
    const mine = this.of(shopperId).find((each) => each.entry && each.packetId === packetId);
    if (mine === undefined) return null;
    let entry: number | null = null;
    await this.show([mine], async () => {
      entry = (await this.doors.restoreEntry(packetId, mine.receipt)).entry;
    });
    return entry;
  }

  /** Brings back what the server does not list among the shopper's shares of a packet. */
  async restoreMissing(shopperId: Id, packetId: Id, known: Claim[]): Promise<Claim[]> {
    const missing = this.of(shopperId).filter(
      (each) =>
        !each.entry && each.packetId === packetId && !known.some((claim) => isOf(claim, each)),
    );
    return (await this.restore(missing)).claims;
  }

  /** Shows the server the receipts it has not confirmed since this page was opened. */
  async restoreAll(shopperId: Id): Promise<number> {
    const unasked = this.of(shopperId).filter((each) => !this.asked.has(each.receipt));
    return (await this.restore(unasked.slice(-restoredAtOnceMax))).taken;
  }

  private async restore(receipts: Receipt[]): Promise<{ claims: Claim[]; taken: number }> {
    const claims: Claim[] = [];
    const taken = await this.show(receipts, async (each) => {
      if (each.entry) await this.doors.restoreEntry(each.packetId, each.receipt);
      else claims.push(await this.doors.restore(each.packetId, each.receipt));
    });
    return { claims, taken };
  }

  /** Shows receipts one by one; returns how many were good. */
  private async show(
    receipts: Receipt[],
    present: (receipt: Receipt) => Promise<void>,
  ): Promise<number> {
    let good = 0;
    for (const each of receipts) {
      try {
        await present(each);
        this.asked.add(each.receipt);
        good += 1;
      } catch (error) {
        if (isTransient(error) || error instanceof SignedOut) break;
        // refused for good: it is of no use to anybody
        this.doors.save(this.fresh().filter((kept) => !isSame(kept, each)));
      }
    }
    return good;
  }

  private put(receipt: Receipt): void {
    const others = this.fresh().filter((each) => !isSame(each, receipt));
    this.doors.save([...others, receipt].slice(-keptMax));
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
