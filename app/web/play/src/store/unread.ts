import { signal } from "@preact/signals";
import { unreadCount } from "../api/comments";
import { onSignOut } from "./session";

/** How many notifications have not been read; the badge of the tab bar. */
export const unread = signal(0);

export async function refreshUnread(): Promise<void> {
  const answer = await unreadCount().catch(() => null);
  if (answer !== null) unread.value = answer.count;
}

export function startUnread(): void {
  onSignOut(() => {
    unread.value = 0;
  });
}
