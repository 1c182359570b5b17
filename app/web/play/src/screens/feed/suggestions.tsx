import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { suggestions } from "../../api/accounts";
import { Link } from "../../app/link";
import type { ListedAccount } from "../../api/types";
import { t } from "../../i18n";
import { feed } from "../../store/feed";
import { noteFollowing } from "../../store/follows";
import { cachedList, PagedList } from "../../store/paged";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { FollowButton } from "../../ui/follow";
import { VerifiedMark } from "../../ui/icons";

const shownMax = 12;

export function suggestionList(): PagedList<ListedAccount> {
  return cachedList(
    "suggestions",
    () =>
      new PagedList<ListedAccount>(
        async () => {
          const page = await suggestions(shownMax);
          for (const account of page.items) {
            noteFollowing(account.id, account.viewer?.following ?? false);
          }
          return { ...page, nextCursor: null };
        },
        (account) => account.id,
      ),
  );
}

/** Accounts for a newcomer, so that the first feed fills with a few taps. */
export function Suggestions(): JSX.Element | null {
  const list = suggestionList();
  useEffect(() => list.open(), [list]);
  const [followed, setFollowed] = useState(false);
  const accounts = list.items.value;
  if (accounts.length === 0) return null;
  return (
    <section class="suggestions" aria-labelledby="suggestions-title">
      <header>
        <div>
          <h2 id="suggestions-title">{t("feed.suggestTitle")}</h2>
          <p>{t("feed.suggestHint")}</p>
        </div>
        {followed ? (
          <Button look="action" size="s" onClick={() => void feed.refresh()}>
            {t("feed.showMine")}
          </Button>
        ) : null}
      </header>
      <ul>
        {accounts.map((account) => (
          <li key={account.id} class="card suggestion">
            <Link to={`/accounts/${account.id}`}>
              <Avatar account={account} size={56} />
              <span class="name-line">
                <span class="name">{account.name}</span>
                {account.verified ? <VerifiedMark label={t("kind.verified")} /> : null}
              </span>
              <span class="suggestion-kind">{t(`kind.${account.kind}`)}</span>
            </Link>
            <FollowButton account={account} wide changed={() => setFollowed(true)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
