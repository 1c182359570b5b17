import type { JSX } from "preact";
import { locale, t } from "../../i18n";
import { Button } from "../../ui/button";
import { regions, spaced } from "./phone";

interface PhoneStepProps {
  region: string;
  setRegion: (code: string) => void;
  typed: string;
  setTyped: (typed: string) => void;
  busy: boolean;
  error: string | null;
  submit: () => void;
}

export function PhoneStep(props: PhoneStepProps): JSX.Element {
  const { region, typed, error } = props;
  const language = locale.value === "en" ? "en" : "zh";
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.submit();
      }}
    >
      <p class="signin-hint">{t("signin.welcome")}</p>
      <div class={error === null ? "phone" : "phone invalid"}>
        <span class="phone-region">
          <span aria-hidden="true">{region}</span>
          <select
            aria-label={t("signin.region")}
            value={region}
            autocomplete="tel-country-code"
            onChange={(event) => props.setRegion(event.currentTarget.value)}
          >
            {regions.map((each) => (
              <option key={each.code} value={each.code}>
                {each[language]} {each.code}
              </option>
            ))}
          </select>
        </span>
        <input
          type="tel"
          inputMode="tel"
          autocomplete="tel-national"
          name="phone"
          aria-label={t("signin.phone")}
          aria-invalid={error !== null}
          aria-describedby="phone-error"
          placeholder={t("signin.phoneHint")}
          value={typed}
          maxLength={20}
          onInput={(event) => {
            const next = spaced(region, event.currentTarget.value);
            event.currentTarget.value = next;
            props.setTyped(next);
          }}
        />
      </div>
      <p id="phone-error" class="field-error" role="alert">
        {error}
      </p>
      <Button type="submit" look="action" wide busy={props.busy} disabled={typed.trim() === ""}>
        {t("signin.getCode")}
      </Button>
    </form>
  );
}
