import { Problem, SignedOut, Unreachable } from "../api/problems";
import { locale, t } from ".";
import type { Key } from ".";

/** Sentences for the codes that deserve their own; all others are explained by their status. */
const byCode: Record<string, Key> = {
  code_wrong: "error.codeWrong",
  session_revoked: "signin.ended",
  not_a_picture: "error.imageBad",
  picture_damaged: "error.imageBad",
  picture_too_large: "error.imageLarge",
  pins_full: "error.pinsFull",
  edits_full: "error.editsFull",
  not_repostable: "error.notRepostable",
  post_state: "error.postState",
  post_incomplete: "error.postIncomplete",
  parent_gone: "error.parentGone",
  follows_full: "error.followsFull",
  poll_not_open: "poll.soon",
  poll_closed: "poll.over",
  account_blocked: "error.unblockFirst",
  coupon_sold_out: "coupons.gone",
  coupon_over: "coupons.over",
  coupon_not_open: "coupons.notOpen",
};

const byStatus: Record<number, Key> = {
  400: "error.invalid",
  401: "error.signedOut",
  403: "error.forbidden",
  404: "error.notFound",
  409: "error.conflict",
  410: "error.notFound",
  412: "error.conflict",
  413: "error.tooLarge",
  415: "error.imageBad",
  422: "error.invalid",
  503: "error.busy",
};

/** What went wrong, as a sentence that says what to do next. */
export function explain(error: unknown): string {
  if (error instanceof Unreachable) return t("error.offline");
  if (error instanceof SignedOut) return t("error.signedOut");
  if (!(error instanceof Problem)) return t("error.unknown");
  if (error.status === 429) return explainHaste(error);
  const key = byCode[error.code] ?? byStatus[error.status];
  if (key) return t(key);
  return t(error.status >= 500 ? "error.server" : "error.unknown");
}

/** What is wrong with one field. The server's own sentence is shown to those who can read it. */
export function explainField(error: unknown, name: string): string | null {
  const detail = error instanceof Problem ? error.field(name) : null;
  if (detail === null) return null;
  const readable = locale.value === "en" || /[\u4e00-\u9fff]/.test(detail);
  return readable ? detail : t("error.field");
}

/** The number by which support finds the request in the logs; only for faults of the server. */
export function reference(error: unknown): string | null {
  if (!(error instanceof Problem) || error.status < 500 || error.requestId === null) return null;
  return t("error.request", { id: error.requestId });
}

function explainHaste(error: Problem): string {
  if (error.retryAfterSeconds === null) return t("error.tooManySoon");
  return t("error.tooMany", { seconds: String(error.retryAfterSeconds) });
}
