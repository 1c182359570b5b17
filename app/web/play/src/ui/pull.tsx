import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";

interface PullProps {
  refresh: () => Promise<unknown>;
  children: ComponentChildren;
}

const triggerPx = 72;
const pullMaxPx = 116;
/** The page follows the finger ever more slowly. */
const resistance = 0.55;

/** Pull down at the top of the page to read it anew. */
export function Pull({ refresh, children }: PullProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [distance, setDistance] = useState(0);
  const [busy, setBusy] = useState(false);
  const run = useRef(refresh);
  run.current = refresh;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let startY: number | null = null;
    let pulled = 0;
    const begin = (event: TouchEvent) => {
      const single = event.touches.length === 1;
      startY = window.scrollY <= 0 && single ? (event.touches[0]?.clientY ?? null) : null;
    };
    const move = (event: TouchEvent) => {
      const y = event.touches[0]?.clientY;
      if (startY === null || y === undefined) return;
      pulled = Math.min(pullMaxPx, Math.max(0, (y - startY) * resistance));
      if (pulled > 0 && event.cancelable) event.preventDefault();
      setDistance(pulled);
    };
    const end = () => {
      const enough = startY !== null && pulled >= triggerPx;
      startY = null;
      pulled = 0;
      setDistance(0);
      if (!enough) return;
      setBusy(true);
      void run.current().finally(() => setBusy(false));
    };
    element.addEventListener("touchstart", begin, { passive: true });
    element.addEventListener("touchmove", move, { passive: false });
    element.addEventListener("touchend", end);
    element.addEventListener("touchcancel", end);
    return () => {
      element.removeEventListener("touchstart", begin);
      element.removeEventListener("touchmove", move);
      element.removeEventListener("touchend", end);
      element.removeEventListener("touchcancel", end);
    };
  }, []);
  const shown = busy ? triggerPx * 0.75 : distance;
  const word = busy ? "feed.refreshing" : distance >= triggerPx ? "feed.release" : "feed.pull";
  return (
    <div ref={box} class={distance > 0 ? "pull pulling" : "pull"}>
      <div
        class="pull-sign"
        style={{ opacity: String(Math.min(1, shown / 48)) }}
        aria-hidden={!busy}
      >
        <span class={busy ? "spinner" : "pull-drop"} aria-hidden="true" />
        <span>{t(word)}</span>
      </div>
      <div
        class="pull-content"
        style={{ transform: shown > 0 ? `translateY(${shown}px)` : "none" }}
      >
        {children}
      </div>
    </div>
  );
}
