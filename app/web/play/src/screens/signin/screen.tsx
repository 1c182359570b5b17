import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { sendCode } from "../../api/auth";
import { Problem } from "../../api/problems";
import { Link } from "../../app/link";
import { navigate, place } from "../../app/router";
import { chooseLocale, locale, t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { CodeStep } from "./code";
import { toE164 } from "./phone";
import { PhoneStep } from "./phoneStep";
import "./signin.css";

interface SignInProps {
  /** Shown instead of a personal screen, which appears by itself after signing in. */
  inPlace?: boolean;
}

export interface SentCode {
  phone: string;
  resendAtMs: number;
}

const resendDefaultSeconds = 60;

export function SignInScreen({ inPlace }: SignInProps): JSX.Element {
  const [region, setRegion] = useState("+86");
  const [typed, setTyped] = useState("");
  const [sent, setSent] = useState<SentCode | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function requestCode(): Promise<void> {
    const phone = toE164(region, typed);
    if (phone === null) return setError(t("signin.phoneBad"));
    setBusy(true);
    setError(null);
    try {
      const answer = await sendCode(phone);
      setSent({ phone, resendAtMs: Date.now() + answer.resendAfterSeconds * 1_000 });
    } catch (failure) {
      const asked = failure instanceof Problem ? failure.retryAfterSeconds : null;
      if (sent !== null && asked !== null) {
        setSent({ ...sent, resendAtMs: Date.now() + (asked || resendDefaultSeconds) * 1_000 });
      }
      const wrongPhone = failure instanceof Problem && failure.field("phone") !== null;
      setError(wrongPhone ? t("signin.phoneBad") : explain(failure));
    } finally {
      setBusy(false);
    }
  }

  function arrived(): void {
    const next = place.value.query.get("next");
    const inside = next !== null && next.startsWith("/") && !next.startsWith("//");
    if (!inPlace) navigate(inside ? next : "/", { replace: true });
  }

  return (
    <div class="signin">
      <LanguageSwitch />
      <div class="signin-hero">
        <img src="/icons/icon.svg" width="72" height="72" alt="" />
        <h1 tabIndex={-1}>{t("signin.title")}</h1>
        <p>{t("app.tagline")}</p>
      </div>
      <div class="card signin-card">
        {sent === null ? (
          <PhoneStep
            {...{ region, setRegion, typed, setTyped, busy, error }}
            submit={() => void requestCode()}
          />
        ) : (
          <CodeStep
            sent={sent}
            resendError={error}
            resend={() => void requestCode()}
            change={() => {
              setSent(null);
              setError(null);
            }}
            arrived={arrived}
          />
        )}
      </div>
      <Link to="/discover" class="signin-browse">
        {t("signin.browse")}
      </Link>
    </div>
  );
}

function LanguageSwitch(): JSX.Element {
  const other = locale.value === "en" ? "zh-CN" : "en";
  return (
    <button type="button" class="signin-language" lang={other} onClick={() => chooseLocale(other)}>
      {other === "en" ? "English" : "中文"}
    </button>
  );
}
