import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { confirmHelp, readLink, reserveHelp } from "../../api/packets";
import type { Claim, FriendLink } from "../../api/packets";
import { isGone } from "../../api/problems";
import { Link } from "../../app/link";
import { place } from "../../app/router";
import type { Id } from "../../api/types";
import { locale, t } from "../../i18n";
import { moneyText } from "../../i18n/format";
import { requireSignIn } from "../../store/gate";
import { surely } from "../../store/grab";
import { deviceName, keepReceipt } from "../../store/packets";
import { me } from "../../store/session";
import { announce } from "../../store/toasts";
import { Avatar } from "../../ui/avatar";
import { Won } from "../../ui/packet/amount";
import { buzz } from "../../ui/packet/motion";
import { explainGrab } from "../../ui/packet/words";
import { Empty, LoadFailed, ScreenWait } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { Amount } from "../../ui/values";
import "./packet.css";

/** Where a friend's link leads: one tap helps, and brings a share to both. */
export function HelpScreen({ id }: { id: Id }): JSX.Element {
  const code = place.value.query.get("code") ?? "";
  const [link, setLink] = useState<FriendLink | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    readLink(id, code).then(setLink, setFailure);
  };
  useEffect(load, [id, code, me.value?.id]);
  if (link === null && isGone(failure)) {
    return (
      <>
        <TopBar title={t("packets.helpTitle")} back="/packets" />
        <Empty scene="gone" title={t("packets.linkGone")} hint={t("packets.goneHint")}>
          <Link to="/packets" class="button button-action button-m">
            {t("packets.seeOthers")}
          </Link>
        </Empty>
      </>
    );
  }
  return (
    <>
      <TopBar title={t("packets.helpTitle")} back="/packets" />
      {link === null && failure !== null ? <LoadFailed error={failure} retry={load} /> : null}
      {link === null && failure === null ? <ScreenWait /> : null}
      {link === null ? null : <Friend link={link} code={code} />}
    </>
  );
}

function Friend({ link, code }: { link: FriendLink; code: string }): JSX.Element {
  const [claim, setClaim] = useState<Claim | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  async function help() {
    if (busy || !requireSignIn()) return;
    setBusy(true);
    setError(null);
    try {
      const won = await helpSurely(link.packetId, code);
      keepReceipt(won);
      setClaim(won);
      buzz([30, 60, 30]);
      const amount = moneyText(won.amount.amountMinor, won.amount.currency, locale.value);
      announce(t("packets.youGot", { amount }));
    } catch (failure) {
      setError(explainGrab(failure));
    } finally {
      setBusy(false);
    }
  }
  const full = link.helped >= link.helpers;
  return (
    <section class="packet-hero help">
      <span class="giver-face">
        <Avatar account={{ id: link.sharerId, name: link.sharerName, avatar: null }} size={56} />
      </span>
      <p class="giver-title">{t("packets.asksYou", { name: link.sharerName })}</p>
      {claim === null ? (
        <>
          <p class="packet-facts">
            <span>
              {t("packets.youGetHere")} <Amount money={link.helperAmount} />
            </span>
            <span>
              {t("packets.friendGets")} <Amount money={link.bonus} />
            </span>
          </p>
          {link.own || full ? (
            <p class="packet-do">{t(link.own ? "packets.ownLink" : "packets.linkFull")}</p>
          ) : (
            <div class="packet-do">
              <button
                type="button"
                class="seal"
                aria-label={t("packets.help")}
                aria-busy={busy}
                onClick={() => void help()}
              >
                <span aria-hidden="true">開</span>
              </button>
              <p>{t("packets.helpHint")}</p>
            </div>
          )}
        </>
      ) : (
        <div class="packet-do">
          <p class="packet-do-won">
            <Won money={claim.amount} counting />
          </p>
          <p>{t("packets.helped", { name: link.sharerName })}</p>
        </div>
      )}
      {error === null ? null : (
        <p class="help-error" role="alert">
          {error}
        </p>
      )}
      <Link
        to={`/packets/${link.packetId}`}
        class={claim === null ? "packet-do-link" : "gold-button"}
      >
        {t(claim === null ? "packets.seeIt" : "packets.openMine")}
      </Link>
    </section>
  );
}

/** Sets a share aside, then opens it; both answer the same however often they are asked. */
async function helpSurely(id: Id, code: string): Promise<Claim> {
  const help = { link: code, device: deviceName() };
  const held = await surely(() => reserveHelp(id, help));
  return held.claim ?? (await surely(() => confirmHelp(id, help)));
}
