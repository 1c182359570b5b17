import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PacketCard } from "../../api/packets";
import type { Attachment } from "../../api/types";
import { navigate } from "../../app/router";
import { t } from "../../i18n";
import { ended, soldOut } from "../../store/over";
import { showPacket } from "../../store/packets";
import { observePacket } from "../../store/visible";
import { Countdown, useServerNow } from "../clock";
import { Amount } from "../values";

/** Forms that need more room than an envelope. */
const withPage = new Set(["rain", "draw", "fission"]);

export function openCard(card: PacketCard): void {
  if (withPage.has(card.form)) navigate(`/packets/${card.id}`);
  else showPacket(card.id);
}

/** The packet of a post: the brightest thing on its card. */
export function PacketSlot({ attachment }: { attachment: Attachment }): JSX.Element {
  return <PacketBanner card={attachment as PacketCard} />;
}

export function PacketBanner({ card }: { card: PacketCard }): JSX.Element {
  const now = useServerNow();
  const early = now < Date.parse(card.opensAt);
  const closed = now >= Date.parse(card.closesAt) || ended.value.has(card.id);
  const over = closed || soldOut.value.has(card.id);
  useEffect(() => (over ? undefined : observePacket(card.id)), [card.id, over]);
  return (
    <button
      type="button"
      class={over ? "packet-card over" : "packet-card"}
      data-packet={card.id}
      onClick={() => openCard(card)}
    >
      <span class="packet-card-seal" aria-hidden="true">
        {card.form === "rain" ? "雨" : card.form === "draw" ? "福" : "開"}
      </span>
      <span class="packet-card-words">
        <strong>{card.title}</strong>
        <span>
          {t(`packets.form.${card.form}`)}
          {" · "}
          <Amount money={card.total} />
          {" · "}
          {t("packets.shares", { n: card.count })}
        </span>
      </span>
      <span class="packet-card-go">
        {over ? (
          t(closed ? "packets.ended" : "packets.allGone")
        ) : early ? (
          <Countdown to={card.opensAt} />
        ) : (
          t("packets.go")
        )}
      </span>
    </button>
  );
}
