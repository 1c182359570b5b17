import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { postSignal } from "../../store/posts";
import type { Queued } from "../../store/videoQueue";
import type { Player } from "../../video/player";
import { NameLine } from "../../ui/post/head";

interface FootProps {
  item: Queued;
  player: Player;
}

/** Who shows the film and what they say about it. */
export function Foot({ item, player }: FootProps): JSX.Element {
  const [whole, setWhole] = useState(false);
  const post = item.postId === null ? null : (postSignal(item.postId)?.value.post ?? null);
  const title = player.play.value?.title ?? item.card?.title ?? "";
  const text = post !== null && post.text !== "" ? post.text : title;
  return (
    <div class="foot">
      {post === null ? null : (
        <Link
          to={`/accounts/${post.account.id}`}
          class="foot-name"
          onPointerDown={(event) => event.stopPropagation()}
        >
          <NameLine account={post.account} />
        </Link>
      )}
      {text === "" ? null : (
        <button
          type="button"
          class={whole ? "foot-text whole" : "foot-text"}
          aria-expanded={whole}
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => setWhole(!whole)}
        >
          {text}
        </button>
      )}
      {player.play.value?.complete === false ? (
        <p class="foot-note">{t("video.growing")}</p>
      ) : null}
    </div>
  );
}
