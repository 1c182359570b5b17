import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Attachment, PostView } from "../../api/types";
import type { VideoCard } from "../../api/videos";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { savesData } from "../../video/choices";
import { clockText } from "../../video/time";
import { Icon } from "../icons";
import { calm } from "../packet/motion";
import { Picture } from "../picture";
import { singleFrame } from "../post/layout";
import { claim } from "./previews";
import "./slot.css";

interface SlotProps {
  attachment: Attachment;
  post?: PostView;
}

/** The video of a post: its poster, a silent preview while it is looked at, and a tap to the full
 * screen. */
export function VideoSlot({ attachment, post }: SlotProps): JSX.Element {
  const card = attachment as VideoCard;
  const frame = singleFrame(card.width ?? 9, card.height ?? 16);
  const to = post ? `/watch?post=${post.id}` : `/watch?video=${card.id}`;
  const label =
    card.title === "" ? t("video.watchPlain") : t("video.watch", { title: card.title });
  return (
    <Link to={to} class="video-slot" aria-label={label} style={{ width: `${frame.widthPercent}%` }}>
      <span class="video-frame" style={{ aspectRatio: String(frame.ratio) }}>
        {card.poster ? (
          <Picture image={card.poster} sizes="70vw" alt="" />
        ) : (
          <span class="video-blank">
            <Icon name="film" size={40} />
          </span>
        )}
        {card.preview ? <Preview url={card.preview} /> : null}
        <span class="video-play" aria-hidden="true">
          <Icon name="play" size={30} filled />
        </span>
        {card.durationMs === null ? null : (
          <span class="video-length">{clockText(card.durationMs)}</span>
        )}
      </span>
    </Link>
  );
}

/** Plays while most of it is in sight, one at a time; never against the wish for less data or less
 * motion. */
function Preview({ url }: { url: string }): JSX.Element | null {
  const video = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState(false);
  const still = savesData.value || calm();
  useEffect(() => {
    const element = video.current;
    if (element === null || still) return undefined;
    element.muted = true;
    return claim(element, (play) => {
      if (play) {
        if (element.src === "") element.src = url;
        element.play().then(
          () => setShown(true),
          () => setShown(false),
        );
      } else {
        element.pause();
        setShown(false);
      }
    });
  }, [url, still]);
  if (still) return null;
  return (
    <video
      ref={video}
      class={shown ? "video-preview shown" : "video-preview"}
      loop
      playsInline
      preload="none"
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
