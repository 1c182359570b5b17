import type { JSX } from "preact";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { AccountRow } from "../../ui/accountRow";
import { Endless } from "../../ui/endless";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { useList } from "../../ui/useList";
import { peopleList } from "./data";
import type { Side } from "./data";
import "./account.css";

/** Who follows an account, or whom it follows. */
export function PeopleScreen({ id, side }: { id: Id; side: Side }): JSX.Element {
  const list = peopleList(id, side);
  useList(list);
  const state = list.state.value;
  const people = list.items.value;
  const none = t(side === "followers" ? "account.noFollowers" : "account.noFollowing");
  return (
    <>
      <TopBar title={t(`account.${side}`)} back={`/accounts/${id}`} />
      {state === "loading" ? <RowSkeletons /> : null}
      {state === "failed" ? (
        <LoadFailed error={list.error.value} retry={() => void list.refresh()} />
      ) : null}
      {state === "ready" && people.length === 0 ? <Empty scene="people" title={none} /> : null}
      {state === "ready" && people.length > 0 ? (
        <>
          <ul class="card rows inset">
            {people.map((account) => (
              <AccountRow key={account.id} account={account} />
            ))}
          </ul>
          <Endless list={list} />
        </>
      ) : null}
    </>
  );
}
