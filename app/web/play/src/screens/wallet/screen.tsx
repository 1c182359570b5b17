import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Balance, Withdrawal } from "../../api/wallet";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { complain } from "../../store/toasts";
import { Endless } from "../../ui/endless";
import { Icon } from "../../ui/icons";
import { Won } from "../../ui/packet/amount";
import { Pull } from "../../ui/pull";
import { Segments } from "../../ui/segments";
import { Empty, LoadFailed, RowSkeletons, ScreenWait } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { Ago, Amount } from "../../ui/values";
import { balances, lineList, mainBalance, refreshAll, refreshWallet, walletError } from "./data";
import { withdrawalList } from "./data";
import { kindOf } from "./kinds";
import { payeeOf } from "./money";
import "./wallet.css";

type Side = "lines" | "withdrawals";

const side = signal<Side>("lines");
const pendingLookMs = 1_500;
const leavingLookMs = 4_000;

/** The shopper's money: what there is, what is coming, what went. */
export function WalletScreen(): JSX.Element {
  useEffect(() => void refreshAll(), []);
  const all = balances.value;
  const pending = all?.some((each) => each.pending.amountMinor > 0) ?? false;
  const leaving = all?.some((each) => each.withdrawing.amountMinor > 0) ?? false;
  useEffect(() => {
    if (!pending && !leaving) return undefined;
    // what was won a moment ago settles soon; what leaves takes the provider's time
    const timer = setInterval(() => void settle(), pending ? pendingLookMs : leavingLookMs);
    return () => clearInterval(timer);
  }, [pending, leaving]);
  if (all === null && walletError.value !== null) {
    return (
      <>
        <TopBar title={t("wallet.title")} back="/me" />
        <LoadFailed error={walletError.value} retry={() => void refreshAll()} />
      </>
    );
  }
  return (
    <>
      <TopBar title={t("wallet.title")} back="/me" />
      <Pull refresh={pulled}>
        {all === null ? <ScreenWait /> : <Balances all={all} />}
        <div class="wallet-sides">
          <Segments
            label={t("wallet.history")}
            value={side.value}
            options={[
              { value: "lines", label: t("wallet.lines") },
              { value: "withdrawals", label: t("wallet.withdrawals") },
            ]}
            choose={(chosen: Side) => {
              side.value = chosen;
            }}
          />
        </div>
        {side.value === "lines" ? <Lines /> : <Withdrawals />}
      </Pull>
    </>
  );
}

async function settle(): Promise<void> {
  if (document.visibilityState === "hidden") return;
  await refreshWallet();
  await Promise.all([lineList.refresh(), withdrawalList.refresh()]);
}

async function pulled(): Promise<void> {
  if (!(await refreshAll())) complain(t("feed.offlineShown"));
}

function Balances({ all }: { all: Balance[] }): JSX.Element {
  const main = mainBalance(all);
  const others = all.filter((each) => each !== main);
  const empty = main.available.amountMinor === 0;
  return (
    <section class="wallet-card">
      <p class="wallet-word">{t("wallet.available")}</p>
      <p class="wallet-sum">
        <Won money={main.available} />
      </p>
      <Moving balance={main} />
      {others.map((each) => (
        <p key={each.available.currency} class="wallet-other">
          <Amount money={each.available} exact />
        </p>
      ))}
      {empty ? (
        <Link to="/packets" class="gold-button">
          {t("packets.seeOthers")}
        </Link>
      ) : (
        <Link to={`/wallet/withdraw?currency=${main.available.currency}`} class="gold-button">
          {t("wallet.withdraw")}
        </Link>
      )}
    </section>
  );
}

function Moving({ balance }: { balance: Balance }): JSX.Element | null {
  const { pending, withdrawing } = balance;
  if (pending.amountMinor === 0 && withdrawing.amountMinor === 0) return null;
  return (
    <p class="wallet-moving" role="status">
      {pending.amountMinor > 0 ? (
        <span>
          {t("wallet.pending")} <Amount money={pending} exact />
        </span>
      ) : null}
      {withdrawing.amountMinor > 0 ? (
        <span>
          {t("wallet.withdrawing")} <Amount money={withdrawing} exact />
        </span>
      ) : null}
    </p>
  );
}

function Lines(): JSX.Element {
  const state = lineList.state.value;
  const items = lineList.items.value;
  if (state === "loading") return <RowSkeletons count={4} />;
  if (state === "failed") {
    return <LoadFailed error={lineList.error.value} retry={() => void lineList.refresh()} />;
  }
  if (items.length === 0) {
    return <Empty scene="gift" title={t("wallet.empty")} hint={t("wallet.emptyHint")} />;
  }
  return (
    <>
      <ul class="card rows inset">
        {items.map((line) => (
          <li key={line.sequence} class="row">
            <span class={line.changeMinor < 0 ? "wallet-sign out" : "wallet-sign"}>
              <Icon name={line.changeMinor < 0 ? "up" : "gift"} size={20} />
            </span>
            <span class="row-words">
              <span class="name">{t(kindOf(line))}</span>
              <span class="row-hint">
                <Ago at={line.at} />
              </span>
            </span>
            <span class={line.changeMinor < 0 ? "wallet-change" : "wallet-change in"}>
              {line.changeMinor < 0 ? "−" : "+"}
              <Amount
                exact
                money={{ amountMinor: Math.abs(line.changeMinor), currency: line.currency }}
              />
            </span>
          </li>
        ))}
      </ul>
      <Endless list={lineList} />
    </>
  );
}

function Withdrawals(): JSX.Element {
  const state = withdrawalList.state.value;
  const items = withdrawalList.items.value;
  if (state === "loading") return <RowSkeletons count={4} />;
  if (state === "failed") {
    return (
      <LoadFailed error={withdrawalList.error.value} retry={() => void withdrawalList.refresh()} />
    );
  }
  if (items.length === 0) {
    return <Empty scene="quiet" title={t("wallet.noWithdrawals")} hint={t("wallet.noneHint")} />;
  }
  return (
    <>
      <ul class="card rows inset">
        {items.map((made) => (
          <WithdrawalRow key={made.id} made={made} />
        ))}
      </ul>
      <Endless list={withdrawalList} />
    </>
  );
}

function WithdrawalRow({ made }: { made: Withdrawal }): JSX.Element {
  const { kind, account } = payeeOf(made.payee);
  return (
    <li class="row">
      <span class="row-words">
        <span class={`name withdrawal-${made.state}`}>{t(`wallet.state.${made.state}`)}</span>
        <span class="row-hint">
          {kind === null ? account : `${t(`wallet.payee.${kind}`)} · ${account}`}
        </span>
        <span class="wallet-hint">
          {t(`wallet.hint.${made.state}`)}
          {" · "}
          <Ago at={made.changedAt} />
        </span>
      </span>
      <span class="wallet-change">
        <Amount money={made.amount} exact />
      </span>
    </li>
  );
}
