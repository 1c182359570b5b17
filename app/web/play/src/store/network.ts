import { effect, signal } from "@preact/signals";
import { t } from "../i18n";
import { say } from "./toasts";

/** Whether the device believes it has a network. */
export const online = signal(typeof navigator === "undefined" || navigator.onLine);

export function startNetwork(): void {
  effect(() => {
    document.documentElement.classList.toggle("offline", !online.value);
  });
  window.addEventListener("offline", () => {
    online.value = false;
  });
  window.addEventListener("online", () => {
    online.value = true;
    say(t("app.online"));
  });
}
