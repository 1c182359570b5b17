/** Which posts and packets are on the screen: their counters and their end are watched, and a post
 * that is looked at is a view. */

import type { Id } from "../api/types";
import { watchThings } from "../realtime";
import { noteView } from "./views";

const viewAfterMs = 1_000;
const watchAfterMs = 300;
/** Of those shown: so many leave room for the posts. */
const packetsMax = 10;

interface Watched {
  id: Id;
  timer: ReturnType<typeof setTimeout> | null;
}

const watched = new Map<Element, Watched>();
const visible = new Map<Element, Id>();
let telling: ReturnType<typeof setTimeout> | null = null;

/** Watches the card until the returned function is called. */
export function observePost(element: Element, id: Id): () => void {
  watched.set(element, { id, timer: null });
  observer().observe(element);
  return () => {
    observer().unobserve(element);
    leave(element);
    watched.delete(element);
  };
}

let made: IntersectionObserver | null = null;

function observer(): IntersectionObserver {
  made ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) enter(entry.target, looksAt(entry));
        else leave(entry.target);
      }
    },
    { threshold: [0, 0.5] },
  );
  return made;
}

/** Half of the card, or half of the screen for cards higher than it. */
function looksAt(entry: IntersectionObserverEntry): boolean {
  const height = entry.rootBounds?.height ?? window.innerHeight;
  return entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= height / 2;
}

function enter(element: Element, looked: boolean): void {
  const entry = watched.get(element);
  if (!entry) return;
  visible.set(element, entry.id);
  tellSoon();
  if (looked) entry.timer ??= setTimeout(() => noteView(entry.id), viewAfterMs);
}

function leave(element: Element): void {
  const entry = watched.get(element);
  if (entry?.timer) clearTimeout(entry.timer);
  if (entry) entry.timer = null;
  if (visible.delete(element)) tellSoon();
}

const packets = new Map<Id, number>();

/** Watches for the end of a packet that is shown, until the returned function is called. */
export function observePacket(id: Id): () => void {
  packets.set(id, (packets.get(id) ?? 0) + 1);
  tellSoon();
  return () => {
    const others = (packets.get(id) ?? 1) - 1;
    if (others > 0) packets.set(id, others);
    else packets.delete(id);
    tellSoon();
  };
}

function tellSoon(): void {
  telling ??= setTimeout(() => {
    telling = null;
    const posts = [...new Set(visible.values())].sort();
    watchThings([...[...packets.keys()].slice(-packetsMax), ...posts]);
  }, watchAfterMs);
}
