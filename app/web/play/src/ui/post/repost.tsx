import type { JSX } from "preact";
import { Link } from "../../app/link";
import type { PostView } from "../../api/types";
import { t } from "../../i18n";
import { Avatar } from "../avatar";
import { Icon } from "../icons";
import { AttachmentSlot } from "./attachment";
import { PictureGrid } from "./grid";
import { NameLine } from "./head";
import { ProductChips } from "./products";
import { Words } from "./words";

/** The post that was passed on, or a word that it is gone. */
export function RepostCard({ original }: { original: PostView | null }): JSX.Element {
  if (original === null) {
    return (
      <div class="repost gone">
        <Icon name="block" size={18} />
        {t("post.originalGone")}
      </div>
    );
  }
  return (
    <div class="repost">
      <Link to={`/posts/${original.id}`} class="repost-head">
        <Avatar account={original.account} size={24} />
        <NameLine account={original.account} />
        <Icon name="forward" size={16} />
      </Link>
      <Words text={original.text} hashtags={original.hashtags} clamp />
      <PictureGrid pictures={original.pictures} />
      {original.attachment?.type === "video" ? (
        <AttachmentSlot attachment={original.attachment} post={original} />
      ) : null}
      <ProductChips products={original.products} />
    </div>
  );
}
