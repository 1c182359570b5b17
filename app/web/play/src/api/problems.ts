/** What went wrong, as RFC 9457 describes it, or as the network did. */

export interface FieldError {
  pointer: string;
  detail: string;
}

interface ProblemBody {
  code?: string;
  title?: string;
  detail?: string;
  requestId?: string;
  errors?: FieldError[];
}

/** A refusal by the server. `code` is stable; sentences for people come from the dictionary. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: ProblemBody, retryAfterSeconds: number | null = null) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? `http_${status}`;
    this.requestId = body.requestId ?? null;
    this.fields = body.errors ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The first complaint about a field of the request, named by its JSON pointer's last part. */
  field(name: string): string | null {
    const found = this.fields.find((error) => error.pointer.split("/").includes(name));
    return found ? found.detail : null;
  }
}

/** No answer came: off-line, cut off, or timed out. Asking again later is safe for reads. */
export class Unreachable extends Error {}

/** The session is over: signed out elsewhere, expired, or never begun. */
export class SignedOut extends Error {}

/** Whether asking again later may succeed: the network, an overload or a fault of the server. */
export function isTransient(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  if (!(error instanceof Problem)) return false;
  return error.status >= 500 || error.status === 429 || error.status === 408;
}

export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.status === 404 || error.status === 410);
}

/** Reads a failed response into a Problem, whatever its body turns out to be. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => "");
  return problemFrom(response.status, text, response.headers.get("Retry-After"));
}

export function problemFrom(status: number, text: string, retryAfter: string | null): Problem {
  const seconds = Number(retryAfter);
  const wait = retryAfter !== null && Number.isFinite(seconds) ? seconds : null;
  return new Problem(status, parseBody(text), wait);
}

function parseBody(text: string): ProblemBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}
