import type { JSX } from "preact";
import type { HeldCoupon } from "../../api/coupons";
import { locale, t } from "../../i18n";
import { fullTime } from "../../i18n/format";
import { say } from "../../store/toasts";
import { copyText } from "../share/channels";
import { Sheet } from "../sheet";
import { Off } from "./off";
import { grouped, termsText } from "./words";
import "./coupon.css";

/** A collected coupon, torn along its perforation from what it is worth. */
export function Ticket({ held }: { held: HeldCoupon }): JSX.Element {
  const { coupon, state } = held;
  return (
    <article class={`ticket ticket-${state}`} aria-label={coupon.title}>
      <div class="ticket-worth">
        <Off discount={coupon.discount} />
        <span>{termsText(coupon)}</span>
      </div>
      <div class="ticket-words">
        <h3>{coupon.title}</h3>
        <p class="row-hint">{coupon.brandName}</p>
        <p class="row-hint">{whenText(held)}</p>
        {state === "usable" ? <Code code={held.code} /> : null}
      </div>
    </article>
  );
}

function Code({ code }: { code: string }): JSX.Element {
  async function take() {
    await copyText(code);
    say(t("coupons.copied"));
  }
  return (
    <p class="ticket-code">
      <span class="hidden-text">
        {t("coupons.code")} {[...code].join(" ")}
      </span>
      <code aria-hidden="true">{grouped(code)}</code>
      <button type="button" class="text-button" onClick={() => void take()}>
        {t("coupons.copy")}
      </button>
    </p>
  );
}

function whenText({ state, expiresAt, redeemedAt }: HeldCoupon): string {
  const at = (time: string) => fullTime(Date.parse(time), locale.value);
  if (redeemedAt !== null) return t("coupons.usedAt", { at: at(redeemedAt) });
  const key = state === "usable" ? "coupons.until" : "coupons.expiredAt";
  return t(key, { at: at(expiresAt) });
}

/** A coupon above whatever one is doing, to be told at the till. */
export function TicketSheet({ held, close }: { held: HeldCoupon; close: () => void }): JSX.Element {
  return (
    <Sheet title={t("coupons.kind")} close={close}>
      <div class="ticket-sheet">
        <Ticket held={held} />
        <p class="row-hint">{t("coupons.codeHint")}</p>
      </div>
    </Sheet>
  );
}
