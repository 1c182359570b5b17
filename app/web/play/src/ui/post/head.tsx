import type { JSX } from "preact";
import { Link } from "../../app/link";
import type { AccountCard, PostView } from "../../api/types";
import { t } from "../../i18n";
import { me } from "../../store/session";
import { Avatar } from "../avatar";
import { IconButton } from "../button";
import { FollowButton } from "../follow";
import { Icon, VerifiedMark } from "../icons";
import type { IconName } from "../icons";
import { Ago } from "../values";

interface HeadProps {
  post: PostView;
  pinned: boolean;
  openMenu: (() => void) | null;
  menuOpen: boolean;
  withFollow: boolean;
}

/** The account line: avatar, name, kind badge, time. */
export function PostHead(props: HeadProps): JSX.Element {
  const { post } = props;
  const mine = me.value?.accountId === post.account.id;
  return (
    <header class="post-head">
      <Link to={`/accounts/${post.account.id}`} class="post-face" aria-hidden="true" tabIndex={-1}>
        <Avatar account={post.account} />
      </Link>
      <div class="post-names">
        <Link to={`/accounts/${post.account.id}`} class="post-account">
          <NameLine account={post.account} />
        </Link>
        <span class="post-meta">
          {props.pinned ? <Mark icon="pin" word={t("post.pinned")} /> : null}
          {post.publishedAt ? (
            <Link to={`/posts/${post.id}`} class="post-time">
              <Ago at={post.publishedAt} />
            </Link>
          ) : null}
          {post.editedAt ? <span>{t("post.edited")}</span> : null}
          {post.audience.kind === "everyone" ? null : (
            <Mark
              icon="lock"
              word={t(
                post.audience.kind === "followers" ? "post.followersOnly" : "post.selectedOnly",
              )}
            />
          )}
        </span>
      </div>
      {props.withFollow && !mine ? <FollowButton account={post.account} onlyIfNot /> : null}
      {props.openMenu ? (
        <IconButton
          icon="dots"
          label={t("post.menu")}
          expanded={props.menuOpen}
          onClick={props.openMenu}
        />
      ) : null}
    </header>
  );
}

function Mark({ icon, word }: { icon: IconName; word: string }): JSX.Element {
  return (
    <span class="mark">
      <Icon name={icon} size={14} />
      {word}
    </span>
  );
}

export function NameLine({ account }: { account: AccountCard }): JSX.Element {
  return (
    <span class="name-line">
      <span class="name">{account.name}</span>
      {account.verified ? <VerifiedMark label={t("kind.verified")} /> : null}
      {account.kind === "shopper" ? null : (
        <span class={`badge badge-${account.kind}`}>{t(`kind.${account.kind}`)}</span>
      )}
    </span>
  );
}
