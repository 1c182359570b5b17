import type { JSX } from "preact";
import { myCoupons } from "../../api/coupons";
import type { HeldCoupon, HeldState } from "../../api/coupons";
import { Link } from "../../app/link";
import { place } from "../../app/router";
import { t } from "../../i18n";
import type { Key } from "../../i18n";
import { couponList } from "../../store/coupons";
import { cachedList, PagedList } from "../../store/paged";
import { Ticket } from "../../ui/coupon/ticket";
import { Endless } from "../../ui/endless";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { useList } from "../../ui/useList";
import "../me/me.css";

const tabs: { state: HeldState; word: Key; none: Key }[] = [
  { state: "usable", word: "coupons.usable", none: "coupons.none" },
  { state: "used", word: "coupons.used", none: "coupons.noneUsed" },
  { state: "expired", word: "coupons.expired", none: "coupons.noneExpired" },
];

/** The shopper's coupons by what they are good for. */
export function CouponsScreen(): JSX.Element {
  const asked = place.value.query.get("state");
  const current = tabs.find((tab) => tab.state === asked) ?? tabs[0];
  return (
    <>
      <TopBar title={t("coupons.title")} back="/me" />
      <nav class="me-tabs" aria-label={t("coupons.title")}>
        {tabs.map((tab) => (
          <Link
            key={tab.state}
            replace
            to={`/coupons?state=${tab.state}`}
            class={tab === current ? "me-tab current" : "me-tab"}
            aria-current={tab === current ? "page" : undefined}
          >
            {t(tab.word)}
          </Link>
        ))}
      </nav>
      {current ? <Shelf key={current.state} state={current.state} none={current.none} /> : null}
    </>
  );
}

function Shelf({ state, none }: { state: HeldState; none: Key }): JSX.Element {
  const list = cachedList(
    couponList(state),
    () =>
      new PagedList<HeldCoupon>(
        (cursor) => myCoupons(state, cursor),
        (held) => held.id,
      ),
  );
  useList(list);
  const items = list.items.value;
  if (list.state.value === "loading") return <RowSkeletons />;
  if (list.state.value === "failed") {
    return <LoadFailed error={list.error.value} retry={() => void list.refresh()} />;
  }
  if (items.length === 0) return <Nothing state={state} none={none} />;
  return (
    <>
      <ul class="tickets">
        {items.map((held) => (
          <li key={held.id}>
            <Ticket held={held} />
          </li>
        ))}
      </ul>
      <Endless list={list} />
    </>
  );
}

function Nothing({ state, none }: { state: HeldState; none: Key }): JSX.Element {
  if (state !== "usable") return <Empty scene="quiet" title={t(none)} />;
  return (
    <Empty scene="gift" title={t(none)} hint={t("coupons.noneHint")}>
      <Link to="/watch" class="button button-plain button-m">
        {t("coupons.watch")}
      </Link>
    </Empty>
  );
}
