import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Cue } from "@play/api/videos";
import { begunAt, endedAt, moved } from "./edits";

interface HandleProps {
  class: string;
  style: Record<string, string>;
  label: string;
  cue: Cue;
  perMs: number;
  durationMs: number;
  snap: (ms: number) => number;
  choose: () => void;
  put: (cue: Cue, quiet: boolean) => void;
  remove: () => void;
  seek: (ms: number) => void;
  children: ComponentChildren;
}

type Grip = "whole" | "begin" | "end";

const slackPx = 3;
const edgePx = 10;
const stepMs = 100;
const leapMs = 1_000;

/** A block that is dragged by its middle, stretched by its ends, and moved by arrow keys. */
export function Handle(props: HandleProps): JSX.Element {
  const { cue, perMs, durationMs } = props;
  const held = useRef<{ grip: Grip; x: number; from: Cue; moved: boolean } | null>(null);

  function at(grip: Grip, from: Cue, byMs: number): Cue {
    if (grip === "begin") return begunAt(from, props.snap(from.at + byMs));
    if (grip === "end") return endedAt(from, props.snap(from.until + byMs), durationMs);
    return moved(from, props.snap(from.at + byMs), durationMs);
  }

  function down(event: PointerEvent & { currentTarget: HTMLElement }) {
    const box = event.currentTarget.getBoundingClientRect();
    const grip =
      event.clientX - box.left < edgePx
        ? "begin"
        : box.right - event.clientX < edgePx
          ? "end"
          : "whole";
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { grip, x: event.clientX, from: cue, moved: false };
    props.choose();
  }

  function move(event: PointerEvent) {
    const start = held.current;
    if (start === null) return;
    const dx = event.clientX - start.x;
    if (!start.moved && Math.abs(dx) < slackPx) return;
    const next = at(start.grip, start.from, dx / perMs);
    props.put({ ...next, id: cue.id }, start.moved);
    start.moved = true;
    props.seek(start.grip === "end" ? next.until : next.at);
  }

  function up() {
    if (held.current !== null && !held.current.moved) props.seek(cue.at);
    held.current = null;
  }

  function keyed(event: KeyboardEvent) {
    const step = event.shiftKey ? leapMs : stepMs;
    const by = { ArrowLeft: -step, ArrowRight: step }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") props.remove();
    else if (event.key === "Enter" || event.key === " ") props.choose();
    else if (by !== undefined) {
      const next = event.altKey
        ? endedAt(cue, cue.until + by, durationMs)
        : moved(cue, cue.at + by, durationMs);
      props.put(next, false);
      props.seek(next.at);
    } else return;
    event.preventDefault();
  }

  return (
    <button
      type="button"
      class={props.class}
      style={props.style}
      aria-label={props.label}
      title={props.label}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => (held.current = null)}
      onKeyDown={keyed}
    >
      {props.children}
    </button>
  );
}
