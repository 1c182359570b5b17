/** What is said about packets: refusals that end in what comes next. */

import { Problem, Unreachable } from "../../api/problems";
import { t } from "../../i18n";
import type { Key } from "../../i18n";
import { explain } from "../../i18n/errors";
import type { Stage } from "./stage";

interface Note {
  title: Key;
  hint: Key;
}

/** Stages in which there is nothing to open, as friendly words and what is next. */
export const notes: Partial<Record<Stage, Note>> = {
  paused: { title: "packets.paused", hint: "packets.pausedHint" },
  soldOut: { title: "packets.soldOut", hint: "packets.soldOutHint" },
  over: { title: "packets.over", hint: "packets.overHint" },
  cancelled: { title: "packets.cancelled", hint: "packets.cancelledHint" },
};

const refusals: Record<string, Key> = {
  packet_over: "packets.over",
  packet_not_open: "packets.notOpen",
  packet_paused: "packets.pausedHint",
  packet_cap: "packets.cap",
  wrong_phrase: "packets.wrongPhrase",
  too_many_guesses: "packets.tooManyGuesses",
  condition_unmet: "packets.followFirst",
  ticket_expired: "packets.again",
  ticket_invalid: "packets.again",
  link_not_found: "packets.linkGone",
  own_link: "packets.ownLink",
  helper_done: "packets.helperDone",
  device_done: "packets.deviceDone",
  link_full: "packets.linkFull",
  reservation_over: "packets.again",
};

/** Why a packet did not open. Without an answer its amount is safe, and asking again shows it. */
export function explainGrab(error: unknown): string {
  if (error instanceof Unreachable) return t("packets.unknownOutcome");
  if (error instanceof Problem) {
    const key = refusals[error.code];
    if (key !== undefined) return t(key);
  }
  return explain(error);
}
