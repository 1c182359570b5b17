import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { Claim, PacketView } from "../../api/packets";
import { Problem } from "../../api/problems";
import type { Id } from "../../api/types";
import { navigate, place } from "../../app/router";
import { locale, t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { moneyText } from "../../i18n/format";
import { hidePacket, loadPacket, openPacket } from "../../store/packets";
import { signedIn } from "../../store/session";
import { IconButton } from "../button";
import { Inside } from "./inside";
import { Envelope } from "./envelope";
import { buzz, calm, dropCoins } from "./motion";
import { Opened } from "./opened";
import { nextChangeMs, ownClaim, stageOf } from "./stage";
import { useTold } from "./told";
import { explainGrab } from "./words";
import "./overlay.css";

type Motion = "sealed" | "turning" | "opening" | "opened";

const flapMs = 420;
const lookAgainMaxMs = 2 ** 31 - 1;
/** What refuses for good: the envelope is read again and says what is next. */
const refused = new Set(["packet_over", "packet_paused", "packet_not_open", "condition_unmet"]);

/** The envelope above a dimmed page: a tap on the seal, the flap, the amount, the coins. */
export function PacketOverlay({ id }: { id: Id }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const coins = useRef<HTMLCanvasElement>(null);
  const headingId = useId();
  const [read, setView] = useState<PacketView | null>(null);
  const view = useTold(read);
  const [motion, setMotion] = useState<Motion>("sealed");
  const [claim, setClaim] = useState<Claim | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [said, setSaid] = useState("");

  const load = async (): Promise<PacketView | null> => {
    try {
      const next = await loadPacket(id);
      setView(next);
      return next;
    } catch (failure) {
      setError(explain(failure));
      return null;
    }
  };
  useModal(dialog);
  useLeaving();
  useEffect(() => void load(), [id]);
  useEffect(() => lookAgain(view, () => void load()), [view]);

  async function open(phrase?: string) {
    if (view === null || motion !== "sealed") return;
    if (!signedIn.value) return leaveToSignIn(id);
    if (!navigator.onLine) return setError(t("packets.offline"));
    setMotion("turning");
    setError(null);
    try {
      const answer = await openPacket(view, phrase === undefined ? {} : { phrase });
      if (answer.claim !== null) return reveal(answer.claim);
      setView({ ...view, status: "sold_out" });
      setSaid(t("packets.soldOut"));
    } catch (failure) {
      setError(explainGrab(failure));
      if (failure instanceof Problem && refused.has(failure.code)) void load();
    }
    setMotion("sealed");
  }

  function reveal(won: Claim) {
    setClaim(won);
    setMotion("opening");
    buzz([30, 60, 30]);
    const amount = moneyText(won.amount.amountMinor, won.amount.currency, locale.value);
    setSaid(t("packets.youGot", { amount }));
    if (coins.current) dropCoins(coins.current);
    setTimeout(() => setMotion("opened"), calm() ? 0 : flapMs);
    void load();
  }

  const had = view === null ? null : ownClaim(view);
  const shown = claim ?? had;
  const stage = view === null ? null : stageOf(view, serverNow());
  const sealed = stage === "sealed" || motion === "turning" || motion === "opening";
  const open_ = shown !== null && (motion === "opened" || claim === null);
  return (
    <dialog
      ref={dialog}
      class="packet"
      tabIndex={-1}
      aria-labelledby={headingId}
      onCancel={(event) => {
        event.preventDefault();
        hidePacket();
      }}
      onClick={(event) => {
        if (event.target === dialog.current && motion !== "turning") hidePacket();
      }}
    >
      {open_ && view !== null ? (
        <Opened view={view} claim={shown} fresh={claim !== null} headingId={headingId} />
      ) : (
        <Envelope
          view={view}
          state={
            view === null && error === null ? "waiting" : motion === "opened" ? "opening" : motion
          }
          headingId={headingId}
          open={sealed && stage !== "phrase" ? () => void open() : undefined}
        >
          {view === null || stage === null ? null : (
            <Inside
              view={view}
              stage={stage}
              busy={motion === "turning"}
              error={error}
              say={(phrase) => void open(phrase)}
              again={() => void load()}
            />
          )}
          {error !== null && stage !== "phrase" ? (
            <p class="envelope-error" role="alert">
              {error}
            </p>
          ) : null}
        </Envelope>
      )}
      <p class="hidden-text" role="status">
        {said}
      </p>
      <IconButton icon="close" class="packet-close" label={t("act.close")} onClick={hidePacket} />
      <canvas ref={coins} class="packet-coins" aria-hidden="true" />
    </dialog>
  );
}

function useModal(dialog: { current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    element?.focus();
    document.documentElement.classList.add("held");
    return () => {
      document.documentElement.classList.remove("held");
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
}

/** The envelope lies on one page: whoever goes to another leaves it behind. */
function useLeaving(): void {
  const { path } = place.value;
  const first = useRef(path);
  useEffect(() => {
    if (path !== first.current) hidePacket();
  }, [path]);
}

/** Reads the packet again when, by the server's clock, it opens or closes. */
function lookAgain(view: PacketView | null, load: () => void): (() => void) | undefined {
  const wait = view === null ? null : nextChangeMs(view, serverNow());
  if (wait === null || wait > lookAgainMaxMs) return undefined;
  const timer = setTimeout(load, wait + 80);
  return () => clearTimeout(timer);
}

/** Signing in comes first; afterwards the same envelope is there again. */
function leaveToSignIn(id: Id): void {
  hidePacket();
  navigate(`/sign-in?next=${encodeURIComponent(`/packets/${id}?open=1`)}`);
}
