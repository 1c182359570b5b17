import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PacketCard } from "../../api/packets";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { soldOut } from "../../store/over";
import { signedIn } from "../../store/session";
import { useServerNow } from "../../ui/clock";
import { Endless } from "../../ui/endless";
import { Icon } from "../../ui/icons";
import { PacketBanner } from "../../ui/packet/card";
import { Pull } from "../../ui/pull";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { packetList, sortPackets } from "./list";
import "./packets.css";

const lookAgainMs = 15_000;

/** What is on now and what comes, counted down on the server's clock. */
export function PacketsScreen(): JSX.Element {
  useEffect(() => {
    void packetList.refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void packetList.refresh();
    }, lookAgainMs);
    return () => clearInterval(timer);
  }, []);
  const state = packetList.state.value;
  return (
    <>
      <TopBar title={t("packets.title")} back="/">
        {signedIn.value ? (
          <Link to="/wallet" class="icon-button" aria-label={t("wallet.title")}>
            <Icon name="wallet" />
          </Link>
        ) : null}
      </TopBar>
      <Pull refresh={() => packetList.refresh()}>
        {state === "loading" ? <RowSkeletons count={5} /> : null}
        {state === "failed" ? (
          <LoadFailed error={packetList.error.value} retry={() => void packetList.refresh()} />
        ) : null}
        {state === "ready" ? <Sorted cards={packetList.items.value} /> : null}
      </Pull>
    </>
  );
}

function Sorted({ cards }: { cards: PacketCard[] }): JSX.Element {
  const { on, soon } = sortPackets(cards, useServerNow(), soldOut.value);
  if (on.length + soon.length === 0) {
    return (
      <>
        <Empty scene="gift" title={t("packets.none")} hint={t("packets.noneHint")}>
          <Link to="/discover" class="button button-action button-m">
            {t("tab.discover")}
          </Link>
        </Empty>
        <Endless list={packetList} />
      </>
    );
  }
  return (
    <>
      <Part title={t("packets.on")} cards={on} />
      <Part title={t("packets.soon")} cards={soon} />
      <Endless list={packetList} />
    </>
  );
}

function Part({ title, cards }: { title: string; cards: PacketCard[] }): JSX.Element | null {
  if (cards.length === 0) return null;
  return (
    <section class="packets-part">
      <h2>{title}</h2>
      <ul>
        {cards.map((card) => (
          <li key={card.id}>
            <PacketBanner card={card} />
          </li>
        ))}
      </ul>
    </section>
  );
}
