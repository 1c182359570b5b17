import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { goBack, navigate, place } from "../../app/router";
import type { Id } from "../../api/types";
import type { Cue } from "../../api/videos";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { collect, heldCoupons } from "../../store/coupons";
import { likePost } from "../../store/intentsWired";
import { requireSignIn } from "../../store/gate";
import { shownPacket, showPacket } from "../../store/packets";
import { postSignal } from "../../store/posts";
import { signedIn } from "../../store/session";
import { announce, complain, say } from "../../store/toasts";
import type { Viewing } from "../../store/watching";
import { VideoQueue } from "../../store/videoQueue";
import { buzz, calm } from "../../ui/packet/motion";
import { Button } from "../../ui/button";
import { TicketSheet } from "../../ui/coupon/ticket";
import { cueWords, targetWords } from "../../ui/video/moment";
import { safeLink } from "../../ui/post/products";
import { Empty, LoadFailed, ScreenWait } from "../../ui/states";
import { captionLanguage, chooseCaptions, chooseSound, soundOn } from "../../video/choices";
import { clockText } from "../../video/time";
import { Deck } from "./deck";
import { pressed } from "./keys";
import { Menu } from "./menu";
import { ProductPage } from "./product";
import { Scrubber } from "./scrubber";
import { Slide } from "./slide";
import { clearAbove, menuOpen, reading, ticketShown, trayOpen } from "./state";
import { Swipe } from "./swipe";
import { TopLine } from "./top";
import { Tray } from "./tray";
import "./watch.css";

/** Films on the full screen, one after the other. */
export function WatchScreen(): JSX.Element {
  const queue = useMemo(() => new VideoQueue(), []);
  const [index, setIndex] = useState(0);
  const [heart, setHeart] = useState<{ x: number; y: number; n: number } | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const now = useRef({ index, count: 0 });
  const items = queue.items.value;
  now.current = { index, count: items.length };

  const deck = useMemo(
    () =>
      new Deck({
        moments: (cues) => cues.forEach(readOut),
        ended: () => announce(t("video.ended")),
      }),
    [],
  );

  function turn(by: -1 | 0 | 1) {
    const next = now.current.index + by;
    if (by !== 0 && next >= 0 && next < now.current.count) setIndex(next);
    else if (by === 1) say(t("video.lastOne"));
  }

  function toggle() {
    const player = deck.current;
    if (player === null) return;
    if (player.hushed.value) {
      chooseSound(true);
      deck.setSound(true);
    } else if (player.phase.value === "ended" || !player.wants) player.start();
    else player.pause();
  }

  function like(burst: { x: number; y: number } | null) {
    const { postId } = items[now.current.index] ?? {};
    if (!postId || !requireSignIn()) return;
    if (postSignal(postId)?.value.viewer.liked === false) likePost(postId, true);
    buzz(20);
    if (burst) setHeart({ ...burst, n: (heart?.n ?? 0) + 1 });
  }

  function sound() {
    const on = deck.current?.hushed.value === true || !soundOn.value;
    chooseSound(on);
    deck.setSound(on);
    announce(t(on ? "video.soundOn" : "video.soundOff"));
  }

  function captions() {
    const all = deck.current?.play.value?.captions ?? [];
    if (all.length === 0) return say(t("video.noCaptions"));
    chooseCaptions(captionLanguage.value === null ? (all[0]?.language ?? null) : null);
    deck.showCaptions();
    return undefined;
  }

  function tapped(cue: Cue) {
    deck.viewing?.cueTapped(cue.id);
    follow(cue, deck.viewing);
  }

  function voted(cue: Cue) {
    deck.viewing?.cueTapped(cue.id);
    deck.viewing?.voted(cue.id);
  }

  const leave = () => (reading.value === null ? goBack("/") : (reading.value = null));
  const gestures = useMemo(
    () =>
      new Swipe({
        height: () => stage.current?.clientHeight ?? window.innerHeight,
        drag: (dy) => drag(strip.current, dy, now.current),
        turn,
        tap: () => (reading.value === null ? toggle() : (reading.value = null)),
        doubleTap: (x, y) => like({ x, y }),
      }),
    [],
  );

  useEffect(() => {
    const { query } = place.value;
    void queue.begin(query.get("post"), query.get("video"));
    return () => {
      deck.close();
      clearAbove();
    };
  }, []);
  useEffect(() => {
    if (items.length === 0) return;
    deck.show(index, items);
    void queue.more(index);
  }, [index, items]);
  const here = items[index];
  useEffect(() => nameIt(here?.postId ?? null, here?.videoId), [here]);
  useResting(deck);
  useEffect(() => {
    const keyed = (event: KeyboardEvent) =>
      pressed(event, {
        toggle,
        turn,
        seek: (by) => deck.current?.seek(deck.current.timeMs.value + by),
        sound,
        captions,
        tray: () => (trayOpen.value = true),
        like: () => like(null),
        back: leave,
      });
    document.addEventListener("keydown", keyed);
    return () => document.removeEventListener("keydown", keyed);
  }, [items]);

  const player = deck.players.value.get(index) ?? null;
  const next = index + 1 < items.length ? () => turn(1) : null;
  const small = reading.value !== null;
  useResumeWords(player?.resumedMs.value ?? null, () => player?.seek(0));
  return (
    <div class={small ? "watch small" : "watch"} role="region" aria-label={t("video.player")}>
      <h1 class="hidden-text" tabIndex={-1} aria-describedby="watch-hint">
        {player?.play.value?.title ?? items[index]?.card?.title ?? t("video.title")}
      </h1>
      <p id="watch-hint" class="hidden-text">
        {t("video.hint")}
      </p>
      <div
        ref={stage}
        class="watch-stage"
        onPointerDown={(event) => gestures.down(event.pointerId, event.clientX, event.clientY)}
        onPointerMove={(event) => gestures.move(event.pointerId, event.clientX, event.clientY)}
        onPointerUp={(event) => gestures.up(event.pointerId, event.clientX, event.clientY)}
        onPointerCancel={() => gestures.cancel()}
        onWheel={(event) => gestures.wheel(event.deltaY)}
      >
        <div ref={strip} class="watch-strip" style={{ transform: `translateY(${-index * 100}%)` }}>
          {items.map((item, at) =>
            Math.abs(at - index) > 1 ? null : (
              <Slide
                key={item.videoId}
                item={item}
                player={deck.players.value.get(at) ?? null}
                place={at}
                current={at === index}
                doors={{ tap: tapped, voted, retry: () => deck.retry(), next, leave }}
              />
            ),
          )}
        </div>
        {heart ? (
          <span key={heart.n} class="watch-heart" style={{ left: heart.x, top: heart.y }}>
            ♥
          </span>
        ) : null}
        {small ? <span class="watch-back">{t("video.backToFilm")}</span> : null}
      </div>
      {items.length === 0 ? <Nothing queue={queue} /> : null}
      <TopLine player={player} toggle={toggle} sound={sound} leave={leave} next={next} />
      {player === null || small ? null : <Scrubber key={player.videoId} player={player} />}
      {reading.value === null ? null : (
        <ProductPage
          key={reading.value.product.id}
          shown={reading.value}
          added={(productId, cueId) => deck.viewing?.addedToCart(productId, cueId)}
        />
      )}
      {trayOpen.value && player !== null ? <Tray player={player} /> : null}
      {ticketShown.value === null ? null : (
        <TicketSheet held={ticketShown.value} close={() => (ticketShown.value = null)} />
      )}
      {menuOpen.value && player !== null ? (
        <Menu player={player} changed={() => deck.showCaptions()} />
      ) : null}
    </div>
  );
}

function Nothing({ queue }: { queue: VideoQueue }): JSX.Element {
  const { query } = place.value;
  const again = () => void queue.begin(query.get("post"), query.get("video"));
  const failed = queue.error.value !== null;
  return (
    <div class="watch-nothing">
      {failed ? (
        <LoadFailed error={queue.error.value} retry={again} />
      ) : !queue.looked.value ? (
        <ScreenWait />
      ) : !signedIn.value ? (
        <Empty scene="quiet" title={t("signin.title")} hint={t("signin.welcome")}>
          <Button look="action" onClick={() => void requireSignIn()}>
            {t("signin.go")}
          </Button>
        </Empty>
      ) : (
        <Empty scene="quiet" title={t("video.none")} hint={t("video.noneHint")}>
          <Button look="action" onClick={again}>
            {t("act.retry")}
          </Button>
        </Empty>
      )}
    </div>
  );
}

/** The strip follows the finger without a render; with less give where there is no neighbour. */
function drag(
  strip: HTMLElement | null,
  dy: number | null,
  { index, count }: { index: number; count: number },
): void {
  if (strip === null) return;
  strip.classList.toggle("held", dy !== null);
  const edge = dy !== null && ((index === 0 && dy > 0) || (index === count - 1 && dy < 0));
  const by = dy === null ? 0 : edge ? dy / 3 : dy;
  strip.style.transform = `translateY(calc(${-index * 100}% + ${by}px))`;
}

/** The address names the film, so that it can be passed on and come back to. */
function nameIt(postId: string | null, videoId: string | undefined): void {
  if (videoId === undefined) return;
  const wanted = postId === null ? `/watch?video=${videoId}` : `/watch?post=${postId}`;
  if (location.pathname === "/watch" && location.pathname + location.search !== wanted) {
    navigate(wanted, { replace: true });
  }
}

const momentWords = {
  product: "video.momentProduct",
  packet: "video.momentPacket",
  coupon: "coupons.kind",
  poll: "video.momentPoll",
} as const;

function readOut(cue: Cue): void {
  const kind = cue.target === null ? undefined : momentWords[cue.target.type];
  if (kind === undefined) return;
  if (cue.kind === "packet" && !calm()) buzz(30);
  announce(t("video.shownNow", { kind: t(kind), text: targetWords(cue) ?? cueWords(cue) }));
}

/** Where a moment leads. */
function follow(cue: Cue, viewing: Viewing | null): void {
  if (cue.target?.type === "product") reading.value = { product: cue.target, cueId: cue.id };
  else if (cue.target?.type === "packet") showPacket(cue.target.id);
  else if (cue.target?.type === "coupon") void takeCoupon(cue.target.id, cue.id, viewing);
  else if (cue.kind === "link") {
    const link = safeLink(cue.ref);
    if (link?.startsWith("/") === true) navigate(link);
    else if (link !== undefined) window.open(link, "_blank", "noopener,noreferrer");
  }
}

/** Collects a coupon, or shows the code of one that is collected. */
async function takeCoupon(id: Id, cueId: Id, viewing: Viewing | null): Promise<void> {
  const mine = heldCoupons.value.get(id);
  if (mine !== undefined) {
    ticketShown.value = mine;
    return;
  }
  if (!requireSignIn()) return;
  try {
    const held = await collect(id);
    viewing?.collected(cueId);
    if (!calm()) buzz(30);
    const see = () => (ticketShown.value = held);
    const title = held.coupon.title;
    say(t("coupons.gotIt", { title }), { label: t("coupons.see"), run: see });
  } catch (error) {
    complain(explain(error));
  }
}

/** Nothing plays on a page nobody sees. */
function useResting(deck: Deck): void {
  useEffect(() => {
    const changed = () => {
      if (document.visibilityState === "hidden") deck.current?.rest();
      else deck.current?.wake();
    };
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  }, []);
  const open = shownPacket.value !== null;
  useEffect(() => {
    if (open) deck.current?.rest();
    else deck.current?.wake();
  }, [open]);
}

function useResumeWords(resumedMs: number | null, restart: () => void): void {
  useEffect(() => {
    if (resumedMs === null) return;
    const at = clockText(resumedMs);
    say(t("video.resumed", { at }), { label: t("video.fromStart"), run: restart });
  }, [resumedMs]);
}
