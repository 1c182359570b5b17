/** The draft of one timeline on the desk: its cues, which one is chosen, and how it is kept. */

import { computed, signal } from "@preact/signals";
import type { Id } from "@play/api/types";
import type { Cue } from "@play/api/videos";
import type { DraftInput, DraftView } from "../api/videos";
import { inputOf, isFresh, lack, sorted } from "./edits";

export type Saving = "saved" | "waiting" | "saving" | "failed" | "conflict";

const saveAfterMs = 700;
const undoMax = 60;

export interface Rolls {
  pre: Id | null;
  post: Id | null;
}

export interface DeskDoors {
  read(): Promise<DraftView>;
  save(body: DraftInput): Promise<DraftView>;
  publish(revision: number): Promise<DraftView>;
  /** Whether the failure means that somebody else saved meanwhile. */
  isConflict(error: unknown): boolean;
  later(run: () => void, ms: number): () => void;
}

export class Desk {
  readonly cues = signal<Cue[]>([]);
  /** The films that are shown before and after. */
  readonly rolls = signal<Rolls>({ pre: null, post: null });
  readonly chosenId = signal<Id | null>(null);
  readonly saving = signal<Saving>("saved");
  readonly draft = signal<DraftView | null>(null);
  readonly error = signal<unknown>(null);
  readonly chosen = computed(
    () => this.cues.value.find((cue) => cue.id === this.chosenId.value) ?? null,
  );
  /** Cues that are not finished wait on the desk; they are not saved yet. */
  readonly unfinished = computed(() => this.cues.value.filter((cue) => lack(cue) !== null));
  readonly undoable = signal(0);

  private edits = 0;
  private stopTimer: (() => void) | null = null;
  private running: Promise<boolean> | null = null;
  private readonly past: Cue[][] = [];

  constructor(private readonly doors: DeskDoors) {}

  async open(): Promise<void> {
    this.error.value = null;
    try {
      this.take(await this.doors.read());
      this.saving.value = "saved";
    } catch (error) {
      this.error.value = error;
    }
  }

  add(cue: Cue): void {
    this.change(sorted([...this.cues.value, cue]));
    this.chosenId.value = cue.id;
  }

  /** `quiet`: one of many steps of the same drag, which are undone together. */
  put(cue: Cue, quiet = false): void {
    this.change(
      this.cues.value.map((each) => (each.id === cue.id ? cue : each)),
      quiet,
    );
  }

  remove(id: Id): void {
    this.change(this.cues.value.filter((cue) => cue.id !== id));
    if (this.chosenId.value === id) this.chosenId.value = null;
  }

  roll(place: keyof Rolls, id: Id | null): void {
    this.rolls.value = { ...this.rolls.value, [place]: id };
    this.edited();
  }

  undo(): void {
    const before = this.past.pop();
    if (before === undefined) return;
    this.undoable.value = this.past.length;
    this.cues.value = before;
    this.edited();
  }

  /** Saves what is finished now. True when the server has everything. */
  async flush(): Promise<boolean> {
    this.stopTimer?.();
    this.stopTimer = null;
    if (this.running !== null) await this.running;
    if (this.saving.value === "saved") return true;
    this.running = this.save();
    const done = await this.running;
    this.running = null;
    return done;
  }

  /** Rejects with the server's reason. False when the draft could not be saved first. */
  async publish(): Promise<boolean> {
    if (!(await this.flush())) return false;
    const revision = this.draft.value?.revision ?? 0;
    this.draft.value = await this.doors.publish(revision);
    return true;
  }

  private change(next: Cue[], quiet = false): void {
    if (!quiet) {
      this.past.push(this.cues.value);
      if (this.past.length > undoMax) this.past.shift();
      this.undoable.value = this.past.length;
    }
    this.cues.value = next;
    this.edited();
  }

  private edited(): void {
    this.edits += 1;
    if (this.saving.value === "conflict") return;
    this.saving.value = "waiting";
    this.stopTimer?.();
    this.stopTimer = this.doors.later(() => void this.flush(), saveAfterMs);
  }

  private async save(): Promise<boolean> {
    const { draft, edits } = { draft: this.draft.value, edits: this.edits };
    if (draft === null) return false;
    this.saving.value = "saving";
    const finished = sorted(this.cues.value.filter((cue) => lack(cue) === null));
    try {
      const next = await this.doors.save({
        revision: draft.revision,
        cues: finished.map(inputOf),
        preRollId: this.rolls.value.pre,
        postRollId: this.rolls.value.post,
      });
      this.adopt(next, finished);
      const all = edits === this.edits;
      this.saving.value = all ? "saved" : "waiting";
      if (!all) this.stopTimer = this.doors.later(() => void this.flush(), saveAfterMs);
      this.error.value = null;
      return all;
    } catch (error) {
      this.error.value = error;
      this.saving.value = this.doors.isConflict(error) ? "conflict" : "failed";
      return false;
    }
  }

  /** New cues get the ids that the server gave them; what was edited meanwhile stays edited. */
  private adopt(next: DraftView, sent: readonly Cue[]): void {
    this.draft.value = next;
    const named = namesOf(sent, next.cues);
    const rename = (cue: Cue): Cue => ({ ...cue, id: named.get(cue.id)?.id ?? cue.id });
    this.cues.value = this.cues.value.map((cue) => {
      const known = named.get(cue.id);
      const same = known !== undefined && known.ref === cue.ref;
      return same ? { ...rename(cue), target: known.target } : rename(cue);
    });
    this.past.forEach((cues, index) => (this.past[index] = cues.map(rename)));
    const chosen = this.chosenId.value;
    if (chosen !== null) this.chosenId.value = named.get(chosen)?.id ?? chosen;
  }

  private take(draft: DraftView): void {
    this.draft.value = draft;
    this.cues.value = sorted(draft.cues);
    this.rolls.value = { pre: draft.preRollId, post: draft.postRollId };
  }
}

/** What the server made of each cue that was sent to it. */
function namesOf(sent: readonly Cue[], got: readonly Cue[]): Map<Id, Cue> {
  const left = new Set(got);
  const named = new Map<Id, Cue>();
  for (const cue of sent) {
    const alike = (each: Cue) =>
      isFresh(cue)
        ? each.at === cue.at && each.kind === cue.kind && (each.ref ?? "") === (cue.ref ?? "")
        : each.id === cue.id;
    const found = [...left].find(alike);
    if (found === undefined) continue;
    left.delete(found);
    named.set(cue.id, found);
  }
  return named;
}
