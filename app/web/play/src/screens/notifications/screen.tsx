import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { markRead } from "../../api/comments";
import { Link } from "../../app/link";
import type { NotificationView } from "../../api/types";
import { t } from "../../i18n";
import { notes } from "../../store/notes";
import { unread } from "../../store/unread";
import { Avatar } from "../../ui/avatar";
import { Endless } from "../../ui/endless";
import { FollowButton } from "../../ui/follow";
import { Icon } from "../../ui/icons";
import type { IconName } from "../../ui/icons";
import { Pull } from "../../ui/pull";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { useList } from "../../ui/useList";
import { Ago } from "../../ui/values";
import "./notifications.css";

/** Who commented, replied, liked or followed, newest first. Being shown is being read. */
export function NotificationsScreen(): JSX.Element {
  useList(notes);
  const state = notes.state.value;
  const items = notes.items.value;
  const newest = items[0];
  useEffect(() => {
    if (state !== "ready" || !newest || unread.value === 0) return;
    markRead(newest.id).then(
      ({ count }) => {
        unread.value = count;
      },
      () => undefined,
    );
  }, [state, newest?.id]);
  return (
    <>
      <TopBar title={t("notes.title")} />
      <Pull refresh={() => notes.refresh()}>
        {state === "loading" ? <RowSkeletons count={8} /> : null}
        {state === "failed" ? (
          <LoadFailed error={notes.error.value} retry={() => void notes.refresh()} />
        ) : null}
        {state === "ready" && items.length === 0 ? (
          <Empty scene="bell" title={t("notes.empty")} hint={t("notes.emptyHint")} />
        ) : null}
        {state === "ready" && items.length > 0 ? (
          <>
            <ul class="card rows inset">
              {items.map((note) => (
                <Note key={note.id} note={note} />
              ))}
            </ul>
            <Endless list={notes} />
          </>
        ) : null}
      </Pull>
    </>
  );
}

const signs: Record<NotificationView["kind"], IconName> = {
  comment: "comment",
  reply: "comment",
  follow: "person",
  like: "heart",
};

function Note({ note }: { note: NotificationView }): JSX.Element {
  const { actor } = note;
  const to =
    note.kind === "follow" || note.postId === null
      ? `/accounts/${actor.id}`
      : `/posts/${note.postId}${note.commentId === null ? "" : "?focus=comments"}`;
  return (
    <li class={note.read ? "note" : "note unread"}>
      <Link to={to} class="row">
        <span class="note-face">
          <Avatar account={actor} />
          <span class={`note-sign sign-${note.kind}`}>
            <Icon name={signs[note.kind]} size={12} filled={note.kind === "like"} />
          </span>
        </span>
        <span class="row-words">
          <span class="note-line">
            <span class="name">{actor.name}</span>
            <span class="note-what">{t(`notes.${note.kind}`)}</span>
          </span>
          {note.excerpt === "" ? null : <span class="row-hint">{note.excerpt}</span>}
          <NoteTime note={note} />
        </span>
      </Link>
      {note.kind === "follow" ? <FollowButton account={actor} /> : null}
    </li>
  );
}

function NoteTime({ note }: { note: NotificationView }): JSX.Element {
  return (
    <span class="note-time">
      {note.read ? null : <span class="note-dot" role="img" aria-label={t("notes.unread")} />}
      <Ago at={note.createdAt} />
    </span>
  );
}
