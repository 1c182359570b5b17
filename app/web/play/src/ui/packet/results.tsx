import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { packetResults } from "../../api/packets";
import type { PacketForm, ResultItem } from "../../api/packets";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { PagedList } from "../../store/paged";
import { me } from "../../store/session";
import { Avatar } from "../avatar";
import { Endless } from "../endless";
import { RowSkeletons } from "../states";
import { Ago, Amount } from "../values";

const settleMs = 1_200;
/** Where all shares are the same, none of them is luckier. */
const even = new Set<PacketForm>(["equal", "fission", "draw"]);

interface ResultsProps {
  packetId: Id;
  form: PacketForm;
  fresh?: boolean;
}

/** Who got what, the latest first; the largest share is best luck. Looked at again a moment after
 * it opens, when one's own share has reached the books. */
export function Results({ packetId, form, fresh = false }: ResultsProps): JSX.Element {
  const list = useMemo(
    () =>
      new PagedList<ResultItem>(
        (cursor) => packetResults(packetId, cursor),
        (item) => `${item.shopperId}:${item.wave}:${item.claimedAt}:${item.amount.amountMinor}`,
      ),
    [packetId],
  );
  useEffect(() => {
    list.open();
    if (!fresh) return undefined;
    const timer = setTimeout(() => void list.refresh(), settleMs);
    return () => clearTimeout(timer);
  }, [list, fresh]);
  const state = list.state.value;
  const items = list.items.value;
  if (state === "loading") return <RowSkeletons count={3} />;
  // Without the list the amount still stands: it is an extra.
  if (state === "failed" || items.length === 0) {
    return <p class="results-none">{t("packets.noResults")}</p>;
  }
  return (
    <>
      <ul class="results">
        {items.map((item) => (
          <Result
            key={`${item.shopperId}:${item.wave}:${item.claimedAt}`}
            item={item}
            best={item.best && !even.has(form)}
          />
        ))}
      </ul>
      <Endless list={list} />
    </>
  );
}

function Result({ item, best }: { item: ResultItem; best: boolean }): JSX.Element {
  const mine = me.value?.id === item.shopperId;
  return (
    <li class={mine ? "result mine" : "result"}>
      <Avatar account={{ id: item.shopperId, name: item.name, avatar: null }} />
      <span class="row-words">
        <span class="name">{mine ? t("packets.you") : item.name || t("kind.shopper")}</span>
        <span class="row-hint">
          <Ago at={item.claimedAt} />
        </span>
      </span>
      <span class="result-amount">
        <Amount money={item.amount} exact />
        {best ? <span class="best-luck">{t("packets.best")}</span> : null}
      </span>
    </li>
  );
}
