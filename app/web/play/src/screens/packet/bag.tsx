import type { JSX } from "preact";
import type { PacketView } from "../../api/packets";
import { t } from "../../i18n";

/** Of a lucky bag: how many take part, the own number, and what proves that the draw was fair. */
export function Bag({ view }: { view: PacketView }): JSX.Element | null {
  const { draw } = view;
  if (draw === null) return null;
  const lost = draw.seed !== null && draw.entry !== null && view.mine.length === 0;
  return (
    <section class="card inset packet-part">
      <h2>{t("packets.bag")}</h2>
      <dl class="bag-facts">
        <div>
          <dt>{t("packets.entries")}</dt>
          <dd>{draw.entries}</dd>
        </div>
        <div>
          <dt>{t("packets.winnersMax")}</dt>
          <dd>{view.count}</dd>
        </div>
        {draw.entry === null ? null : (
          <div>
            <dt>{t("packets.yourNumber")}</dt>
            <dd>{draw.entry}</dd>
          </div>
        )}
      </dl>
      {lost ? <p class="packet-hint">{t("packets.notDrawn")}</p> : null}
      <details class="bag-proof">
        <summary>{t("packets.fair")}</summary>
        <p>{t("packets.fairHint")}</p>
        <p class="bag-hash">SHA-256 {draw.commitment}</p>
        {draw.seed === null ? null : (
          <p class="bag-hash">
            {t("packets.seed")} {draw.seed}
          </p>
        )}
      </details>
    </section>
  );
}
