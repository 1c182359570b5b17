import type { ComponentChildren, JSX } from "preact";
import type { PacketView } from "../../api/packets";
import { t } from "../../i18n";
import { Giver } from "./face";

interface EnvelopeProps {
  view: PacketView | null;
  state: "waiting" | "sealed" | "turning" | "opening";
  headingId: string;
  /** Pressed on the seal; without it the envelope shows no seal. */
  open?: (() => void) | undefined;
  children?: ComponentChildren;
}

/** A red envelope with a round gold seal. The flap opens when the amount is known. */
export function Envelope({ view, state, headingId, open, children }: EnvelopeProps): JSX.Element {
  const noted = view !== null && open === undefined;
  return (
    <div class={`envelope is-${state}${noted ? " noted" : ""}`}>
      <div class="envelope-paper" aria-hidden="true" />
      <div class="envelope-front" aria-hidden="true" />
      <div class="envelope-flap" aria-hidden="true" />
      <div class="envelope-face">
        {view === null ? (
          <p class="giver-title" id={headingId} role="status">
            {t(state === "waiting" ? "list.loading" : "packets.one")}
          </p>
        ) : (
          <Giver brandId={view.brandId} title={view.title} headingId={headingId} />
        )}
        {children}
      </div>
      {open === undefined ? null : (
        <button
          type="button"
          class="seal"
          aria-label={t("packets.open")}
          aria-busy={state === "turning"}
          onClick={open}
        >
          <span aria-hidden="true">開</span>
        </button>
      )}
    </div>
  );
}
