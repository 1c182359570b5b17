import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Cue, CueKind } from "@play/api/videos";
import { Icon } from "@play/ui/icons";
import { Thumb } from "@play/ui/video/thumb";
import { cueWords } from "@play/ui/video/moment";
import type { Player } from "@play/video/player";
import { loadStoryboard, thumbnailAt } from "@play/video/storyboard";
import type { Thumbnail } from "@play/video/storyboard";
import { t } from "../i18n";
import type { Desk } from "./desk";
import { exactTime, lack, lanes, newCue, rulerStep, snapped } from "./edits";
import { Handle } from "./handle";
import { dragType, kindIcons, kinds } from "./toolbar";

interface StripProps {
  desk: Desk;
  player: Player;
  durationMs: number;
  storyboard: string | null;
  ratio: number;
}

const rowPx = 40;
const thumbHeight = 72;
const rulerGapPx = 76;
const snapPx = 8;
const zoomMax = 12;

/** The film from left to right: pictures to scrub, a ruler, and a block for every moment. */
export function Strip(props: StripProps): JSX.Element {
  const { desk, player, durationMs, storyboard, ratio } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const width = useWidth(scroller) * zoom;
  const board = useBoard(storyboard);
  const perMs = width / durationMs;
  const msAt = (x: number) => {
    const box = inner.current?.getBoundingClientRect();
    return box ? Math.max(0, Math.min(durationMs, (x - box.left) / perMs)) : 0;
  };
  const cues = desk.cues.value;
  const rows = lanes(cues);
  const height = (Math.max(0, ...rows.values()) + 1) * rowPx;
  const marks = () => [
    player.video.currentTime * 1_000,
    ...cues.filter((cue) => cue.id !== desk.chosenId.value).flatMap((cue) => [cue.at, cue.until]),
  ];
  const snap = (ms: number) => snapped(ms, marks(), snapPx / perMs);
  return (
    <div class="strip">
      <div class="strip-scroll" ref={scroller}>
        <div
          class="strip-inner"
          ref={inner}
          style={{ width: `${width}px` }}
          onDragOver={(event) => {
            if (event.dataTransfer?.types.includes(dragType)) event.preventDefault();
          }}
          onDrop={(event) => {
            const kind = event.dataTransfer?.getData(dragType) as CueKind;
            if (!kinds.includes(kind)) return;
            event.preventDefault();
            const at = Math.round(snap(msAt(event.clientX)));
            desk.add(newCue(kind, at, durationMs));
            player.seek(at);
          }}
        >
          <Pictures {...{ board, width, durationMs, ratio }} player={player} msAt={msAt} />
          <Ruler width={width} durationMs={durationMs} />
          <div class="lanes" style={{ height: `${height}px` }}>
            {cues.map((cue) => (
              <Block
                key={cue.id}
                cue={cue}
                row={rows.get(cue.id) ?? 0}
                perMs={perMs}
                desk={desk}
                durationMs={durationMs}
                snap={snap}
                seek={(ms) => player.seek(ms)}
              />
            ))}
            {cues.length === 0 ? (
              <p class="lanes-empty">
                <b>{t("studio.none")}</b> {t("studio.noneHint")}
              </p>
            ) : null}
          </div>
          <Playhead player={player} perMs={perMs} />
        </div>
      </div>
      <label class="zoom">
        <span>{t("studio.zoom")}</span>
        <input
          type="range"
          min="1"
          max={zoomMax}
          step="0.5"
          value={zoom}
          onInput={(event) => setZoom(Number(event.currentTarget.value))}
        />
      </label>
    </div>
  );
}

interface PicturesProps {
  board: Thumbnail[];
  width: number;
  durationMs: number;
  ratio: number;
  player: Player;
  msAt: (x: number) => number;
}

/** Scrubbing: the pictures are a slider over the film's time. */
function Pictures(props: PicturesProps): JSX.Element {
  const { board, width, durationMs, ratio, player, msAt } = props;
  const held = useRef(false);
  const thumbWidth = Math.max(24, Math.round(thumbHeight * ratio));
  const count = Math.max(1, Math.ceil(width / thumbWidth));
  const now = Math.round(player.timeMs.value);
  function keyed(event: KeyboardEvent) {
    const step = event.shiftKey ? 100 : 1_000;
    const by = { ArrowLeft: -step, ArrowRight: step, Home: -durationMs }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    player.seek(player.video.currentTime * 1_000 + by);
  }
  return (
    <div
      class={board.length === 0 ? "pictures bare" : "pictures"}
      role="slider"
      tabIndex={0}
      aria-label={t("studio.playhead")}
      aria-valuemin={0}
      aria-valuemax={durationMs}
      aria-valuenow={now}
      aria-valuetext={t("studio.at", { at: exactTime(now), of: exactTime(durationMs) })}
      style={{ height: `${thumbHeight}px` }}
      onKeyDown={keyed}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = true;
        player.pause();
        player.seek(msAt(event.clientX));
      }}
      onPointerMove={(event) => {
        if (held.current) player.seek(msAt(event.clientX));
      }}
      onPointerUp={() => (held.current = false)}
      onPointerCancel={() => (held.current = false)}
    >
      {board.length === 0
        ? null
        : Array.from({ length: count }, (_, index) => (
            <Thumb
              key={index}
              thumbnail={thumbnailAt(board, ((index + 0.5) / count) * durationMs)}
              width={thumbWidth}
            />
          ))}
    </div>
  );
}

function Ruler({ width, durationMs }: { width: number; durationMs: number }): JSX.Element {
  const step = rulerStep(durationMs, Math.max(width, 1), rulerGapPx) * 1_000;
  const count = Math.floor(durationMs / step) + 1;
  return (
    <div class="ruler" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <span key={index} style={{ left: `${((index * step) / durationMs) * 100}%` }}>
          {exactTime(index * step).replace(/\.0$/, "")}
        </span>
      ))}
    </div>
  );
}

interface BlockProps {
  cue: Cue;
  row: number;
  perMs: number;
  desk: Desk;
  durationMs: number;
  snap: (ms: number) => number;
  seek: (ms: number) => void;
}

function Block({ cue, row, perMs, desk, durationMs, snap, seek }: BlockProps): JSX.Element {
  const chosen = desk.chosenId.value === cue.id;
  const open = lack(cue) !== null;
  const text = cueWords(cue);
  const kind = t(`kind.${cue.kind}`);
  const name = t("studio.cue", {
    kind,
    text: open ? t("studio.unfinished") : text,
    at: exactTime(cue.at),
    until: exactTime(cue.until),
  });
  return (
    <Handle
      class={`block block-${cue.kind}${chosen ? " chosen" : ""}${open ? " open" : ""}`}
      style={{
        top: `${row * rowPx + 4}px`,
        left: `${cue.at * perMs}px`,
        width: `${Math.max(28, (cue.until - cue.at) * perMs)}px`,
      }}
      label={name}
      cue={cue}
      perMs={perMs}
      durationMs={durationMs}
      snap={snap}
      choose={() => (desk.chosenId.value = cue.id)}
      put={(next, quiet) => desk.put(next, quiet)}
      remove={() => desk.remove(cue.id)}
      seek={seek}
    >
      <Icon name={kindIcons[cue.kind]} size={16} />
      <span class="block-text">{open ? t("studio.unfinished") : text}</span>
    </Handle>
  );
}

/** The line under which the shown frame lies. It follows the film without a render. */
function Playhead({ player, perMs }: { player: Player; perMs: number }): JSX.Element {
  const line = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let frame = requestAnimationFrame(function follow() {
      const x = player.video.currentTime * 1_000 * perMs;
      if (line.current) line.current.style.transform = `translateX(${x}px)`;
      frame = requestAnimationFrame(follow);
    });
    return () => cancelAnimationFrame(frame);
  }, [player, perMs]);
  return <span class="playhead" ref={line} aria-hidden="true" />;
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

function useBoard(url: string | null): Thumbnail[] {
  const [board, setBoard] = useState<Thumbnail[]>([]);
  useEffect(() => {
    if (url !== null) void loadStoryboard(url).then(setBoard);
  }, [url]);
  return board;
}
