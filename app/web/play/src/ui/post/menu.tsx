import type { JSX } from "preact";
import { setMute } from "../../api/accounts";
import { setNotInterested, setPin, withdrawPost } from "../../api/posts";
import type { FeedItem } from "../../api/types";
import { navigate } from "../../app/router";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { requireSignIn } from "../../store/gate";
import { mayManage } from "../../store/managed";
import { changePostItem } from "../../store/posts";
import { complain, say } from "../../store/toasts";
import { ask } from "../confirm";
import { openReport } from "../report";
import { MenuSheet } from "../sheet";
import type { MenuItem } from "../sheet";
import { copyLink } from "../share/channels";

interface PostMenuProps {
  item: FeedItem;
  close: () => void;
  dropped: () => void;
}

export function PostMenu({ item, close, dropped }: PostMenuProps): JSX.Element {
  const { post } = item;
  const repost: MenuItem = {
    icon: "repost",
    label: t("post.repost"),
    run: () => {
      if (requireSignIn()) navigate(`/publish?repost=${post.repostOf?.id ?? post.id}`);
    },
  };
  const copy: MenuItem = { icon: "link", label: t("act.copy"), run: () => void copyLink(post) };
  const own = mayManage(post.account.id);
  const open = post.audience.kind === "everyone";
  const items = own ? ownItems(item, dropped) : othersItems(item, dropped);
  return (
    <MenuSheet
      title={t("post.title")}
      items={[...(open ? [repost] : []), copy, ...items]}
      close={close}
    />
  );
}

function ownItems(item: FeedItem, dropped: () => void): MenuItem[] {
  const { post } = item;
  const pinned = item.pinned === true;
  const items: MenuItem[] = [
    { icon: "pencil", label: t("act.edit"), run: () => navigate(`/posts/${post.id}/edit`) },
    {
      icon: "pin",
      label: t(pinned ? "post.unpin" : "post.pin"),
      run: () => void pin(item, !pinned),
    },
    {
      icon: "trash",
      label: t("post.withdraw"),
      run: () => void withdraw(item, dropped),
      danger: true,
    },
  ];
  if (post.editedAt === null) return items;
  const history = () => navigate(`/posts/${post.id}/history`);
  return [{ icon: "clock", label: t("post.history"), run: history }, ...items];
}

function othersItems(item: FeedItem, dropped: () => void): MenuItem[] {
  const { post } = item;
  return [
    { icon: "block", label: t("post.notInterested"), run: () => void notInterested(item, dropped) },
    { icon: "mute", label: t("account.mute"), run: () => void mute(item, dropped) },
    {
      icon: "flag",
      label: t("post.report"),
      run: () => openReport({ targetKind: "post", targetId: post.id }),
      danger: true,
    },
  ];
}

async function pin(item: FeedItem, on: boolean): Promise<void> {
  try {
    await setPin(item.post.id, on);
    changePostItem(item.post.id, (known) => ({ ...known, pinned: on }));
    say(t(on ? "post.pinDone" : "post.unpinDone"));
  } catch (error) {
    complain(explain(error));
  }
}

async function withdraw(item: FeedItem, dropped: () => void): Promise<void> {
  if (!(await ask(t("post.withdrawAsk"), t("post.withdraw")))) return;
  try {
    await withdrawPost(item.post.id);
    dropped();
    say(t("post.withdrawDone"));
  } catch (error) {
    complain(explain(error));
  }
}

async function notInterested(item: FeedItem, dropped: () => void): Promise<void> {
  if (!requireSignIn()) return;
  try {
    await setNotInterested(item.post.id, true);
    dropped();
    say(t("post.notInterestedDone"), {
      label: t("act.undo"),
      run: () => void setNotInterested(item.post.id, false).catch(() => undefined),
    });
  } catch (error) {
    complain(explain(error));
  }
}

async function mute(item: FeedItem, dropped: () => void): Promise<void> {
  if (!requireSignIn()) return;
  try {
    await setMute(item.post.account.id, true);
    dropped();
    say(t("account.muted"));
  } catch (error) {
    complain(explain(error));
  }
}
