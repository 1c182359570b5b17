import type { ComponentChildren, JSX } from "preact";
import { goBack } from "../app/router";
import { t } from "../i18n";
import { IconButton } from "./button";

interface TopBarProps {
  title: string;
  /** Where "back" leads when the app was entered on this screen. Without it there is no button. */
  back?: string;
  children?: ComponentChildren;
}

/** The screen's name, which takes the focus when the screen opens, and its few actions. */
export function TopBar({ title, back, children }: TopBarProps): JSX.Element {
  return (
    <header class="topbar">
      <div class="topbar-side">
        {back === undefined ? null : (
          <IconButton icon="back" label={t("act.back")} onClick={() => goBack(back)} />
        )}
      </div>
      <h1 class={back === undefined ? "topbar-title large" : "topbar-title"} tabIndex={-1}>
        {title}
      </h1>
      <div class="topbar-side end">{children}</div>
    </header>
  );
}
