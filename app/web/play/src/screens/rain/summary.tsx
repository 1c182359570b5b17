import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PacketView } from "../../api/packets";
import { Link } from "../../app/link";
import { locale, t } from "../../i18n";
import { moneyText } from "../../i18n/format";
import { announce } from "../../store/toasts";
import { Countdown } from "../../ui/clock";
import { Won } from "../../ui/packet/amount";
import { wonMinor } from "../../ui/packet/stage";
import { Amount } from "../../ui/values";
import type { Outcome } from "./screen";
import type { Turn } from "./waves";

interface SummaryProps {
  view: PacketView;
  /** Of the wave just played; null when there is nothing left to play. */
  outcome: Outcome | null;
  next: Turn | null;
  goOn: () => void;
}

/** One card with everything won; honest when there is nothing on it. */
export function Summary({ view, outcome, next, goOn }: SummaryProps): JSX.Element {
  const claims = withLatest(view, outcome);
  const total = { amountMinor: wonMinor(claims), currency: view.total.currency };
  const won = total.amountMinor > 0;
  const sorry = outcome?.reason ?? t(outcome?.score.caught === 0 ? "rain.missed" : "rain.nothing");
  useEffect(() => {
    const amount = moneyText(total.amountMinor, total.currency, locale.value);
    announce(won ? t("packets.youGot", { amount }) : sorry);
  }, []);
  return (
    <section class="rain-card" aria-live="off">
      <h1 class="rain-card-title" tabIndex={-1}>
        {t(won ? "rain.allWon" : "rain.noneTitle")}
      </h1>
      {won ? (
        <p class="rain-card-sum">
          <Won money={total} counting={outcome !== null} />
        </p>
      ) : null}
      {outcome?.claim === null || !won ? <p class="rain-card-sorry">{sorry}</p> : null}
      {claims.length > 1 ? (
        <ul class="rain-card-waves">
          {claims.map((claim) => (
            <li key={claim.wave}>
              <span>{t("rain.wave", { n: claim.wave + 1 })}</span>
              <Amount money={claim.amount} exact />
            </li>
          ))}
        </ul>
      ) : null}
      {outcome === null ? null : (
        <p class="rain-card-score">
          {t("rain.score", { caught: outcome.score.caught, combo: outcome.score.comboBest })}
        </p>
      )}
      {next === null ? null : (
        <button type="button" class="gold-button" onClick={goOn}>
          {t("rain.again")} <Countdown to={next.wave.entersAt} />
        </button>
      )}
      <Link to={won ? "/wallet" : "/packets"} class="rain-card-link">
        {t(won ? "packets.inWallet" : "packets.seeOthers")}
      </Link>
    </section>
  );
}

/** The shopper's shares, with the one just won, which the view may not know yet. */
function withLatest(view: PacketView, outcome: Outcome | null): PacketView["mine"] {
  const latest = outcome?.claim ?? null;
  if (latest === null || view.mine.some((claim) => claim.wave === latest.wave)) return view.mine;
  return [...view.mine, latest];
}
