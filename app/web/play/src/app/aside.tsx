import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { Topics } from "../screens/discover/topicPills";
import { suggestionList } from "../screens/feed/suggestions";
import { t } from "../i18n";
import { signedIn } from "../store/session";
import { AccountRow } from "../ui/accountRow";
import { useList } from "../ui/useList";
import { place } from "./router";

const roomy = window.matchMedia("(min-width: 1200px)");
const wide = signal(roomy.matches);
roomy.addEventListener("change", () => {
  wide.value = roomy.matches;
});

const accountsMax = 5;
const withAside = [/^\/$/, /^\/(posts|accounts|tags)\/[^/]+$/, /^\/notifications$/];

/** What else there is, beside the content on wide screens. */
export function Aside(): JSX.Element | null {
  const fits = withAside.some((pattern) => pattern.test(place.value.path));
  return wide.value && fits && signedIn.value ? <Suggested /> : null;
}

function Suggested(): JSX.Element {
  const list = suggestionList();
  useList(list);
  const accounts = list.items.value.slice(0, accountsMax);
  return (
    <aside class="aside" aria-label={t("discover.title")}>
      {accounts.length > 0 ? (
        <section class="discover-part">
          <header>
            <h2>{t("discover.accounts")}</h2>
          </header>
          <ul class="card rows">
            {accounts.map((account) => (
              <AccountRow key={account.id} account={account} />
            ))}
          </ul>
        </section>
      ) : null}
      <Topics />
    </aside>
  );
}
