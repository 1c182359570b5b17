import type { JSX } from "preact";
import type { ImageView } from "../../api/types";
import { t } from "../../i18n";
import { Picture } from "../picture";
import { openViewer } from "../viewer/state";
import { cellSizes, columnsFor, singleFrame } from "./layout";

interface GridProps {
  pictures: ImageView[];
  eager?: boolean;
}

export function PictureGrid({ pictures, eager }: GridProps): JSX.Element | null {
  const [first] = pictures;
  if (!first) return null;
  const total = pictures.length;
  const shape = first.height >= first.width ? "high-first" : "flat-first";
  const frame = total === 1 ? singleFrame(first.width, first.height) : null;
  return (
    <div
      class={`grid columns-${columnsFor(total)} ${shape}`}
      style={frame ? { width: `${frame.widthPercent}%` } : {}}
    >
      {pictures.map((image, index) => (
        <button
          type="button"
          key={image.id}
          class="grid-cell"
          style={frame ? { aspectRatio: String(frame.ratio) } : {}}
          aria-label={t("post.openPicture", { index: index + 1, total })}
          onClick={() => openViewer(pictures, index)}
        >
          <Picture image={image} sizes={cellSizes(total)} alt="" eager={eager ?? false} />
        </button>
      ))}
    </div>
  );
}
