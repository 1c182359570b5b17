import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { place, savedScroll } from "./router";
import type { Place } from "./router";
import { screenFor } from "./screens";

const settleMs = 600;

/** Shows the screen of the current place, restores its scroll and moves the focus to it. */
export function Stage(): JSX.Element {
  const here = place.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useLayoutEffect(() => restoreScroll(here), [here.entry]);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const heading = main.current?.querySelector<HTMLElement>("h1");
    (heading ?? main.current)?.focus({ preventScroll: true });
  }, [here.path]);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      <div class="screen" key={here.path}>
        {screenFor(here.path)}
      </div>
    </main>
  );
}

/** A list may still be growing when we come back to it, so the position is tried for a moment. */
function restoreScroll(here: Place): (() => void) | undefined {
  const wanted = here.returned ? savedScroll(here.entry) : null;
  window.scrollTo(0, wanted ?? 0);
  if (wanted === null || wanted === 0) return undefined;
  const until = performance.now() + settleMs;
  let frame = requestAnimationFrame(function again() {
    if (Math.abs(window.scrollY - wanted) < 2 || performance.now() > until) return;
    window.scrollTo(0, wanted);
    frame = requestAnimationFrame(again);
  });
  const stop = () => cancelAnimationFrame(frame);
  window.addEventListener("touchstart", stop, { once: true, passive: true });
  window.addEventListener("wheel", stop, { once: true, passive: true });
  return stop;
}
