import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { pictureTypes } from "../../api/images";
import { t } from "../../i18n";
import { announce, say } from "../../store/toasts";
import { Icon } from "../../ui/icons";
import { Picture } from "../../ui/picture";
import { MenuSheet } from "../../ui/sheet";
import { picturesMax } from "./pictures";
import type { Picked, PickedPictures } from "./pictures";

/** Up to nine pictures: add, watch them upload, drag into order, remove. */
export function PictureEditor({ pictures }: { pictures: PickedPictures }): JSX.Element {
  const grid = useRef<HTMLUListElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [menu, setMenu] = useState<string | null>(null);
  const items = pictures.items.value;
  const dragging = useRef(false);
  dragging.current = dragged !== null;
  useEffect(() => holdStill(grid.current, dragging), []);

  function take(files: FileList | null) {
    const left = pictures.add([...(files ?? [])]);
    if (left > 0) say(t("publish.picturesFull", { max: String(picturesMax) }));
  }

  /** The cell under the finger becomes the place of the dragged picture. */
  function dragOver(x: number, y: number) {
    if (dragged === null) return;
    const cells = [...(grid.current?.querySelectorAll("[data-picture]") ?? [])];
    const over = cells.findIndex((cell) => {
      const box = cell.getBoundingClientRect();
      return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    });
    if (over < 0 || over === dragged) return;
    pictures.move(dragged, over);
    setDragged(over);
  }

  return (
    <div class="pictures-editor">
      <ul ref={grid} class="pictures-grid">
        {items.map((item, index) => (
          <Cell
            key={item.key}
            item={item}
            index={index}
            dragged={dragged === index}
            grab={() => setDragged(index)}
            dragOver={dragOver}
            drop={() => setDragged(null)}
            open={() => setMenu(item.key)}
            retry={() => pictures.retry(item.key)}
            remove={() => pictures.remove(item.key)}
            move={(by) => movePicture(pictures, index, index + by)}
          />
        ))}
        {items.length < picturesMax ? (
          <li>
            <label class="picture-add">
              <input
                type="file"
                accept={pictureTypes}
                multiple
                class="hidden-text"
                onChange={(event) => {
                  take(event.currentTarget.files);
                  event.currentTarget.value = "";
                }}
              />
              <Icon name="image" size={28} />
              <span>{t("publish.addPictures")}</span>
            </label>
          </li>
        ) : null}
      </ul>
      <p class="field-hint">{t("publish.picturesHint")}</p>
      {menu === null ? null : (
        <PictureMenu pictures={pictures} name={menu} close={() => setMenu(null)} />
      )}
    </div>
  );
}

/** While a picture is dragged, the same touch must not scroll the page. */
function holdStill(grid: HTMLElement | null, dragging: { current: boolean }) {
  const hold = (event: TouchEvent) => {
    if (dragging.current && event.cancelable) event.preventDefault();
  };
  grid?.addEventListener("touchmove", hold, { passive: false });
  return () => grid?.removeEventListener("touchmove", hold);
}

function movePicture(pictures: PickedPictures, from: number, to: number): void {
  if (to < 0 || to >= pictures.items.value.length) return;
  pictures.move(from, to);
  announce(t("publish.pictureMoved", { index: to + 1 }));
}

interface CellProps {
  item: Picked;
  index: number;
  dragged: boolean;
  grab: () => void;
  dragOver: (x: number, y: number) => void;
  drop: () => void;
  open: () => void;
  retry: () => void;
  remove: () => void;
  move: (by: number) => void;
}

const holdMs = 180;
const slackPx = 8;

function Cell(props: CellProps): JSX.Element {
  const { item, index } = props;
  const press = useRef<{ x: number; y: number; timer: number } | null>(null);
  const percent = Math.round(item.progress * 100);
  const uploading = item.image === null && item.failure === null;
  const label = uploading
    ? t("publish.pictureUploading", { index: index + 1, percent })
    : t("publish.pictureAt", { index: index + 1 });

  function down(event: PointerEvent & { currentTarget: HTMLElement }) {
    const { currentTarget: cell, pointerId, clientX: x, clientY: y } = event;
    const timer = window.setTimeout(() => {
      cell.setPointerCapture(pointerId);
      props.grab();
    }, holdMs);
    press.current = { x, y, timer };
  }
  function move(event: PointerEvent) {
    const start = press.current;
    if (start === null) return;
    const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) > slackPx;
    if (!props.dragged && far) release();
    else props.dragOver(event.clientX, event.clientY);
  }
  function release() {
    if (press.current !== null) clearTimeout(press.current.timer);
    press.current = null;
    props.drop();
  }

  return (
    <li
      data-picture
      class={`picture-cell${props.dragged ? " dragged" : ""}`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
    >
      <button
        type="button"
        class="picture-face"
        aria-label={item.failure ? `${label}, ${t("publish.pictureFailed")}` : label}
        onClick={item.failure ? props.retry : props.open}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") props.move(-1);
          if (event.key === "ArrowRight") props.move(1);
        }}
      >
        <Face item={item} />
      </button>
      {index === 0 && item.image ? <span class="picture-cover">{t("publish.cover")}</span> : null}
      {uploading ? (
        <span
          class="picture-progress"
          role="progressbar"
          aria-valuenow={percent}
          aria-label={label}
        >
          <span style={{ transform: `scaleX(${item.progress})` }} />
        </span>
      ) : null}
      {item.failure ? <span class="picture-failed">{t("publish.pictureFailed")}</span> : null}
      <button
        type="button"
        class="picture-remove"
        aria-label={t("publish.pictureRemove")}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={props.remove}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}

function Face({ item }: { item: Picked }): JSX.Element {
  if (item.preview && item.failure === null)
    return <img src={item.preview} alt="" draggable={false} />;
  if (item.image) return <Picture image={item.image} sizes="30vw" alt="" />;
  return <span />;
}

interface MenuProps {
  pictures: PickedPictures;
  name: string;
  close: () => void;
}

function PictureMenu({ pictures, name, close }: MenuProps): JSX.Element | null {
  const items = pictures.items.value;
  const index = items.findIndex((item) => item.key === name);
  if (index < 0) return null;
  const earlier = [
    { icon: "pin" as const, label: t("publish.pictureFirst"), to: 0 },
    { icon: "back" as const, label: t("publish.pictureEarlier"), to: index - 1 },
  ];
  const later = [{ icon: "forward" as const, label: t("publish.pictureLater"), to: index + 1 }];
  const moves = [...(index > 0 ? earlier : []), ...(index < items.length - 1 ? later : [])];
  return (
    <MenuSheet
      title={t("publish.pictureAt", { index: index + 1 })}
      close={close}
      items={[
        ...moves.map(({ icon, label, to }) => ({
          icon,
          label,
          run: () => movePicture(pictures, index, to),
        })),
        {
          icon: "trash",
          label: t("publish.pictureRemove"),
          run: () => pictures.remove(name),
          danger: true,
        },
      ]}
    />
  );
}
