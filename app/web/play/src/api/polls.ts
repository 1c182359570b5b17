import { call } from "./http";
import type { Id, Timestamp } from "./types";

export type PollState = "scheduled" | "open" | "closed";

export interface PollOption {
  id: Id;
  text: string;
}

export interface OptionCount {
  optionId: Id;
  votes: number;
  /** Whole; all of them add up to 100, or to 0 without any vote. */
  percent: number;
}

export interface PollView {
  id: Id;
  brandId: Id;
  question: string;
  options: PollOption[];
  state: PollState;
  opensAt: Timestamp;
  closesAt: Timestamp;
  myOptionId: Id | null;
  /** Null where they are not to be seen yet. */
  counts: OptionCount[] | null;
  votes: number | null;
}

export function readPoll(id: Id): Promise<PollView> {
  return call("GET", `/v1/polls/${id}`);
}

/** The first vote counts: the answer says which one stands. */
export function castVote(id: Id, optionId: Id): Promise<PollView> {
  return call("POST", `/v1/polls/${id}/votes`, { body: { optionId } });
}
