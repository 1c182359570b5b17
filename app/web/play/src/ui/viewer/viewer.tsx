import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ImageView } from "../../api/types";
import { t } from "../../i18n";
import { IconButton } from "../button";
import { Picture } from "../picture";
import { rest } from "./geometry";
import type { Zoom } from "./geometry";
import { Gestures } from "./gestures";
import { viewing } from "./state";
import type { Viewing } from "./state";

export function Viewers(): JSX.Element | null {
  const open = viewing.value;
  return open === null ? null : <Viewer key={open.pictures[0]?.id ?? ""} {...open} />;
}

function close(): void {
  viewing.value = null;
}

/** All pictures of a post, one at a time: swipe, arrow keys, pinch, double tap, pull to close. */
function Viewer({ pictures, index: first }: Viewing): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState(first);
  const [zoom, setZoom] = useState<Zoom>(rest);
  const [moving, setMoving] = useState(false);
  const [offset, setOffset] = useState({ x: 0, y: 0 });
  const [bare, setBare] = useState(false);
  const now = useRef({ index, zoom });
  now.current = { index, zoom };
  useModal(dialog);

  function go(by: number) {
    const next = Math.min(pictures.length - 1, Math.max(0, now.current.index + by));
    setOffset({ x: 0, y: 0 });
    setMoving(false);
    if (next === now.current.index) return;
    setZoom(rest);
    setIndex(next);
  }

  const gestures = useMemo(
    () =>
      new Gestures({
        stage: () => {
          const box = stage.current?.getBoundingClientRect();
          const size = { width: box?.width ?? 1, height: box?.height ?? 1 };
          return { size, left: box?.left ?? 0, top: box?.top ?? 0 };
        },
        picture: () => pictures[now.current.index] ?? { width: 1, height: 1 },
        zoom: () => now.current.zoom,
        setZoom: (next, still) => {
          now.current.zoom = next;
          setZoom(next);
          setMoving(still);
        },
        drag: (x, y) => {
          setMoving(true);
          setOffset({ x, y });
        },
        turn: go,
        tap: () => setBare((was) => !was),
        close,
      }),
    [pictures],
  );

  const share = 1 - Math.min(0.7, Math.abs(offset.y) / 400);
  return (
    <dialog
      ref={dialog}
      class={bare ? "viewer bare" : "viewer"}
      aria-label={t("viewer.title")}
      style={{ "--shown": String(share) }}
      onCancel={close}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") go(1);
        if (event.key === "ArrowLeft") go(-1);
      }}
    >
      <div
        ref={stage}
        class="viewer-stage"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          gestures.down(event.pointerId, event.clientX, event.clientY);
        }}
        onPointerMove={(event) => gestures.move(event.pointerId, event.clientX, event.clientY)}
        onPointerUp={(event) => gestures.up(event.pointerId)}
        onPointerCancel={() => gestures.cancel()}
      >
        <div
          class={moving ? "viewer-strip moving" : "viewer-strip"}
          style={{
            transform: `translate3d(calc(${-index * 100}% + ${offset.x}px), ${offset.y}px, 0)`,
          }}
        >
          {pictures.map((image, at) => (
            <Slide
              key={image.id}
              image={image}
              near={Math.abs(at - index) <= 1}
              label={t("post.picture", { index: at + 1, total: pictures.length })}
              zoom={at === index ? zoom : rest}
              hidden={at !== index}
            />
          ))}
        </div>
      </div>
      <ViewerBar index={index} total={pictures.length} go={go} />
    </dialog>
  );
}

interface SlideProps {
  image: ImageView;
  near: boolean;
  label: string;
  zoom: Zoom;
  hidden: boolean;
}

function Slide({ image, near, label, zoom, hidden }: SlideProps): JSX.Element {
  const transform = `translate3d(${zoom.x}px, ${zoom.y}px, 0) scale(${zoom.scale})`;
  const ratio = image.width / Math.max(1, image.height);
  const width = `min(100%, calc(100dvh * ${ratio}))`;
  return (
    <div class="viewer-slide" aria-hidden={hidden}>
      <div class="viewer-picture" style={{ transform, width, aspectRatio: String(ratio) }}>
        {near ? (
          <Picture image={image} sizes={zoom.scale > 1 ? "300vw" : "100vw"} alt={label} eager />
        ) : null}
      </div>
    </div>
  );
}

interface BarProps {
  index: number;
  total: number;
  go: (by: number) => void;
}

function ViewerBar({ index, total, go }: BarProps): JSX.Element {
  return (
    <>
      <div class="viewer-bar">
        <span class="viewer-count" aria-live="polite">
          <span class="hidden-text">{t("post.picture", { index: index + 1, total })}</span>
          <span aria-hidden="true">{total > 1 ? `${index + 1} / ${total}` : ""}</span>
        </span>
        <IconButton icon="close" label={t("act.close")} onClick={close} />
      </div>
      {index > 0 ? (
        <IconButton
          class="viewer-turn before"
          icon="back"
          label={t("viewer.previous")}
          onClick={() => go(-1)}
        />
      ) : null}
      {index < total - 1 ? (
        <IconButton
          class="viewer-turn after"
          icon="forward"
          label={t("viewer.next")}
          onClick={() => go(1)}
        />
      ) : null}
    </>
  );
}

function useModal(dialog: { current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    document.documentElement.classList.add("held");
    return () => {
      document.documentElement.classList.remove("held");
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
}
