/** The shopper's wallet: balances, movements, withdrawals. */

import { signal } from "@preact/signals";
import { readWallet, walletLines, withdrawals } from "../../api/wallet";
import type { Balance, WalletLine, Withdrawal } from "../../api/wallet";
import { PagedList } from "../../store/paged";
import { restoreReceipts } from "../../store/packets";
import { onSignOut } from "../../store/session";

export const balances = signal<Balance[] | null>(null);
export const walletError = signal<unknown>(null);

export const lineList = new PagedList<WalletLine>(walletLines, (line) => line.sequence);
export const withdrawalList = new PagedList<Withdrawal>(withdrawals, (made) => made.id);

const nothing: Balance = {
  available: { amountMinor: 0, currency: "CNY" },
  pending: { amountMinor: 0, currency: "CNY" },
  withdrawing: { amountMinor: 0, currency: "CNY" },
};

/** What is shown first: where there is most, in the wallet's usual currency when there is none. */
export function mainBalance(all: Balance[]): Balance {
  return [...all].sort((a, b) => worth(b) - worth(a))[0] ?? nothing;
}

function worth(balance: Balance): number {
  return balance.available.amountMinor + balance.pending.amountMinor;
}

export async function refreshWallet(): Promise<void> {
  try {
    balances.value = (await readWallet()).balances;
    walletError.value = null;
  } catch (error) {
    walletError.value = error;
  }
}

/** Reads everything again, after showing the servers what this device has receipts of. */
export async function refreshAll(): Promise<boolean> {
  void restoreReceipts().then((restored) => {
    if (restored) void refreshWallet();
  });
  await Promise.all([refreshWallet(), lineList.refresh(), withdrawalList.refresh()]);
  return walletError.value === null;
}

onSignOut(() => {
  balances.value = null;
  lineList.reset();
  withdrawalList.reset();
});
