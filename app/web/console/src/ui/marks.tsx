import type { JSX } from "preact";
import type { VideoView } from "@play/api/videos";
import { t } from "../i18n";

/** Who may watch, as a word with a shape. */
export function ShownMark({ video }: { video: VideoView }): JSX.Element {
  return (
    <span class={`shown shown-${video.visibility}`}>
      <i aria-hidden="true" />
      {t(`shown.${video.visibility}`)}
    </span>
  );
}
