import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PacketView } from "../../api/packets";
import { locale, t } from "../../i18n";
import { say } from "../../store/toasts";
import { Button, IconButton } from "../../ui/button";
import { canShareBySystem, copyText } from "../../ui/share/channels";
import { Sheet } from "../../ui/sheet";
import { wayOf } from "./way";
import type { Way } from "./way";

export function ShareButton({ view }: { view: PacketView }): JSX.Element {
  const [open, setOpen] = useState(false);
  const way = wayOf(view.id, null, location.origin, locale.value);
  return (
    <>
      <IconButton
        icon="share"
        label={t("post.share")}
        expanded={open}
        onClick={() => setOpen(true)}
      />
      {open ? <CardSheet way={way} title={view.title} close={() => setOpen(false)} /> : null}
    </>
  );
}

/** A fission's link: to friends, as words or as a picture with a code to scan. */
export function ShareFriends({ view, code }: { view: PacketView; code: string }): JSX.Element {
  const [card, setCard] = useState(false);
  const way = wayOf(view.id, code, location.origin, locale.value);
  return (
    <div class="friend-ways">
      <Button look="action" wide icon="share" onClick={() => void passOn(way, view.title)}>
        {t("packets.askFriends")}
      </Button>
      <Button wide icon="qr" onClick={() => setCard(true)}>
        {t("packets.card")}
      </Button>
      {card ? <CardSheet way={way} title={view.title} close={() => setCard(false)} /> : null}
    </div>
  );
}

async function passOn(way: Way, title: string): Promise<void> {
  if (canShareBySystem()) {
    // Cancelling the system's sheet is no error.
    await navigator
      .share({ title: t("app.name"), text: t("packets.shareText", { title }), url: way.url })
      .catch(() => undefined);
    return;
  }
  await copyText(way.url);
  say(t("act.copied"));
}

interface CardProps {
  way: Way;
  title: string;
  close: () => void;
}

function CardSheet({ way, title, close }: CardProps): JSX.Element {
  const [failed, setFailed] = useState(false);
  return (
    <Sheet title={t("packets.card")} close={close}>
      <div class="share-card">
        {failed ? (
          <p class="packet-hint">{t("packets.cardFailed")}</p>
        ) : (
          <img
            src={way.card}
            width="260"
            height="394"
            alt={t("packets.cardAlt", { title })}
            onError={() => setFailed(true)}
          />
        )}
        <p class="packet-hint">{t("packets.cardHint")}</p>
        <div class="share-card-ways">
          <a class="button button-plain button-m" href={way.card} download="carnival.png">
            {t("packets.saveCard")}
          </a>
          <Button
            look="action"
            onClick={() => void copyText(way.url).then(() => say(t("act.copied")))}
          >
            {t("act.copy")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
