import type { JSX } from "preact";
import { setBlock, setMute } from "../../api/accounts";
import type { AccountView } from "../../api/types";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { feed } from "../../store/feed";
import { noteFollowing } from "../../store/follows";
import { requireSignIn } from "../../store/gate";
import { complain, say } from "../../store/toasts";
import { ask } from "../../ui/confirm";
import { openReport } from "../../ui/report";
import { MenuSheet } from "../../ui/sheet";
import { copyText } from "../../ui/share/channels";

interface MenuProps {
  account: AccountView;
  change: (account: AccountView) => void;
  close: () => void;
}

export function AccountMenu({ account, change, close }: MenuProps): JSX.Element {
  const { muted, blocked } = account.viewer;
  async function copy() {
    await copyText(new URL(`/accounts/${account.id}`, location.origin).href);
    say(t("act.copied"));
  }
  return (
    <MenuSheet
      title={account.name}
      close={close}
      items={[
        { icon: "link", label: t("act.copy"), run: () => void copy() },
        {
          icon: muted ? "eye" : "mute",
          label: t(muted ? "account.unmute" : "account.mute"),
          run: () => void mute(account, change),
        },
        {
          icon: "block",
          label: t(blocked ? "account.unblock" : "account.block"),
          run: () => void block(account, change),
          danger: !blocked,
        },
        {
          icon: "flag",
          label: t("account.report"),
          run: () => openReport({ targetKind: "account", targetId: account.id }),
          danger: true,
        },
      ]}
    />
  );
}

async function mute(account: AccountView, change: MenuProps["change"]): Promise<void> {
  if (!requireSignIn()) return;
  try {
    const { muted } = await setMute(account.id, !account.viewer.muted);
    change({ ...account, viewer: { ...account.viewer, muted } });
    say(t(muted ? "account.muted" : "account.unmuted"));
    void feed.refresh();
  } catch (error) {
    complain(explain(error));
  }
}

async function block(account: AccountView, change: MenuProps["change"]): Promise<void> {
  if (!requireSignIn()) return;
  const on = !account.viewer.blocked;
  if (on && !(await ask(t("account.blockAsk", { name: account.name }), t("account.block")))) return;
  try {
    const { blocked } = await setBlock(account.id, on);
    const following = blocked ? false : account.viewer.following;
    noteFollowing(account.id, following);
    change({ ...account, viewer: { ...account.viewer, blocked, following } });
    say(t(blocked ? "account.blocked" : "account.unblocked"));
    void feed.refresh();
  } catch (error) {
    complain(explain(error));
  }
}
