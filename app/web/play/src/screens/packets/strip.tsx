import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { Link } from "../../app/link";
import { soldOut } from "../../store/over";
import { useServerNow } from "../../ui/clock";
import { PacketBanner } from "../../ui/packet/card";
import { packetList, sortPackets } from "./list";

const soonMs = 10 * 60_000;
const lookAgainMs = 60_000;

/** Above the feed: the packet that is on, or that opens within ten minutes; one at most. */
export function PacketStrip(): JSX.Element | null {
  const now = useServerNow();
  useEffect(() => {
    packetList.open();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void packetList.refresh();
    }, lookAgainMs);
    return () => clearInterval(timer);
  }, []);
  const { on: begun, soon } = sortPackets(packetList.items.value, now);
  const on = begun.filter((card) => !soldOut.value.has(card.id));
  const next = soon.find((card) => Date.parse(card.opensAt) - now < soonMs);
  const shown = on.find((card) => card.form === "rain") ?? next ?? on[0];
  if (shown === undefined) return null;
  return (
    <section class="feed-packets" aria-label={t("packets.title")}>
      <PacketBanner card={shown} />
      {on.length + soon.length > 1 ? (
        <Link to="/packets" class="feed-packets-all">
          {t("packets.all", { n: on.length + soon.length })}
        </Link>
      ) : null}
    </section>
  );
}
