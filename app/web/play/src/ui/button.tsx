import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./icons";
import type { IconName } from "./icons";

interface ButtonProps {
  children: ComponentChildren;
  onClick?: () => void;
  look?: "action" | "plain" | "quiet" | "danger";
  size?: "m" | "s";
  type?: "button" | "submit";
  busy?: boolean;
  disabled?: boolean;
  wide?: boolean;
  label?: string;
  pressed?: boolean;
  icon?: IconName;
}

export function Button(props: ButtonProps): JSX.Element {
  const { look = "plain", size = "m", type = "button", busy = false } = props;
  return (
    <button
      type={type}
      class={`button button-${look} button-${size}${props.wide ? " wide" : ""}`}
      disabled={props.disabled ?? false}
      aria-busy={busy}
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={() => {
        if (!busy) props.onClick?.();
      }}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : null}
      {!busy && props.icon ? <Icon name={props.icon} size={20} /> : null}
      <span>{props.children}</span>
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  expanded?: boolean;
  class?: string;
}

/** A 44 px target around an icon; the label is its name for screen readers. */
export function IconButton(props: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ""}`}
      aria-label={props.label}
      aria-haspopup={props.expanded === undefined ? undefined : "dialog"}
      aria-expanded={props.expanded}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
