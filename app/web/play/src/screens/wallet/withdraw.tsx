import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { withdraw } from "../../api/wallet";
import type { WithdrawalWish } from "../../api/wallet";
import { isTransient } from "../../api/problems";
import { storage } from "../../api/storage";
import { navigate, place } from "../../app/router";
import { locale, t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { moneyParts, moneyText } from "../../i18n/format";
import { surely } from "../../store/grab";
import { randomName } from "../../store/packets";
import { say } from "../../store/toasts";
import { Button } from "../../ui/button";
import { Segments } from "../../ui/segments";
import { ScreenWait } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { balances, mainBalance, refreshAll, refreshWallet } from "./data";
import { payees, toMinor, typedAmount } from "./money";
import type { PayeeKind } from "./money";
import "./wallet.css";

const wishKey = "carnival.withdrawal";
const payeeCharsMax = 60;

/** Takes money out. A wish whose answer was lost keeps its id, so that it is carried out once. */
export function WithdrawScreen(): JSX.Element {
  const all = balances.value;
  useEffect(() => void refreshWallet(), []);
  if (all === null) {
    return (
      <>
        <TopBar title={t("wallet.withdraw")} back="/wallet" />
        <ScreenWait />
      </>
    );
  }
  const wanted = place.value.query.get("currency");
  const balance = all.find((each) => each.available.currency === wanted) ?? mainBalance(all);
  return (
    <>
      <TopBar title={t("wallet.withdraw")} back="/wallet" />
      <WithdrawForm
        availableMinor={balance.available.amountMinor}
        currency={balance.available.currency}
      />
    </>
  );
}

interface FormProps {
  availableMinor: number;
  currency: string;
}

function WithdrawForm({ availableMinor, currency }: FormProps): JSX.Element {
  const [typed, setTyped] = useState("");
  const [kind, setKind] = useState<PayeeKind>("alipay");
  const [name, setName] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const errorId = useId();
  const amountMinor = toMinor(typed, currency);
  const enough = amountMinor !== null && amountMinor <= availableMinor;

  async function send() {
    if (busy) return;
    if (amountMinor === null) return setError(t("wallet.badAmount"));
    if (!enough) return setError(t("wallet.tooMuch"));
    if (name.trim() === "") return setError(t("wallet.payeeNeeded"));
    setBusy(true);
    setError(null);
    const wish = wishFor({ amountMinor, currency }, `${kind}:${name.trim()}`);
    try {
      const made = await surely(() => withdraw(wish));
      storage.write(wishKey, null);
      void refreshAll();
      say(t(`wallet.hint.${made.state}`));
      navigate("/wallet", { replace: true });
    } catch (failure) {
      if (!isTransient(failure)) storage.write(wishKey, null);
      setError(explain(failure));
    } finally {
      setBusy(false);
    }
  }

  const sign = moneyParts(0, currency, locale.value).find((part) => part.kind === "symbol");
  return (
    <form
      class="card inset withdraw"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span class="field-label">{t("wallet.amount")}</span>
        <span class="withdraw-amount">
          <span aria-hidden="true">{sign?.text ?? currency}</span>
          <input
            name="amount"
            inputmode="decimal"
            autocomplete="off"
            placeholder={typedAmount(0, currency)}
            maxLength={16}
            value={typed}
            aria-invalid={typed !== "" && !enough}
            aria-describedby={errorId}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setError(null);
            }}
          />
          <button
            type="button"
            class="text-button"
            onClick={() => setTyped(typedAmount(availableMinor, currency))}
          >
            {t("wallet.everything")}
          </button>
        </span>
        <span class="withdraw-have">
          {t("wallet.have", { amount: moneyText(availableMinor, currency, locale.value) })}
        </span>
      </label>
      <Segments
        label={t("wallet.to")}
        value={kind}
        options={payees.map((each) => ({ value: each, label: t(`wallet.payee.${each}`) }))}
        choose={setKind}
      />
      <label class="field">
        <span class="field-label">{t("wallet.payeeName")}</span>
        <input
          class="input"
          name="payee"
          maxLength={payeeCharsMax}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <p id={errorId} class="field-error" role="alert">
        {error}
      </p>
      <Button type="submit" look="action" wide busy={busy}>
        {t("wallet.send")}
      </Button>
      <p class="wallet-hint">{t("wallet.sendHint")}</p>
    </form>
  );
}

/** The wish as it was sent before, if its answer is still missing; else a new one. */
function wishFor(amount: WithdrawalWish["amount"], payee: string): WithdrawalWish {
  const kept = storage.read<WithdrawalWish>(wishKey);
  const same =
    kept !== null &&
    kept.payee === payee &&
    kept.amount.amountMinor === amount.amountMinor &&
    kept.amount.currency === amount.currency;
  const wish = same ? kept : { amount, payee, clientId: randomName() };
  storage.write(wishKey, wish);
  return wish;
}
