import { readNotifications } from "../api/comments";
import type { NotificationView } from "../api/types";
import { PagedList } from "./paged";
import { onSignOut } from "./session";

export const notes = new PagedList<NotificationView>(readNotifications, (note) => note.id);

/** A notification that came over the live channel; shown at once if the list is loaded. */
export function noteArrived(note: NotificationView): void {
  if (notes.state.value === "ready") notes.prepend(note);
}

export function startNotes(): void {
  onSignOut(() => notes.reset());
}
