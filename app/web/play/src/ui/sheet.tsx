import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./button";
import { Icon } from "./icons";
import type { IconName } from "./icons";

interface SheetProps {
  title: string;
  close: () => void;
  children: ComponentChildren;
  /** Takes most of the height; for lists that scroll. */
  tall?: boolean;
}

const leaveMs = 160;

/**
 * A sheet from the bottom edge, in reach of the thumb; a dialog in the middle on wide screens.
 * The browser's own modal dialog holds the focus and gives it back.
 */
export function Sheet({ title, close, children, tall }: SheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    document.documentElement.classList.add("held");
    return () => {
      document.documentElement.classList.remove("held");
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  function leave() {
    dialog.current?.classList.add("leaving");
    setTimeout(close, leaveMs);
  }
  return (
    <dialog
      ref={dialog}
      class={tall ? "sheet tall" : "sheet"}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) leave();
      }}
    >
      <div class="sheet-body">
        <header class="sheet-head">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={t("act.close")} onClick={leave} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

export interface MenuItem {
  icon: IconName;
  label: string;
  run: () => void;
  danger?: boolean;
}

interface MenuSheetProps {
  title: string;
  items: MenuItem[];
  close: () => void;
}

/** A list of things to do with one object. */
export function MenuSheet({ title, items, close }: MenuSheetProps): JSX.Element {
  return (
    <Sheet title={title} close={close}>
      <ul class="menu">
        {items.map((item) => (
          <li key={item.label}>
            <button
              type="button"
              class={item.danger ? "menu-item danger" : "menu-item"}
              onClick={() => {
                close();
                item.run();
              }}
            >
              <Icon name={item.icon} />
              <span>{item.label}</span>
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
