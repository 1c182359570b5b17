import { useEffect } from "preact/hooks";
import { place } from "../app/router";
import type { PagedList } from "../store/paged";

/** Loads the list of a screen: anew when one goes there, as it was when one comes back. */
export function useList<T>(list: Pick<PagedList<T>, "state" | "open" | "refresh">): void {
  useEffect(() => {
    if (list.state.value === "ready" && !place.value.returned) void list.refresh();
    else list.open();
  }, [list]);
}
