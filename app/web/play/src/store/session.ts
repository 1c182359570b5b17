/** Who is signed in on this device. */

import { computed, signal } from "@preact/signals";
import * as auth from "../api/auth";
import { onSessionEnded, tokens } from "../api/http";
import { SignedOut } from "../api/problems";
import { storage } from "../api/storage";
import type { Me } from "../api/types";
import { t } from "../i18n";
import { say } from "./toasts";

const meKey = "carnival.me";
const endListeners = new Set<() => void>();
const startListeners = new Set<() => void>();

export const me = signal<Me | null>(tokens.signedIn ? storage.read<Me>(meKey) : null);
export const signedIn = computed(() => me.value !== null);

export function keepMe(next: Me | null): void {
  me.value = next;
  storage.write(meKey, next);
}

/** Runs when a session ends, so that nothing of one shopper is shown to the next. */
export function onSignOut(listener: () => void): void {
  endListeners.add(listener);
}

export function onSignIn(listener: () => void): void {
  startListeners.add(listener);
}

export async function signIn(phone: string, code: string): Promise<auth.SignedIn> {
  const answer = await auth.signIn(phone, code, deviceName(navigator.userAgent));
  tokens.adopt(answer);
  leave();
  keepMe(answer.shopper);
  startListeners.forEach((listener) => listener());
  return answer;
}

/** Signs this device out, also when the server cannot be reached. */
export async function signOut(): Promise<void> {
  await auth.endSession("current").catch(() => undefined);
  tokens.forget();
  leave();
}

export async function signOutEverywhere(): Promise<void> {
  await auth.endEverySession();
  tokens.forget();
  leave();
}

/** The server ended the session: signed out elsewhere, or the tokens were used twice. */
export function sessionWasRevoked(): void {
  if (me.value === null) return;
  tokens.forget();
  leave();
  say(t("signin.ended"));
}

export async function refreshMe(): Promise<void> {
  if (!tokens.signedIn) {
    keepMe(null);
    return;
  }
  try {
    keepMe(await auth.readMe());
  } catch (error) {
    if (error instanceof SignedOut) sessionWasRevoked();
  }
}

onSessionEnded(sessionWasRevoked);

function leave(): void {
  keepMe(null);
  endListeners.forEach((listener) => listener());
}

/** A name by which the owner will know this device in the list: system and browser. */
export function deviceName(agent: string): string {
  const system = /iPhone/.test(agent)
    ? "iPhone"
    : /iPad/.test(agent)
      ? "iPad"
      : /Android/.test(agent)
        ? androidModel(agent)
        : /Mac OS X/.test(agent)
          ? "Mac"
          : /Windows/.test(agent)
            ? "Windows"
            : /Linux/.test(agent)
              ? "Linux"
              : "Web";
  const browser = /MicroMessenger/.test(agent)
    ? "WeChat"
    : /Edg\//.test(agent)
      ? "Edge"
      : /Firefox\//.test(agent)
        ? "Firefox"
        : /Chrom(e|ium)\//.test(agent)
          ? "Chrome"
          : /Safari\//.test(agent)
            ? "Safari"
            : "";
  return browser === "" ? system : `${system} · ${browser}`;
}

function androidModel(agent: string): string {
  const model = /Android [\d.]+; ([^;)]+?)(?: Build|\)|;)/.exec(agent)?.[1]?.trim();
  return model && model !== "K" ? model : "Android";
}
