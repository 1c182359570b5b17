import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { explain } from "@play/i18n/errors";
import { Button } from "@play/ui/button";
import { Sheet } from "@play/ui/sheet";
import { Help } from "./inspector";

interface MakingProps {
  title: string;
  look: string;
  tall?: boolean;
  /** What it will be, or what is missing. */
  help: string;
  bad: boolean;
  ready: boolean;
  action: string;
  make: () => Promise<void>;
  close: () => void;
  children: ComponentChildren;
}

/** A form for what is made where it is needed: once, however often its button is pressed, and what
 * the server did not like stands above that. */
export function Making(props: MakingProps): JSX.Element {
  const { title, look, tall, help, bad, ready, action, close, children } = props;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>(null);
  async function make() {
    setBusy(true);
    setWrong(null);
    try {
      await props.make();
    } catch (error) {
      setWrong(error);
    }
    setBusy(false);
  }
  return (
    <Sheet title={title} close={close} tall={tall === true}>
      <form
        class={tall === true ? `form ${look} sheet-scroll` : `form ${look}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) void make();
        }}
      >
        {children}
        <Help wrong={wrong !== null || bad}>{wrong !== null ? explain(wrong) : help}</Help>
        <Button look="action" type="submit" wide busy={busy} disabled={!ready}>
          {action}
        </Button>
      </form>
    </Sheet>
  );
}

interface FieldProps {
  label: string;
  value: string;
  max: number;
  put: (value: string) => void;
  money?: boolean;
}

export function Field({ label, value, max, put, money }: FieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        value={value}
        maxLength={max}
        inputMode={money === true ? "decimal" : "text"}
        onInput={(event) => put(event.currentTarget.value)}
      />
    </div>
  );
}
