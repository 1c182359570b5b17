import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { PacketView } from "../../api/packets";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { accountCard } from "../../store/accountCards";
import { followSignal } from "../../store/follows";
import { hidePacket } from "../../store/packets";
import { Countdown } from "../clock";
import { FollowButton } from "../follow";
import { PhraseForm } from "./phrase";
import type { Stage } from "./stage";
import { notes } from "./words";

interface InsideProps {
  view: PacketView;
  stage: Stage;
  busy: boolean;
  error: string | null;
  say: (phrase: string) => void;
  /** Reads the packet again: something was done that it waits for. */
  again: () => void;
}

/** What stands on an envelope besides its seal: when it opens, what it takes, what is next. */
export function Inside(props: InsideProps): JSX.Element | null {
  const { view, stage } = props;
  const note = notes[stage];
  if (note) {
    return (
      <div class="envelope-note">
        <p class="envelope-note-title">{t(note.title)}</p>
        <p>{t(note.hint)}</p>
        {stage === "soldOut" || stage === "over" ? (
          <Link to={`/packets/${view.id}`} class="envelope-link" onClick={hidePacket}>
            {t("packets.seeResults")}
          </Link>
        ) : null}
        <Link to="/packets" class="gold-button" onClick={hidePacket}>
          {t("packets.seeOthers")}
        </Link>
      </div>
    );
  }
  if (stage === "upcoming") {
    return (
      <div class="envelope-note">
        <p>{t("packets.opensIn")}</p>
        <p class="envelope-count">
          <Countdown to={view.opensAt} />
        </p>
      </div>
    );
  }
  if (stage === "phrase") return <PhraseForm {...props} />;
  if (stage === "follow") return <FollowFirst {...props} />;
  if (stage === "watch") return <WatchFirst {...props} />;
  if (stage === "rain" || stage === "enter" || stage === "entered") {
    return (
      <div class="envelope-note">
        <p>{t(stage === "rain" ? "packets.rainHint" : "packets.drawHint")}</p>
        <Link to={`/packets/${view.id}`} class="gold-button" onClick={hidePacket}>
          {t("packets.take")}
        </Link>
      </div>
    );
  }
  return null;
}

const followSettleMs = 600;

const watchSettleMs = 1_500;

function WatchFirst({ view, again }: InsideProps): JSX.Element {
  useEffect(() => {
    // what was watched is told every few seconds: the packet's view says when it is enough
    const timer = setInterval(again, watchSettleMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="envelope-note">
      <p>{t("packets.watchFirst")}</p>
      <Link
        to={`/watch?video=${view.condition?.targetId}`}
        class="gold-button"
        onClick={hidePacket}
      >
        {t("packets.watchNow")}
      </Link>
    </div>
  );
}

function FollowFirst({ view, again }: InsideProps): JSX.Element {
  const target = view.condition?.targetId ?? view.brandId;
  const account = accountCard(target).value;
  const following = followSignal(target).value;
  useEffect(() => {
    if (!following) return undefined;
    // the wish is on its way: the packet's view says when it has arrived
    const timer = setInterval(again, followSettleMs);
    return () => clearInterval(timer);
  }, [following]);
  return (
    <div class="envelope-note">
      <p>{t(following ? "packets.followed" : "packets.followFirst")}</p>
      {account && !following ? <FollowButton account={account} size="m" /> : null}
    </div>
  );
}
