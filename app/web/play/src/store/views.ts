/** Tells the server which posts were looked at: half of the card for a second, once per visit. */

import { sendViews } from "../api/posts";
import type { Id } from "../api/types";
import { signedIn } from "./session";

const batchMax = 50;
const flushEveryMs = 5_000;
const seen = new Set<Id>();
let waiting: Id[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

export function noteView(id: Id): void {
  if (seen.has(id) || !signedIn.value) return;
  seen.add(id);
  waiting.push(id);
  if (waiting.length >= batchMax) flushViews();
  else timer ??= setTimeout(flushViews, flushEveryMs);
}

export function flushViews(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  const postIds = waiting.slice(0, batchMax);
  waiting = waiting.slice(batchMax);
  // Views are counted roughly; one lost batch is not worth a retry.
  if (postIds.length > 0) void sendViews(postIds).catch(() => undefined);
}

export function startViews(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flushViews();
  });
}
