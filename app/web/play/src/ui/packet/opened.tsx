import type { JSX } from "preact";
import type { Claim, PacketView } from "../../api/packets";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { hidePacket } from "../../store/packets";
import { Icon } from "../icons";
import { Won } from "./amount";
import { Giver } from "./face";
import { Results } from "./results";

interface OpenedProps {
  view: PacketView;
  claim: Claim;
  /** Just opened: the amount counts up. */
  fresh: boolean;
  headingId: string;
}

/** What was in the envelope, whom to thank, and how the others fared. */
export function Opened({ view, claim, fresh, headingId }: OpenedProps): JSX.Element {
  return (
    <div class={fresh ? "opened fresh" : "opened"}>
      <header class="opened-head">
        <Giver brandId={view.brandId} title={view.title} headingId={headingId} />
      </header>
      <div class="opened-sum">
        <Won money={claim.amount} counting={fresh} />
        <Link to="/wallet" class="opened-where" onClick={hidePacket}>
          {t("packets.inWallet")}
          <Icon name="forward" size={16} />
        </Link>
        {view.thanks === "" ? null : <p class="opened-thanks">{view.thanks}</p>}
        {claim.link === null ? null : (
          <Link
            to={`/packets/${view.id}`}
            class="button button-action button-m wide"
            onClick={hidePacket}
          >
            {t("packets.shareForMore")}
          </Link>
        )}
      </div>
      <section class="opened-others" aria-label={t("packets.results")}>
        <h3>
          {t("packets.results")}
          {view.form === "fission" ? null : (
            <span>{t("packets.openedOf", { opened: view.opened, count: view.count })}</span>
          )}
        </h3>
        <Results packetId={view.id} form={view.form} fresh={fresh} />
      </section>
    </div>
  );
}
