import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { serverNow } from "../api/clock";
import type { Money as MoneyValue, Timestamp } from "../api/types";
import { locale, t } from "../i18n";
import { fullTime, moneyParts, moneyText, relativeTime } from "../i18n/format";

const tickMs = 30_000;
const tick = signal(0);
setInterval(() => {
  if (document.visibilityState === "visible") tick.value += 1;
}, tickMs);

/** "5 minutes ago", kept up to date by the server's clock; the full time on hover. */
export function Ago({ at }: { at: Timestamp }): JSX.Element {
  const atMs = Date.parse(at);
  const words = {
    now: t("time.now"),
    yesterday: (time: string) => t("time.yesterday", { time }),
  };
  const now = tick.value >= 0 ? serverNow() : 0;
  return (
    <time dateTime={at} title={fullTime(atMs, locale.value)}>
      {relativeTime(atMs, now, locale.value, words)}
    </time>
  );
}

interface AmountProps {
  money: MoneyValue;
  struck?: boolean;
  /** All digits, so that amounts below each other line up. */
  exact?: boolean;
}

/** An amount in tabular figures with a smaller currency sign. */
export function Amount({ money, struck, exact }: AmountProps): JSX.Element {
  const parts = moneyParts(money.amountMinor, money.currency, locale.value, exact ?? false);
  const text = moneyText(money.amountMinor, money.currency, locale.value);
  if (struck) {
    return (
      <s class="amount struck">
        <span class="hidden-text">{t("post.wasPrice")} </span>
        {text}
      </s>
    );
  }
  return (
    <span class="amount">
      <span class="hidden-text">{text}</span>
      <span aria-hidden="true">
        {parts.map((part) => (
          <span key={part.kind} class={`amount-${part.kind}`}>
            {part.text}
          </span>
        ))}
      </span>
    </span>
  );
}
