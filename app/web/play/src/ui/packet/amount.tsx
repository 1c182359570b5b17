import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Money } from "../../api/types";
import { locale } from "../../i18n";
import { moneyParts, moneyText } from "../../i18n/format";
import { countUp } from "./motion";

interface WonProps {
  money: Money;
  /** Counts up from nothing when it first appears. */
  counting?: boolean;
}

const countMs = 700;

/** The amount of a win, large; screen readers hear the final figure only. */
export function Won({ money, counting = false }: WonProps): JSX.Element {
  const [shown, setShown] = useState(counting ? 0 : money.amountMinor);
  useEffect(() => {
    if (!counting) {
      setShown(money.amountMinor);
      return undefined;
    }
    return countUp(money.amountMinor, countMs, setShown);
  }, [money.amountMinor]);
  const parts = moneyParts(shown, money.currency, locale.value, true);
  return (
    <span class="won">
      <span class="hidden-text">{moneyText(money.amountMinor, money.currency, locale.value)}</span>
      <span aria-hidden="true">
        {parts.map((part, index) => (
          <span key={index} class={`amount-${part.kind}`}>
            {part.text}
          </span>
        ))}
      </span>
    </span>
  );
}
