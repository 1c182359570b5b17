import type { JSX } from "preact";
import { Link } from "../app/link";
import type { ListedAccount } from "../api/types";
import { t } from "../i18n";
import { me } from "../store/session";
import { Avatar } from "./avatar";
import { FollowButton } from "./follow";
import { NameLine } from "./post/head";

/** One account in a list, with its follow button. */
export function AccountRow({ account }: { account: ListedAccount }): JSX.Element {
  const own = account.viewer?.isSelf === true || me.value?.accountId === account.id;
  const hint = account.bio?.split("\n")[0] ?? "";
  return (
    <li class="account-row">
      <Link to={`/accounts/${account.id}`} class="row">
        <Avatar account={account} />
        <span class="row-words">
          <NameLine account={account} />
          <span class="row-hint">{hint === "" ? t(`kind.${account.kind}`) : hint}</span>
        </span>
      </Link>
      {own ? null : <FollowButton account={account} />}
    </li>
  );
}
