import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { followAccount } from "../store/intentsWired";
import { followSignal } from "../store/follows";
import { announce } from "../store/toasts";
import { requireSignIn } from "../store/gate";
import { Button } from "./button";
import { ask } from "./confirm";

interface FollowProps {
  account: { id: string; name: string };
  /** In a feed the button is only an offer: it is not shown for accounts followed before. */
  onlyIfNot?: boolean;
  size?: "m" | "s";
  wide?: boolean;
  /** Called after the wish is noted, with what it was. */
  changed?: (following: boolean) => void;
}

export function FollowButton(props: FollowProps): JSX.Element | null {
  const { account, onlyIfNot, size = "s", wide } = props;
  const following = followSignal(account.id).value;
  const [offered] = useState(!following);
  if (onlyIfNot && following && !offered) return null;
  async function toggle() {
    if (!requireSignIn()) return;
    if (following && !(await ask(t("account.unfollowAsk", account), t("account.unfollow")))) return;
    followAccount(account.id, !following);
    props.changed?.(!following);
    if (!following) announce(t("account.nowFollowing", account));
  }
  return (
    <Button
      size={size}
      look={following ? "quiet" : "action"}
      wide={wide ?? false}
      pressed={following}
      label={t(following ? "account.unfollowName" : "account.followName", account)}
      onClick={() => void toggle()}
    >
      {t(following ? "account.followed" : "account.follow")}
    </Button>
  );
}
