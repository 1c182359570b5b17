import { Problem, SignedOut, Unreachable } from "../api/problems";
import { t } from ".";
import type { Key } from ".";

/** Sentences for the codes that deserve their own; all others are explained by their status. */
const byCode: Record<string, Key> = {
  code_invalid: "error.codeWrong",
  code_wrong: "error.codeWrong",
  code_expired: "error.codeExpired",
  phone_invalid: "error.phoneInvalid",
  image_invalid: "error.imageBad",
  image_unsupported: "error.imageBad",
  image_too_large: "error.tooLarge",
  blocked: "error.blocked",
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

/** The number by which support finds the request in the logs; only for faults of the server. */
export function reference(error: unknown): string | null {
  if (!(error instanceof Problem) || error.status < 500 || error.requestId === null) return null;
  return t("error.request", { id: error.requestId });
}

function explainHaste(error: Problem): string {
  if (error.retryAfterSeconds === null) return t("error.tooManySoon");
  return t("error.tooMany", { seconds: String(error.retryAfterSeconds) });
}
