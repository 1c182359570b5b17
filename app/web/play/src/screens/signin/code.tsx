import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { signIn } from "../../store/session";
import { say } from "../../store/toasts";
import { Button } from "../../ui/button";
import type { SentCode } from "./screen";

interface CodeStepProps {
  sent: SentCode;
  resendError: string | null;
  resend: () => void;
  change: () => void;
  arrived: () => void;
}

const digits = 6;

/** Six boxes drawn over one input, so that the phone can fill in the code it received. */
export function CodeStep(props: CodeStepProps): JSX.Element {
  const { sent } = props;
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const waitSeconds = useCountdown(sent.resendAtMs);
  useEffect(() => field.current?.focus(), []);

  async function submit(complete: string): Promise<void> {
    if (busy || complete.length !== digits) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await signIn(sent.phone, complete);
      say(t("signin.hello", { name: answer.shopper.name }));
      props.arrived();
    } catch (failure) {
      setError(explain(failure));
      setCode("");
      setBusy(false);
      field.current?.focus();
    }
  }

  const shown = error ?? props.resendError;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit(code);
      }}
    >
      <p class="signin-hint">
        {t("signin.codeSent", { phone: sent.phone })}{" "}
        <button type="button" class="text-button" onClick={props.change}>
          {t("signin.change")}
        </button>
      </p>
      <label class={shown === null ? "code" : "code invalid"}>
        <span class="hidden-text">{t("signin.codeHint")}</span>
        <span class="code-boxes" aria-hidden="true">
          {Array.from({ length: digits }, (_, at) => (
            <span key={at} class={at === code.length ? "code-box next" : "code-box"}>
              {code[at] ?? ""}
            </span>
          ))}
        </span>
        <input
          ref={field}
          type="text"
          inputMode="numeric"
          autocomplete="one-time-code"
          pattern="\d{6}"
          maxLength={digits}
          name="code"
          aria-invalid={shown !== null}
          aria-describedby="code-error"
          value={code}
          onInput={(event) => {
            const next = event.currentTarget.value.replace(/\D/g, "").slice(0, digits);
            event.currentTarget.value = next;
            setCode(next);
            setError(null);
            if (next.length === digits) void submit(next);
          }}
        />
      </label>
      <p id="code-error" class="field-error" role="alert">
        {shown}
      </p>
      <Button type="submit" look="action" wide busy={busy} disabled={code.length !== digits}>
        {t("signin.go")}
      </Button>
      <div class="signin-resend">
        {waitSeconds > 0 ? (
          <span>{t("signin.resendIn", { seconds: String(waitSeconds) })}</span>
        ) : (
          <button type="button" class="text-button" onClick={props.resend}>
            {t("signin.resend")}
          </button>
        )}
      </div>
    </form>
  );
}

/** Whole seconds until a moment of this device's clock. */
function useCountdown(untilMs: number): number {
  const left = () => Math.max(0, Math.ceil((untilMs - Date.now()) / 1_000));
  const [seconds, setSeconds] = useState(left());
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 250);
    return () => clearInterval(timer);
  }, [untilMs]);
  return seconds;
}
