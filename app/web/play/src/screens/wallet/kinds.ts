import type { WalletLine } from "../../api/wallet";
import type { Key } from "../../i18n";

const kinds: Record<string, Key> = {
  "packet.claim": "wallet.kind.packet",
  "packet.loss": "wallet.kind.packet",
  withdraw: "wallet.kind.withdraw",
  "withdraw.refund": "wallet.kind.refund",
  reversal: "wallet.kind.reversal",
};

/** What a movement was; kinds that this client does not know are told by their direction. */
export function kindOf(line: Pick<WalletLine, "kind" | "changeMinor">): Key {
  const known = kinds[line.kind];
  if (known !== undefined) return known;
  if (line.kind.startsWith("packet.")) return "wallet.kind.packet";
  return line.changeMinor < 0 ? "wallet.kind.out" : "wallet.kind.in";
}
