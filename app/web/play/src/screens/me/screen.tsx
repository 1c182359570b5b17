import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readAccount } from "../../api/accounts";
import { Link } from "../../app/link";
import type { AccountCounts } from "../../api/types";
import { locale, t } from "../../i18n";
import type { Key } from "../../i18n";
import { formatCount } from "../../i18n/format";
import { managed } from "../../store/managed";
import { me, refreshMe, signOut } from "../../store/session";
import { say } from "../../store/toasts";
import { Avatar } from "../../ui/avatar";
import { ask } from "../../ui/confirm";
import { Icon } from "../../ui/icons";
import type { IconName } from "../../ui/icons";
import { NameLine } from "../../ui/post/head";
import { TopBar } from "../../ui/topbar";
import "./me.css";

/** The shopper's own corner: profile, posts, settings, sign out. */
export function MeScreen(): JSX.Element | null {
  const own = me.value;
  const [counts, setCounts] = useState<AccountCounts | null>(null);
  useEffect(() => {
    void refreshMe();
    if (own === null) return;
    readAccount(own.accountId).then(
      (account) => setCounts(account.counts),
      () => undefined,
    );
  }, [own?.accountId]);
  if (own === null) return null;
  const others = managed.value.filter((account) => account.id !== own.accountId);
  async function leave() {
    if (!(await ask(t("me.signOutAsk"), t("me.signOut")))) return;
    await signOut();
    say(t("me.signedOut"));
  }
  return (
    <>
      <TopBar title={t("me.title")} />
      <section class="card me-card">
        <Link to={`/accounts/${own.accountId}`} class="me-profile">
          <Avatar account={own} size={56} />
          <span class="row-words">
            <span class="name me-name">{own.name}</span>
            <span class="row-hint">{own.phoneMasked}</span>
          </span>
          <Icon name="forward" size={18} class="chevron" />
        </Link>
        <div class="me-counts">
          <Count n={counts?.posts} word="account.posts" to={`/accounts/${own.accountId}`} />
          <Count
            n={counts?.followers}
            word="account.followers"
            to={`/accounts/${own.accountId}/followers`}
          />
          <Count
            n={counts?.following}
            word="account.following"
            to={`/accounts/${own.accountId}/following`}
          />
        </div>
      </section>
      {others.length > 0 ? (
        <ul class="card rows inset me-part">
          {others.map((account) => (
            <li key={account.id}>
              <Link to={`/accounts/${account.id}`} class="row">
                <Avatar account={account} />
                <span class="row-words">
                  <NameLine account={account} />
                </span>
                <Icon name="forward" size={18} class="chevron" />
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
      <ul class="card rows inset me-part">
        <Way icon="wallet" label="wallet.title" to="/wallet" />
        <Way icon="ticket" label="coupons.title" to="/coupons" />
        <Way icon="gift" label="packets.title" to="/packets" />
        <Way icon="note" label="me.posts" to="/me/posts" />
        <Way icon="pencil" label="me.edit" to="/me/edit" />
        <Way icon="gear" label="me.settings" to="/settings" />
        <Way icon="phone" label="me.devices" to="/me/devices" />
      </ul>
      <div class="card inset me-part">
        <button type="button" class="row centered danger" onClick={() => void leave()}>
          {t("me.signOut")}
        </button>
      </div>
    </>
  );
}

interface CountProps {
  n: number | undefined;
  word: Key;
  to: string;
}

function Count({ n, word, to }: CountProps): JSX.Element {
  return (
    <Link to={to} class="me-count">
      <strong>{n === undefined ? "–" : formatCount(n, locale.value)}</strong>
      <span>{t(word)}</span>
    </Link>
  );
}

function Way({ icon, label, to }: { icon: IconName; label: Key; to: string }): JSX.Element {
  return (
    <li>
      <Link to={to} class="row way">
        <Icon name={icon} />
        <span class="row-words">{t(label)}</span>
        <Icon name="forward" size={18} class="chevron" />
      </Link>
    </li>
  );
}
