import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { deleteComment, readReplies, setCommentHidden } from "../../api/comments";
import { Link } from "../../app/link";
import type { CommentView } from "../../api/types";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { requireSignIn } from "../../store/gate";
import type { PagedList } from "../../store/paged";
import { addToCount } from "../../store/posts";
import { complain, say } from "../../store/toasts";
import { Avatar } from "../../ui/avatar";
import { Button, IconButton } from "../../ui/button";
import { ask } from "../../ui/confirm";
import { VerifiedMark } from "../../ui/icons";
import { openReport } from "../../ui/report";
import { MenuSheet } from "../../ui/sheet";
import type { MenuItem } from "../../ui/sheet";
import { Ago } from "../../ui/values";
import { mergeReplies, removeComment, updateComment } from "./commentList";
import { openComposer } from "./replying";

type List = PagedList<CommentView>;

interface ThreadProps {
  comment: CommentView;
  list: List;
}

/** A comment with its replies. */
export function Thread({ comment, list }: ThreadProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const cursor = useRef<string | null>(null);
  const left = comment.replyCount - comment.replies.length;
  async function more() {
    setBusy(true);
    try {
      const page = await readReplies(comment.id, cursor.current);
      cursor.current = page.nextCursor;
      const replies = mergeReplies(comment.replies, page.items);
      const replyCount = page.nextCursor === null ? replies.length : comment.replyCount;
      list.replace({ ...comment, replies, replyCount });
    } catch (error) {
      complain(explain(error));
    }
    setBusy(false);
  }
  return (
    <li class="thread">
      <Comment comment={comment} list={list} />
      {comment.replies.length > 0 || left > 0 ? (
        <ul class="replies">
          {comment.replies.map((reply) => (
            <li key={reply.id}>
              <Comment comment={reply} list={list} />
            </li>
          ))}
          {left > 0 ? (
            <li>
              <Button size="s" look="quiet" busy={busy} onClick={() => void more()}>
                {t("comment.more", { n: left })}
              </Button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </li>
  );
}

function Comment({ comment, list }: ThreadProps): JSX.Element {
  const [menu, setMenu] = useState(false);
  const { author, replyTo } = comment;
  return (
    <div class={comment.hidden ? "comment hidden" : "comment"} id={`comment-${comment.id}`}>
      <Link to={`/accounts/${author.id}`} aria-hidden="true" tabIndex={-1}>
        <Avatar account={author} size={comment.parentId === null ? 32 : 24} />
      </Link>
      <div class="comment-words">
        <Link to={`/accounts/${author.id}`} class="comment-name">
          <span class="name">{author.name}</span>
          {author.verified ? <VerifiedMark label={t("kind.verified")} /> : null}
          {comment.isPostAuthor ? <span class="author-badge">{t("comment.author")}</span> : null}
        </Link>
        <p>
          {replyTo ? (
            <Link to={`/accounts/${replyTo.id}`} class="hashtag">
              @{replyTo.name}{" "}
            </Link>
          ) : null}
          {comment.text}
        </p>
        {comment.hidden ? <p class="comment-hidden">{t("comment.hidden")}</p> : null}
        <div class="comment-foot">
          <Ago at={comment.createdAt} />
          <button
            type="button"
            class="comment-reply"
            onClick={() => {
              if (requireSignIn()) openComposer(comment);
            }}
          >
            {t("comment.reply")}
          </button>
        </div>
      </div>
      <IconButton
        icon="dots"
        label={t("comment.menu")}
        expanded={menu}
        onClick={() => setMenu(true)}
      />
      {menu ? (
        <MenuSheet
          title={t("comment.title")}
          items={itemsFor(comment, list)}
          close={() => setMenu(false)}
        />
      ) : null}
    </div>
  );
}

function itemsFor(comment: CommentView, list: List): MenuItem[] {
  const { canDelete, canHide } = comment.viewer;
  const reply: MenuItem = {
    icon: "comment",
    label: t("comment.reply"),
    run: () => {
      if (requireSignIn()) openComposer(comment);
    },
  };
  const hide: MenuItem = {
    icon: comment.hidden ? "eye" : "mute",
    label: t(comment.hidden ? "comment.unhide" : "comment.hide"),
    run: () => void toggleHidden(comment, list),
  };
  const remove: MenuItem = {
    icon: "trash",
    label: t("act.delete"),
    run: () => void removeAfterAsking(comment, list),
    danger: true,
  };
  const report: MenuItem = {
    icon: "flag",
    label: t("post.report"),
    run: () => openReport({ targetKind: "comment", targetId: comment.id }),
    danger: true,
  };
  return [reply, ...(canHide ? [hide] : []), ...(canDelete ? [remove] : [report])];
}

async function toggleHidden(comment: CommentView, list: List): Promise<void> {
  try {
    const { hidden } = await setCommentHidden(comment.id, !comment.hidden);
    updateComment(list, { ...comment, hidden });
  } catch (error) {
    complain(explain(error));
  }
}

async function removeAfterAsking(comment: CommentView, list: List): Promise<void> {
  if (!(await ask(t("comment.deleteAsk"), t("act.delete")))) return;
  try {
    await deleteComment(comment.id);
    addToCount(comment.postId, "comments", -removeComment(list, comment));
    say(t("comment.deleted"));
  } catch (error) {
    complain(explain(error));
  }
}
