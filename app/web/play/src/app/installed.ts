/** The service worker and the "install" offer: only where the browser allows them. */

import { signal } from "@preact/signals";
import { t } from "../i18n";
import { say } from "../store/toasts";

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

/** The browser's offer to install the client, while it stands. */
export const installOffer = signal<InstallOffer | null>(null);

export function startInstalled(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    installOffer.value = event as InstallOffer;
  });
  window.addEventListener("appinstalled", () => {
    installOffer.value = null;
  });
  if (import.meta.env.PROD && "serviceWorker" in navigator) {
    window.addEventListener("load", () => void registerWorker().catch(() => undefined));
  }
}

export async function install(): Promise<void> {
  const offer = installOffer.value;
  installOffer.value = null;
  await offer?.prompt();
}

async function registerWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.register("/sw.js");
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      const replaces = navigator.serviceWorker.controller !== null;
      if (worker.state === "installed" && replaces) {
        say(t("app.installing"), { label: t("act.confirm"), run: () => location.reload() });
      }
    });
  });
}
