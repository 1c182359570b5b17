import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import { t } from "../../i18n";

interface PhraseProps {
  busy: boolean;
  error: string | null;
  say: (phrase: string) => void;
}

const charsMax = 80;

/** Where the words of a passphrase packet are said. Width, case and spaces do not matter. */
export function PhraseForm({ busy, error, say }: PhraseProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const errorId = useId();
  return (
    <form
      class="phrase"
      onSubmit={(event) => {
        event.preventDefault();
        const phrase = field.current?.value.trim() ?? "";
        if (phrase === "") field.current?.focus();
        else if (!busy) say(phrase);
      }}
    >
      <input
        ref={field}
        class="phrase-field"
        name="phrase"
        maxLength={charsMax}
        placeholder={t("packets.phraseHint")}
        aria-label={t("packets.phraseHint")}
        aria-invalid={error !== null}
        aria-describedby={errorId}
        autocomplete="off"
        enterkeyhint="go"
      />
      <p id={errorId} class="phrase-error" role="alert">
        {error}
      </p>
      <button type="submit" class="gold-button" aria-busy={busy}>
        {t("packets.sayPhrase")}
      </button>
    </form>
  );
}
