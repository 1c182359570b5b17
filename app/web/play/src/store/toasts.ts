import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "bad";
  action: { label: string; run: () => void } | null;
}

const shownMs = 3_200;
const shownWithActionMs = 6_000;
let lastId = 0;

export const toast = signal<Toast | null>(null);

/** Words for screen readers only; a toast is read out by itself. */
export const announcement = signal("");

export function announce(text: string): void {
  // The same words twice in a row would not be read out again without a change.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}

export function say(text: string, action: Toast["action"] = null): void {
  show({ id: ++lastId, text, tone: "plain", action });
}

export function complain(text: string): void {
  show({ id: ++lastId, text, tone: "bad", action: null });
}

export function hideToast(): void {
  toast.value = null;
}

function show(next: Toast): void {
  toast.value = next;
  setTimeout(
    () => {
      if (toast.value?.id === next.id) toast.value = null;
    },
    next.action ? shownWithActionMs : shownMs,
  );
}
