/** Which of the previews on the screen plays: the first of which most is in sight. */

const enough = 0.6;

interface Claimant {
  element: Element;
  inSight: boolean;
  tell: (play: boolean) => void;
}

const claimants = new Set<Claimant>();
let playing: Claimant | null = null;
let observer: IntersectionObserver | null = null;

/** Calls `tell` when it is this one's turn, and when no longer; until the returned function is
 * called. */
export function claim(element: Element, tell: (play: boolean) => void): () => void {
  observer ??= watch();
  const claimant = { element, inSight: false, tell };
  claimants.add(claimant);
  observer.observe(element);
  return () => {
    observer?.unobserve(element);
    claimants.delete(claimant);
    if (playing === claimant) {
      playing = null;
      tell(false);
      choose();
    }
  };
}

function watch(): IntersectionObserver {
  document.addEventListener("visibilitychange", choose);
  return new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        for (const each of claimants) {
          if (each.element === entry.target) each.inSight = entry.intersectionRatio >= enough;
        }
      }
      choose();
    },
    { threshold: [0, enough, 1] },
  );
}

function choose(): void {
  const visible = document.visibilityState === "visible";
  const next = visible ? ([...claimants].find((each) => each.inSight) ?? null) : null;
  if (next === playing) return;
  playing?.tell(false);
  playing = next;
  next?.tell(true);
}
