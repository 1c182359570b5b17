import type { JSX } from "preact";
import { searchAccounts } from "../../api/accounts";
import { Link } from "../../app/link";
import type { ListedAccount } from "../../api/types";
import { t } from "../../i18n";
import { cachedList, PagedList } from "../../store/paged";
import { AccountRow } from "../../ui/accountRow";
import { Endless } from "../../ui/endless";
import { Icon } from "../../ui/icons";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { useList } from "../../ui/useList";
import { noteListed } from "../account/data";

interface ResultsProps {
  /** What is asked of the server; it follows what is typed after a short pause. */
  query: string;
  typed: string;
}

export function Results({ query, typed }: ResultsProps): JSX.Element {
  const tag = typed.replace(/^[#＃]+/, "").replace(/\s+/g, "");
  return (
    <>
      {tag === "" ? null : (
        <Link class="card row tag-row" to={`/tags/${encodeURIComponent(tag)}`}>
          <span class="tag-sign">
            <Icon name="hash" size={20} />
          </span>
          <span class="row-words">
            <span class="name">{t("discover.openTag", { tag })}</span>
          </span>
          <Icon name="forward" size={18} class="chevron" />
        </Link>
      )}
      {query === "" ? <RowSkeletons /> : <Accounts query={query} />}
    </>
  );
}

function Accounts({ query }: { query: string }): JSX.Element {
  const list = cachedList(
    `search:${query}`,
    () =>
      new PagedList<ListedAccount>(
        async (cursor) => {
          const page = await searchAccounts(query, cursor);
          page.items.forEach(noteListed);
          return page;
        },
        (account) => account.id,
      ),
  );
  useList(list);
  const state = list.state.value;
  const accounts = list.items.value;
  if (state === "loading") return <RowSkeletons />;
  if (state === "failed") {
    return <LoadFailed error={list.error.value} retry={() => void list.refresh()} />;
  }
  if (accounts.length === 0) {
    const title = t("discover.noAccounts", { q: query });
    return <Empty scene="search" title={title} hint={t("discover.noAccountsHint")} />;
  }
  return (
    <>
      <ul class="card rows inset">
        {accounts.map((account) => (
          <AccountRow key={account.id} account={account} />
        ))}
      </ul>
      <Endless list={list} />
    </>
  );
}
