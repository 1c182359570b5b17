import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AccountCard, Id } from "../../api/types";
import { t } from "../../i18n";
import { managed } from "../../store/managed";
import { me } from "../../store/session";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { NameLine } from "../../ui/post/head";
import { Sheet } from "../../ui/sheet";

/** The account that a post is written as: the chosen one, or the shopper's own. */
export function publishingAccount(chosen: Id | null): AccountCard | null {
  const own = me.value;
  const wanted = chosen ?? own?.accountId ?? null;
  const found = managed.value.find((account) => account.id === wanted);
  if (found) return found;
  if (own === null) return null;
  return {
    id: own.accountId,
    kind: "shopper",
    name: own.name,
    avatar: own.avatar,
    verified: false,
  };
}

interface AccountFieldProps {
  account: AccountCard | null;
  choose: (id: Id) => void;
  locked?: boolean;
}

export function AccountField({ account, choose, locked }: AccountFieldProps): JSX.Element | null {
  const [open, setOpen] = useState(false);
  if (account === null) return null;
  const fixed = locked === true || managed.value.length < 2;
  return (
    <>
      <button
        type="button"
        class="publish-as"
        disabled={fixed}
        aria-haspopup="dialog"
        aria-label={`${t("publish.as")} ${account.name}`}
        onClick={() => setOpen(true)}
      >
        <Avatar account={account} size={32} />
        <NameLine account={account} />
        {fixed ? null : <Icon name="forward" size={16} class="chevron down" />}
      </button>
      {open ? (
        <Sheet title={t("publish.chooseAccount")} close={() => setOpen(false)}>
          <ul class="menu">
            {managed.value.map((each) => (
              <li key={each.id}>
                <button
                  type="button"
                  class="menu-item"
                  aria-pressed={each.id === account.id}
                  onClick={() => {
                    choose(each.id);
                    setOpen(false);
                  }}
                >
                  <Avatar account={each} size={40} />
                  <NameLine account={each} />
                  {each.id === account.id ? <Icon name="check" class="menu-check" /> : null}
                </button>
              </li>
            ))}
          </ul>
        </Sheet>
      ) : null}
    </>
  );
}
