import type { JSX } from "preact";
import type { Thumbnail } from "../../video/storyboard";

interface ThumbProps {
  thumbnail: Thumbnail | null;
  /** In pixels; the height follows. */
  width: number;
}

/** One picture of a storyboard, cut out of its sprite. */
export function Thumb({ thumbnail, width }: ThumbProps): JSX.Element | null {
  if (thumbnail === null) return null;
  const scale = width / thumbnail.width;
  return (
    <span
      class="film-thumb"
      style={{
        display: "block",
        overflow: "hidden",
        width: `${width}px`,
        height: `${thumbnail.height * scale}px`,
      }}
    >
      <img
        src={thumbnail.url}
        alt=""
        draggable={false}
        style={{
          maxWidth: "none",
          transform: `scale(${scale}) translate(${-thumbnail.x}px, ${-thumbnail.y}px)`,
          transformOrigin: "0 0",
        }}
      />
    </span>
  );
}
