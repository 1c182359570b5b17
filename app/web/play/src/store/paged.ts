import { signal } from "@preact/signals";
import type { Page } from "../api/types";

export type ListState = "loading" | "ready" | "failed";
export type MoreState = "idle" | "loading" | "failed" | "end";

/** A list that loads page by page and survives leaving and coming back to its screen. */
export class PagedList<T, P extends Page<T> = Page<T>> {
  readonly items = signal<T[]>([]);
  readonly state = signal<ListState>("loading");
  readonly more = signal<MoreState>("idle");
  readonly error = signal<unknown>(null);

  private cursor: string | null = null;
  private round = 0;
  private started = false;

  /** `identify` keeps an item from showing twice when pages shift while they are read. */
  constructor(
    private readonly load: (cursor: string | null) => Promise<P>,
    private readonly identify: (item: T) => string,
    private readonly onFirstPage: (page: P) => void = () => undefined,
  ) {}

  /** Loads the first page once; a second call finds the list as it was left. */
  open(): void {
    if (!this.started) void this.refresh();
  }

  /** Reads the first page again. Keeps what is shown when that fails; false says it did. */
  async refresh(): Promise<boolean> {
    this.started = true;
    const round = ++this.round;
    if (this.items.value.length === 0) this.state.value = "loading";
    try {
      const page = await this.load(null);
      if (round !== this.round) return true;
      this.items.value = this.without(page.items, new Set());
      this.advance(page);
      this.state.value = "ready";
      this.error.value = null;
      this.onFirstPage(page);
      return true;
    } catch (error) {
      if (round !== this.round) return true;
      this.error.value = error;
      if (this.items.value.length === 0) this.state.value = "failed";
      return false;
    }
  }

  async loadMore(): Promise<void> {
    if (this.state.value !== "ready") return;
    if (this.more.value === "loading" || this.more.value === "end") return;
    const round = this.round;
    this.more.value = "loading";
    try {
      const page = await this.load(this.cursor);
      if (round !== this.round) return;
      const known = new Set(this.items.value.map(this.identify));
      this.items.value = [...this.items.value, ...this.without(page.items, known)];
      this.advance(page);
    } catch (error) {
      if (round !== this.round) return;
      this.error.value = error;
      this.more.value = "failed";
    }
  }

  /** Back to nothing loaded, as for another shopper. */
  reset(): void {
    this.round += 1;
    this.started = false;
    this.cursor = null;
    this.items.value = [];
    this.state.value = "loading";
    this.more.value = "idle";
    this.error.value = null;
  }

  prepend(item: T): void {
    const id = this.identify(item);
    this.items.value = [item, ...this.items.value.filter((each) => this.identify(each) !== id)];
  }

  remove(id: string): void {
    this.items.value = this.items.value.filter((each) => this.identify(each) !== id);
  }

  replace(item: T): void {
    const id = this.identify(item);
    this.items.value = this.items.value.map((each) => (this.identify(each) === id ? item : each));
  }

  /** The items that are not known yet, each once. */
  private without(items: T[], known: Set<string>): T[] {
    return items.filter((item) => {
      const id = this.identify(item);
      if (known.has(id)) return false;
      known.add(id);
      return true;
    });
  }

  private advance(page: P): void {
    this.cursor = page.nextCursor;
    this.more.value = page.nextCursor === null ? "end" : "idle";
  }
}

const listsMax = 24;
const lists = new Map<string, PagedList<never>>();

/** The list under this name, made on first use; the least recently used ones are let go. */
export function cachedList<T>(name: string, make: () => PagedList<T>): PagedList<T> {
  const found = (lists.get(name) as PagedList<T> | undefined) ?? make();
  lists.delete(name);
  lists.set(name, found as unknown as PagedList<never>);
  for (const oldest of lists.keys()) {
    if (lists.size <= listsMax) break;
    lists.delete(oldest);
  }
  return found;
}

export function forgetList(name: string): void {
  lists.delete(name);
}

export function forgetAllLists(): void {
  lists.clear();
}
