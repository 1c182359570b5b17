/** The ways out: the system's share sheet, the clipboard, other apps. */

import { sharePost } from "../../api/posts";
import type { PostView, ShareChannel } from "../../api/types";
import { t } from "../../i18n";
import { setCounts } from "../../store/posts";
import { signedIn } from "../../store/session";
import { say } from "../../store/toasts";

/** The address to share. Counting the share is best effort; the address works without. */
export async function shareUrl(post: PostView, channel: ShareChannel): Promise<string> {
  const plain = new URL(`/posts/${post.id}`, location.origin).href;
  if (!signedIn.value) return plain;
  try {
    const answer = await sharePost(post.id, channel);
    setCounts(post.id, { shares: answer.shares });
    return new URL(answer.url, location.origin).href;
  } catch {
    return plain;
  }
}

export async function copyLink(post: PostView): Promise<void> {
  await copyText(await shareUrl(post, "link"));
  say(t("act.copied"));
}

export function canShareBySystem(): boolean {
  return typeof navigator.share === "function";
}

export async function shareBySystem(post: PostView, url: string): Promise<void> {
  const text = post.text.slice(0, 80);
  await navigator.share({ title: `${post.account.name} · ${t("app.name")}`, text, url });
}

export function weiboAddress(post: PostView, url: string): string {
  const query = new URLSearchParams({ url, title: post.text.slice(0, 100) });
  return `https://service.weibo.com/share/share.php?${query.toString()}`;
}

/** Copies also where the clipboard needs HTTPS and there is none. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden-text";
    const host = document.querySelector("dialog[open]") ?? document.body;
    host.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
