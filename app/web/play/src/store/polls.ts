/** A poll while it is on the screen: how the votes stand is asked again, with growing pauses. */

import { signal } from "@preact/signals";
import { castVote, readPoll } from "../api/polls";
import type { PollState, PollView } from "../api/polls";
import { isTransient } from "../api/problems";
import type { Id } from "../api/types";
import { t } from "../i18n";

const firstMs = 2_000;
const lastMs = 15_000;
const growth = 1.5;

export interface PollDoors {
  read(id: Id): Promise<PollView>;
  vote(id: Id, optionId: Id): Promise<PollView>;
  /** Runs later, unless the returned function is called before. */
  later(run: () => void, ms: number): () => void;
  random(): number;
}

export class PollLook {
  readonly view = signal<PollView | null>(null);
  /** The option that is on its way. */
  readonly sending = signal<Id | null>(null);

  private pauseMs = firstMs;
  private stop: (() => void) | null = null;
  private on = false;
  /** Grows with every answer: one that was asked for before a vote tells nothing any more. */
  private turn = 0;

  constructor(
    private readonly id: Id,
    private readonly doors: PollDoors,
  ) {}

  begin(): void {
    this.on = true;
    void this.read();
  }

  end(): void {
    this.on = false;
    this.stop?.();
    this.stop = null;
  }

  /** True when this vote was taken, or an earlier one stands. Rejects with the server's reason. */
  async vote(optionId: Id): Promise<boolean> {
    if (this.sending.value !== null || this.view.value?.myOptionId) return false;
    this.sending.value = optionId;
    try {
      this.take(await this.doors.vote(this.id, optionId));
      this.pauseMs = firstMs;
      this.again();
      return true;
    } catch (error) {
      void this.read(); // it may have closed meanwhile, or ask something else now
      throw error;
    } finally {
      this.sending.value = null;
    }
  }

  private async read(): Promise<void> {
    const turn = this.turn;
    try {
      const view = await this.doors.read(this.id);
      if (turn === this.turn) this.take(view);
    } catch (error) {
      if (!isTransient(error)) return;
    }
    this.again();
  }

  private take(view: PollView): void {
    this.turn += 1;
    this.view.value = view;
  }

  private again(): void {
    this.stop?.();
    this.stop = null;
    if (!this.on || this.view.value?.state === "closed") return;
    const ms = this.pauseMs * (0.75 + this.doors.random() / 2);
    this.pauseMs = Math.min(lastMs, this.pauseMs * growth);
    this.stop = this.doors.later(() => void this.read(), ms);
  }
}

export function lookAtPoll(id: Id): PollLook {
  return new PollLook(id, {
    read: readPoll,
    vote: castVote,
    later: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
}

/** What stands below the answers. */
export function footWords(state: PollState, view: PollView | null): string {
  if (state === "scheduled") return t("poll.soon");
  if (view === null) return t("poll.once");
  const count = view.votes === null ? "" : t("poll.votes", { n: view.votes });
  if (state === "closed") return count === "" ? t("poll.over") : `${t("poll.over")} · ${count}`;
  if (view.myOptionId === null) return count === "" ? t("poll.once") : count;
  return view.votes === null ? t("poll.later") : count;
}

/** What a vote brought about, for who hears it. */
export function resultWords(view: PollView): string {
  const chosen = view.options.find((option) => option.id === view.myOptionId)?.text ?? "";
  const percent = view.counts?.find((each) => each.optionId === view.myOptionId)?.percent;
  if (percent === undefined) return `${t("poll.chose", { option: chosen })} ${t("poll.later")}`;
  return t("poll.choseShare", { option: chosen, percent: String(percent) });
}
