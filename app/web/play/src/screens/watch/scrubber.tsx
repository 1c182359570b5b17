import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Player } from "../../video/player";
import { loadStoryboard, thumbnailAt } from "../../video/storyboard";
import type { Thumbnail } from "../../video/storyboard";
import { Thumb } from "../../ui/video/thumb";
import { clockText } from "../../video/time";

const stepMs = 5_000;
const thumbWidth = 84;

/** The line at the bottom edge: where the film is, where its moments lie, and under the finger a
 * picture of what is there. */
export function Scrubber({ player }: { player: Player }): JSX.Element | null {
  const [held, setHeld] = useState<number | null>(null);
  const line = useRef<HTMLDivElement>(null);
  const board = useBoard(player, held !== null);
  const of = player.durationMs.value;
  if (of <= 0 || player.part.value !== "film") return null;
  const at = held ?? Math.min(player.timeMs.value, of);
  const cues = player.play.value?.timeline.cues ?? [];
  function msAt(x: number): number {
    const box = line.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.round(Math.max(0, Math.min(1, (x - box.left) / box.width)) * of);
  }
  function keyed(event: KeyboardEvent) {
    const by = { ArrowLeft: -stepMs, ArrowRight: stepMs }[event.key];
    if (by === undefined && event.key !== "Home") return;
    event.preventDefault();
    player.seek(by === undefined ? 0 : player.timeMs.value + by);
  }
  return (
    <div
      class={held === null ? "scrub" : "scrub held"}
      role="slider"
      tabIndex={0}
      aria-label={t("video.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(of / 1_000)}
      aria-valuenow={Math.round(at / 1_000)}
      aria-valuetext={t("video.positionAt", { at: clockText(at), of: clockText(of) })}
      onKeyDown={keyed}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        setHeld(msAt(event.clientX));
      }}
      onPointerMove={(event) => {
        if (held !== null) setHeld(msAt(event.clientX));
      }}
      onPointerUp={() => {
        if (held !== null) player.seek(held);
        setHeld(null);
      }}
      onPointerCancel={() => setHeld(null)}
    >
      {held === null ? null : (
        <div class="scrub-look" style={{ left: `${lookAt(at / of)}%` }}>
          <Thumb thumbnail={thumbnailAt(board, at)} width={thumbWidth} />
          <span>
            <b>{clockText(at)}</b> / {clockText(of)}
          </span>
        </div>
      )}
      <div class="scrub-line" ref={line}>
        <span class="scrub-done" style={{ transform: `scaleX(${at / of})` }} />
        {cues.map((cue) => (
          <i
            key={cue.id}
            class={`scrub-cue scrub-${cue.kind}`}
            style={{ left: `${(Math.min(cue.at, of) / of) * 100}%` }}
          />
        ))}
      </div>
    </div>
  );
}

/** The picture stays on the screen at both ends. */
function lookAt(share: number): number {
  return Math.max(16, Math.min(84, share * 100));
}

/** The storyboard is fetched when somebody looks for a place for the first time. */
function useBoard(player: Player, wanted: boolean): Thumbnail[] {
  const [board, setBoard] = useState<Thumbnail[]>([]);
  const url = player.play.value?.storyboard ?? null;
  useEffect(() => {
    if (!wanted || url === null || board.length > 0) return;
    void loadStoryboard(url).then(setBoard);
  }, [wanted, url]);
  return board;
}
