import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PacketView } from "../../api/packets";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { requireSignIn } from "../../store/gate";
import { openPacket, showPacket } from "../../store/packets";
import { announce, complain } from "../../store/toasts";
import { Countdown, useServerNow } from "../../ui/clock";
import { Won } from "../../ui/packet/amount";
import { ownClaim, stageOf, wonMinor } from "../../ui/packet/stage";
import { explainGrab, notes } from "../../ui/packet/words";
import { nextTurn } from "../rain/waves";

const noWaves: ReadonlySet<number> = new Set();

interface ActionProps {
  view: PacketView;
  load: () => void;
}

/** The one thing to do with a packet now, or when there will be something to do. */
export function Action({ view, load }: ActionProps): JSX.Element {
  const stage = stageOf(view, useServerNow());
  const note = notes[stage];
  if (note) {
    return (
      <div class="packet-do">
        <p class="packet-do-title">{t(note.title)}</p>
        <p>{t(note.hint)}</p>
      </div>
    );
  }
  if (stage === "mine") return <Mine view={view} />;
  if (stage === "rain") return <RainAction view={view} />;
  if (stage === "enter") return <EnterAction view={view} load={load} />;
  if (stage === "entered") {
    return (
      <div class="packet-do">
        <p class="packet-do-title">{t("packets.entered")}</p>
        <p>{t("packets.drawnIn")}</p>
        <p class="packet-do-count">
          <Countdown to={view.closesAt} />
        </p>
      </div>
    );
  }
  if (stage === "upcoming") {
    return (
      <div class="packet-do">
        <p>{t("packets.opensIn")}</p>
        <p class="packet-do-count">
          <Countdown to={view.opensAt} />
        </p>
      </div>
    );
  }
  const word =
    stage === "phrase"
      ? "packets.sayPhrase"
      : stage === "follow"
        ? "packets.followToOpen"
        : stage === "watch"
          ? "packets.watchFirst"
          : "packets.openNow";
  return (
    <div class="packet-do">
      <button type="button" class="gold-button" onClick={() => showPacket(view.id)}>
        {t(word)}
      </button>
      <p class="packet-do-small">
        {t("packets.closesIn")} <Countdown to={view.closesAt} />
      </p>
    </div>
  );
}

function Mine({ view }: { view: PacketView }): JSX.Element {
  const first = ownClaim(view)?.amount ?? view.total;
  const money = { amountMinor: wonMinor(view.mine), currency: first.currency };
  return (
    <div class="packet-do">
      <p>{t("packets.youGotHere")}</p>
      <p class="packet-do-won">
        <Won money={money} />
      </p>
      <Link to="/wallet" class="packet-do-link">
        {t("packets.inWallet")}
      </Link>
    </div>
  );
}

function RainAction({ view }: { view: PacketView }): JSX.Element {
  const now = useServerNow();
  const next = nextTurn(view, noWaves, now)?.wave;
  if (next === undefined) {
    if (view.mine.length > 0) return <Mine view={view} />;
    return (
      <div class="packet-do">
        <p class="packet-do-title">{t("packets.over")}</p>
      </div>
    );
  }
  const falling = Date.parse(next.entersAt) <= now;
  return (
    <div class="packet-do">
      <p>{t(falling ? "rain.falling" : "rain.next", { n: next.wave + 1 })}</p>
      <p class="packet-do-count">
        <Countdown to={falling ? next.closesAt : next.entersAt} />
      </p>
      <Link to={`/packets/${view.id}/rain`} class="gold-button">
        {t(falling ? "rain.play" : "rain.getReady")}
      </Link>
    </div>
  );
}

function EnterAction({ view, load }: ActionProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  async function enter() {
    if (busy || !requireSignIn()) return;
    setBusy(true);
    try {
      await openPacket(view);
      announce(t("packets.entered"));
      load();
    } catch (failure) {
      complain(explainGrab(failure));
    } finally {
      setBusy(false);
    }
  }
  return (
    <div class="packet-do">
      <button type="button" class="gold-button" aria-busy={busy} onClick={() => void enter()}>
        {t("packets.enter")}
      </button>
      <p class="packet-do-small">
        {t("packets.drawnIn")} <Countdown to={view.closesAt} />
      </p>
    </div>
  );
}
