import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readLink } from "../../api/packets";
import type { FriendLink, PacketView } from "../../api/packets";
import { t } from "../../i18n";
import { ownClaim } from "../../ui/packet/stage";
import { Amount } from "../../ui/values";
import { ShareFriends } from "./share";

/** Of a fission: how many friends have helped, what each brings, and the way to ask more. */
export function Friends({ view }: { view: PacketView }): JSX.Element | null {
  const code = ownClaim(view)?.link ?? null;
  const [link, setLink] = useState<FriendLink | null>(null);
  useEffect(() => {
    if (code === null) return;
    // without an answer the link can still be passed on
    readLink(view.id, code).then(setLink, () => undefined);
  }, [view]);
  if (code === null) return null;
  return (
    <section class="card inset packet-part friends">
      <h2>{t("packets.friends")}</h2>
      {link === null ? null : <Helpers link={link} />}
      <ShareFriends view={view} code={code} />
    </section>
  );
}

const slotsMax = 10;

function Helpers({ link }: { link: FriendLink }): JSX.Element {
  const slots = Math.min(link.helpers, slotsMax);
  const left = link.helpers - link.helped;
  return (
    <>
      <p class="packet-hint">
        {t("packets.eachBrings")} <Amount money={link.bonus} />
        {t("packets.eachGets")} <Amount money={link.helperAmount} />
      </p>
      <ol class="friend-slots" aria-hidden="true">
        {Array.from({ length: slots }, (_, index) => (
          <li key={index} class={index < link.helped ? "friend-slot done" : "friend-slot"}>
            {index < link.helped ? "✓" : "+"}
          </li>
        ))}
      </ol>
      <p class="friend-count">
        {left > 0 ? t("packets.friendsLeft", { n: left }) : t("packets.friendsAll")}
      </p>
    </>
  );
}
