/** Resumable uploads (tus 1.0): bytes the server has are never sent twice, across broken
 * connections and closed pages. */

import { Problem, problemFrom, Unreachable } from "./problems";
import { storage } from "./storage";
import type { Id } from "./types";

/** Small enough that a token outlives a piece on a slow connection. */
export const pieceBytes = 4 * 1024 * 1024;
const path = "/v1/uploads";
const keptKey = "carnival.uploads";
const keptMax = 20;
const failuresMax = 24;
const waitsMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export interface Sent {
  status: number;
  text: string;
  header(name: string): string | null;
}

export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Blob | null;
  progress: (bytes: number) => void;
  cancelled: AbortSignal;
}

export interface TusDoors {
  /** Rejects as Unreachable when no answer came. */
  send(request: Request): Promise<Sent>;
  wait(ms: number, cancelled: AbortSignal): Promise<void>;
}

export interface Uploading {
  /** The id of the finished upload. A cancelled one rejects as Unreachable. */
  done: Promise<Id>;
  cancel(): void;
}

/** Sends the file, or what is missing of it. `progress` is called with a share between 0 and 1,
 * `stalled` while the connection is away and the next attempt waits. */
export function uploadFile(
  file: File,
  progress: (share: number) => void,
  stalled: (waiting: boolean) => void,
  doors: TusDoors,
): Uploading {
  const stop = new AbortController();
  const done = run(file, progress, stalled, doors, stop.signal);
  return { done, cancel: () => stop.abort() };
}

async function run(
  file: File,
  progress: (share: number) => void,
  stalled: (waiting: boolean) => void,
  doors: TusDoors,
  cancelled: AbortSignal,
): Promise<Id> {
  const name = fingerprint(file);
  let failures = 0;
  let furthest = 0;
  for (;;) {
    try {
      const url = await where(name, file, doors, cancelled);
      await sendRest(url, file, doors, cancelled, (bytes) => {
        if (bytes > furthest) failures = 0;
        furthest = Math.max(furthest, bytes);
        progress(file.size === 0 ? 1 : bytes / file.size);
        stalled(false);
      });
      forget(name);
      return url.replace(/\/$/, "").split("/").pop() ?? "";
    } catch (error) {
      if (cancelled.aborted || !mayGoOn(error) || failures >= failuresMax) throw error;
      stalled(true);
      await doors.wait(waitsMs[Math.min(failures, waitsMs.length - 1)] ?? 0, cancelled);
      failures += 1;
    }
  }
}

/** The address of the upload: one begun before, if the server still has it, or a new one. */
async function where(
  name: string,
  file: File,
  doors: TusDoors,
  cancelled: AbortSignal,
): Promise<string> {
  const known = kept()[name];
  if (known !== undefined) return known;
  const answer = await doors.send({
    method: "POST",
    url: path,
    headers: {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": String(file.size),
      "Upload-Metadata": `filename ${base64(file.name)},filetype ${base64(file.type)}`,
    },
    body: null,
    progress: () => undefined,
    cancelled,
  });
  const location = answer.status === 201 ? answer.header("Location") : null;
  if (location === null) throw refusal(answer);
  const url = new URL(location, "http://same/" + path).pathname;
  keep(name, url);
  return url;
}

async function sendRest(
  url: string,
  file: File,
  doors: TusDoors,
  cancelled: AbortSignal,
  progress: (bytes: number) => void,
): Promise<void> {
  let offset = await offsetOf(url, file, doors, cancelled);
  progress(offset);
  while (offset < file.size) {
    const begin = offset;
    const answer = await doors.send({
      method: "PATCH",
      url,
      headers: {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": String(begin),
        "Content-Type": "application/offset+octet-stream",
      },
      body: file.slice(begin, begin + pieceBytes),
      progress: (bytes) => progress(begin + bytes),
      cancelled,
    });
    if (answer.status !== 204 && answer.status !== 200) throw refusal(answer);
    offset = Number(answer.header("Upload-Offset"));
    if (!(offset > begin)) throw new Unreachable("no progress");
    progress(offset);
  }
}

/** How much the server has. An upload it no longer knows is forgotten, and begun again. */
async function offsetOf(
  url: string,
  file: File,
  doors: TusDoors,
  cancelled: AbortSignal,
): Promise<number> {
  const headers = { "Tus-Resumable": "1.0.0" };
  const ask = { method: "HEAD", url, headers, body: null, progress: () => undefined, cancelled };
  const answer = await doors.send(ask);
  if (answer.status === 404 || answer.status === 410) {
    forget(fingerprint(file));
    throw new Unreachable("upload expired");
  }
  if (answer.status >= 300) throw refusal(answer);
  return Number(answer.header("Upload-Offset"));
}

/** The network, an overload, another sender (423) or an offset that moved (409): ask again. */
function mayGoOn(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  if (!(error instanceof Problem)) return false;
  return error.status >= 500 || [408, 409, 423, 425, 429].includes(error.status);
}

function refusal(answer: Sent): Problem {
  return problemFrom(answer.status, answer.text, answer.header("Retry-After"));
}

/** The same file, chosen again, is told by its name, size and time of change. */
export function fingerprint(file: File): string {
  return [file.name, file.size, file.lastModified, file.type].join("|");
}

function kept(): Record<string, string> {
  return storage.read<Record<string, string>>(keptKey) ?? {};
}

function keep(name: string, url: string): void {
  const entries = Object.entries(kept()).filter(([each]) => each !== name);
  storage.write(keptKey, Object.fromEntries([...entries.slice(1 - keptMax), [name, url]]));
}

function forget(name: string): void {
  const entries = Object.entries(kept()).filter(([each]) => each !== name);
  storage.write(keptKey, Object.fromEntries(entries));
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** The doors of a browser; `withToken` runs an attempt, and another after a 401. */
export function browserDoors(
  withToken: <T>(attempt: (token: string | null) => Promise<T>) => Promise<T>,
): TusDoors {
  return {
    wait,
    send: (request) =>
      withToken(async (token) => {
        const answer = await once(request, token);
        if (answer.status === 401) throw refusal(answer);
        return answer;
      }),
  };
}

function wait(ms: number, cancelled: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const go = () => {
      clearTimeout(timer);
      resolve();
    };
    window.addEventListener("online", go, { once: true });
    cancelled.addEventListener("abort", () => reject(new Unreachable("cancelled")), { once: true });
  });
}

function once(wanted: Request, token: string | null): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(wanted.method, wanted.url);
    for (const [name, value] of Object.entries(wanted.headers)) {
      request.setRequestHeader(name, value);
    }
    if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = (event) => wanted.progress(event.loaded);
    request.onload = () =>
      resolve({
        status: request.status,
        text: wanted.method === "HEAD" ? "" : request.responseText,
        header: (name) => request.getResponseHeader(name),
      });
    request.onerror = () => reject(new Unreachable("no answer"));
    request.onabort = () => reject(new Unreachable("cancelled"));
    if (wanted.cancelled.aborted) return reject(new Unreachable("cancelled"));
    wanted.cancelled.addEventListener("abort", () => request.abort(), { once: true });
    request.send(wanted.body);
    return undefined;
  });
}
