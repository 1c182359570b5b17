import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { Claim, PacketView } from "../../api/packets";
import { Problem } from "../../api/problems";
import { goBack } from "../../app/router";
import type { Id } from "../../api/types";
import { locale, t } from "../../i18n";
import { moneyText } from "../../i18n/format";
import { loadPacket, openPacket } from "../../store/packets";
import { announce } from "../../store/toasts";
import { IconButton } from "../../ui/button";
import { Countdown, useServerNow } from "../../ui/clock";
import { buzz, calm } from "../../ui/packet/motion";
import { useTold } from "../../ui/packet/told";
import { explainGrab } from "../../ui/packet/words";
import { LoadFailed, ScreenWait } from "../../ui/states";
import { Game } from "./game";
import type { Score } from "./game";
import { Summary } from "./summary";
import { isLate, nextTurn } from "./waves";
import type { Turn } from "./waves";
import "./rain.css";

/** What became of a wave: what was won, or why nothing was. */
export interface Outcome {
  score: Score;
  claim: Claim | null;
  reason: string | null;
}

/** The red packet rain: full screen, one wave after the other. */
export function RainScreen({ id }: { id: Id }): JSX.Element {
  const [read, setView] = useState<PacketView | null>(null);
  const view = useTold(read);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    return loadPacket(id).then(setView, setFailure);
  };
  useEffect(() => void load(), [id]);
  useEffect(() => {
    document.documentElement.classList.add("held");
    return () => document.documentElement.classList.remove("held");
  }, []);
  return (
    <div class="rain">
      {view === null && failure !== null ? (
        <LoadFailed error={failure} retry={() => void load()} />
      ) : null}
      {view === null && failure === null ? <ScreenWait /> : null}
      {view === null ? null : <Waves view={view} load={load} />}
      <IconButton
        icon="close"
        class="rain-close"
        label={t("act.close")}
        onClick={() => goBack(`/packets/${id}`)}
      />
    </div>
  );
}

function Waves({ view, load }: { view: PacketView; load: () => Promise<void> }): JSX.Element {
  const [played, setPlayed] = useState<ReadonlySet<number>>(
    () => new Set(view.mine.map((claim) => claim.wave)),
  );
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [turn, setTurn] = useState<Turn | null>(null);
  const [asked, setAsked] = useState<number | null>(() => fallingNow(view));
  const now = useServerNow();
  const next = nextTurn(view, played, now);
  const falls = next !== null && next.beginsMs <= now;
  useEffect(() => {
    if (!falls || turn !== null || outcome !== null) return;
    if (asked !== next.wave.wave && isLate(next)) {
      // others were let in before: perhaps nothing is left
      const { wave } = next.wave;
      void load().then(() => setAsked(wave));
      return;
    }
    setTurn(nextTurn(view, played, serverNow()));
  }, [falls, turn, outcome, asked]);

  function done(became: Outcome) {
    if (turn !== null) setPlayed(new Set([...played, turn.wave.wave]));
    setTurn(null);
    setOutcome(became);
    void load();
  }
  if (turn !== null) {
    return <Play key={turn.wave.wave} view={view} turn={turn} done={done} />;
  }
  if (outcome !== null || next === null) {
    return (
      <Summary view={view} outcome={outcome} next={next} goOn={() => setOutcome(null)} />
    );
  }
  return (
    <section class="rain-wait">
      <span class="seal" aria-hidden="true">
        雨
      </span>
      <h1 class="rain-title" tabIndex={-1}>
        {view.title}
      </h1>
      <p>{t("rain.next", { n: next.wave.wave + 1 })}</p>
      <p class="rain-count">
        <Countdown to={next.wave.entersAt} />
      </p>
      <p class="rain-hint">{t("rain.how")}</p>
    </section>
  );
}

/** The wave that falls while one comes: what is known of it is new. */
function fallingNow(view: PacketView): number | null {
  const now = serverNow();
  const next = nextTurn(view, new Set(), now);
  return next !== null && next.beginsMs <= now ? next.wave.wave : null;
}

interface PlayProps {
  view: PacketView;
  turn: Turn;
  done: (outcome: Outcome) => void;
}

const lastWordsMs = 1_100;
const noneLeft = new Set(["packet_over", "packet_cap"]);

function Play({ view, turn, done }: PlayProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const game = useRef<Game | null>(null);
  const still = useMemo(calm, []);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const money = new Money(view, turn);
    const playing = new Game(canvas.current, {
      beginsMs: turn.beginsMs,
      endsMs: turn.endsMs,
      caught: () => void money.ask(playing),
      done: (score) => void money.settled().then(() => done({ score, ...money.result() })),
    });
    game.current = playing;
    announce(t("rain.falling"));
    return () => playing.stop();
  }, []);
  return (
    <>
      <canvas ref={canvas} class={still ? "rain-sky still" : "rain-sky"} aria-hidden="true" />
      <button
        type="button"
        class={still ? "rain-catch shown" : "rain-catch"}
        onClick={() => game.current?.catchAny()}
      >
        {t("rain.catch")}
      </button>
    </>
  );
}

/** The money of a wave: the first catch asks for it, once; what the server says is shown. */
class Money {
  private claim: Claim | null = null;
  private reason: string | null = null;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly view: PacketView,
    private readonly turn: Turn,
  ) {}

  ask(game: Game): Promise<void> {
    if (this.claim !== null || (this.asking !== null && this.reason === null)) {
      return this.asking ?? Promise.resolve();
    }
    this.reason = null;
    this.asking = this.grab(game);
    return this.asking;
  }

  async settled(): Promise<void> {
    await this.asking;
  }

  result(): Pick<Outcome, "claim" | "reason"> {
    return { claim: this.claim, reason: this.reason };
  }

  private async grab(game: Game): Promise<void> {
    try {
      const answer = await openPacket(this.view, { wave: this.turn.wave.wave });
      this.claim = answer.claim;
      if (answer.claim === null) return this.none(game, t("rain.soldOut"));
      const { amountMinor, currency } = answer.claim.amount;
      game.say(`+${moneyText(amountMinor, currency, locale.value)}`);
      buzz([30, 60, 30]);
    } catch (error) {
      this.reason = explainGrab(error);
      if (error instanceof Problem && noneLeft.has(error.code)) this.none(game, this.reason);
    }
  }

  /** There is nothing left: said at once, and the wave ends. */
  private none(game: Game, reason: string): void {
    this.reason = reason;
    announce(reason);
    setTimeout(() => game.end(), lastWordsMs);
  }
}
