import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { serverNow } from "../api/clock";
import type { Timestamp } from "../api/types";
import { t } from "../i18n";

const second = signal(Math.floor(serverNow() / 1_000));
let users = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

/** The server's time in milliseconds, kept up to date to the second while it is used. */
export function useServerNow(): number {
  useEffect(() => {
    users += 1;
    if (users === 1) tick();
    return () => {
      users -= 1;
      if (users === 0 && timer !== null) clearTimeout(timer);
    };
  }, []);
  return Math.max(second.value * 1_000, 0);
}

function tick(): void {
  const now = serverNow();
  second.value = Math.floor(now / 1_000);
  timer = setTimeout(tick, 1_000 - (now % 1_000) + 5);
}

export interface TimeLeft {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** A duration in parts; whole seconds are rounded up so that "0" means that it is time. */
export function timeLeft(ms: number): TimeLeft {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3_600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
}

/** "1 day 02:03:04" or "03:04", ticking on the server's clock; screen readers get it on asking. */
export function Countdown({ to }: { to: Timestamp }): JSX.Element {
  const left = timeLeft(Date.parse(to) - useServerNow());
  const two = (n: number) => String(n).padStart(2, "0");
  const parts = [left.minutes, left.seconds];
  if (left.days > 0 || left.hours > 0) parts.unshift(left.hours);
  return (
    <span class="countdown" role="timer" aria-live="off">
      {left.days > 0 ? <span>{t("packets.days", { n: left.days })}</span> : null}
      {parts.map((part, index) => (
        <span key={parts.length - index} class="countdown-part">
          {index > 0 ? <i aria-hidden="true">:</i> : null}
          <b>{two(part)}</b>
        </span>
      ))}
    </span>
  );
}
