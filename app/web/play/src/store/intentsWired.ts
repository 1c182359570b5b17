/** The off-line queue, connected: to localStorage, to the API and to what the screens show. */

import { setFollow } from "../api/accounts";
import { Problem } from "../api/problems";
import { setLike } from "../api/posts";
import { storage } from "../api/storage";
import type { Id } from "../api/types";
import { explain } from "../i18n/errors";
import { fullJitterMs } from "../realtime/backoff";
import { followSignal, noteFollowing, setPendingFollows } from "./follows";
import { IntentQueue } from "./intents";
import type { Intent } from "./intents";
import { addToCount, changePostItem, setCounts, setOverlay } from "./posts";
import { me, onSignIn } from "./session";
import { complain } from "./toasts";

const pauseBaseMs = 1_000;
const pauseCapMs = 60_000;

const queue = new IntentQueue({
  load: () => storage.read<Intent[]>(storageKey()) ?? [],
  save: (intents) => storage.write(storageKey(), intents.length === 0 ? null : intents),
  send: sendIntent,
  rollback,
  pauseMs: (failures, error) => {
    const asked = error instanceof Problem ? error.retryAfterSeconds : null;
    if (asked !== null) return asked * 1_000 + fullJitterMs(1, pauseBaseMs, pauseBaseMs);
    return fullJitterMs(failures, pauseBaseMs, pauseCapMs);
  },
  schedule: (work, ms) => setTimeout(work, ms),
});

export function startIntents(): void {
  setOverlay((item) => {
    const liked = queue.pending("like", item.post.id);
    if (liked === null || liked === item.viewer.liked) return item;
    const likes = Math.max(0, item.counts.likes + (liked ? 1 : -1));
    return { ...item, viewer: { ...item.viewer, liked }, counts: { ...item.counts, likes } };
  });
  setPendingFollows((id) => queue.pending("follow", id));
  window.addEventListener("online", flushIntents);
  onSignIn(flushIntents);
  flushIntents();
}

export function flushIntents(): void {
  if (me.value !== null) void queue.flush();
}

export function likePost(id: Id, on: boolean): void {
  showLike(id, on);
  queue.put("like", id, on);
}

export function followAccount(id: Id, on: boolean): void {
  followSignal(id).value = on;
  queue.put("follow", id, on);
}

function showLike(id: Id, on: boolean): void {
  changePostItem(id, (item) => ({ ...item, viewer: { ...item.viewer, liked: on } }));
  addToCount(id, "likes", on ? 1 : -1);
}

async function sendIntent(intent: Intent): Promise<void> {
  if (intent.kind === "like") {
    const answer = await setLike(intent.target, intent.on);
    if (queue.pending("like", intent.target) === intent.on) {
      setCounts(intent.target, { likes: answer.likes });
    }
    return;
  }
  await setFollow(intent.target, intent.on);
}

function rollback(intent: Intent, error: unknown): void {
  if (intent.kind === "like") showLike(intent.target, !intent.on);
  else noteFollowing(intent.target, !intent.on);
  complain(explain(error));
}

function storageKey(): string {
  return `carnival.intents.${me.value?.id ?? "nobody"}`;
}
