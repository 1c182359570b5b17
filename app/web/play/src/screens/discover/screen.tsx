import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { navigate, place } from "../../app/router";
import { t } from "../../i18n";
import { feed } from "../../store/feed";
import { signedIn } from "../../store/session";
import { AccountRow } from "../../ui/accountRow";
import { Icon } from "../../ui/icons";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { useList } from "../../ui/useList";
import { suggestionList } from "../feed/suggestions";
import { forgetSearches, recent, remember } from "./recent";
import { Results } from "./results";
import { Topics } from "./topicPills";
import "./discover.css";

const pauseMs = 300;
const queryMax = 50;

/** Accounts and topics: suggestions first, results while typing. */
export function DiscoverScreen(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const inUrl = place.value.query.get("q") ?? "";
  const [typed, setTyped] = useState(inUrl);
  const query = typed.trim();
  useEffect(() => {
    if (place.value.query.get("focus") === "search") field.current?.focus();
    if (signedIn.value) feed.open();
  }, []);
  useEffect(() => {
    if (query === inUrl) return undefined;
    const timer = setTimeout(() => {
      const to = query === "" ? "/discover" : `/discover?q=${encodeURIComponent(query)}`;
      navigate(to, { replace: true });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [query, inUrl]);
  return (
    <div class="discover">
      <h1 class="hidden-text" tabIndex={-1}>
        {t("discover.title")}
      </h1>
      <form
        role="search"
        class="search-bar"
        onSubmit={(event) => {
          event.preventDefault();
          if (query !== "") remember(query);
          field.current?.blur();
        }}
      >
        <Icon name="search" size={20} />
        <input
          ref={field}
          type="search"
          enterkeyhint="search"
          aria-label={t("discover.search")}
          placeholder={t("discover.search")}
          maxLength={queryMax}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {typed === "" ? null : (
          <button type="button" aria-label={t("act.clear")} onClick={() => setTyped("")}>
            <Icon name="close" size={18} />
          </button>
        )}
      </form>
      {query === "" ? <Browse search={setTyped} /> : <Results query={inUrl} typed={query} />}
    </div>
  );
}

function Browse({ search }: { search: (query: string) => void }): JSX.Element {
  const searches = recent.value;
  return (
    <>
      {searches.length > 0 ? (
        <section class="discover-part">
          <header>
            <h2>{t("discover.recent")}</h2>
            <button type="button" class="text-button" onClick={forgetSearches}>
              {t("act.clear")}
            </button>
          </header>
          <ul class="pills">
            {searches.map((each) => (
              <li key={each}>
                <button type="button" class="pill" onClick={() => search(each)}>
                  {each}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <Topics />
      <WorthFollowing />
    </>
  );
}

function WorthFollowing(): JSX.Element {
  const list = suggestionList();
  useList(list);
  const state = list.state.value;
  const accounts = list.items.value;
  return (
    <section class="discover-part">
      <header>
        <h2>{t("discover.accounts")}</h2>
      </header>
      {state === "loading" ? <RowSkeletons /> : null}
      {state === "failed" ? (
        <LoadFailed error={list.error.value} retry={() => void list.refresh()} />
      ) : null}
      {state === "ready" && accounts.length === 0 ? (
        <Empty scene="people" title={t("discover.nothing")} />
      ) : null}
      {accounts.length > 0 ? (
        <ul class="card rows inset">
          {accounts.map((account) => (
            <AccountRow key={account.id} account={account} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}
