/** Uploads with progress, which fetch cannot tell, so XMLHttpRequest does. */

import { withToken } from "./http";
import { Problem, problemFrom, Unreachable } from "./problems";
import type { ImageView } from "./types";

/** What the server takes; a phone that has HEIC converts it when HEIC is not in the list. */
export const pictureTypes = "image/jpeg,image/png,image/webp,image/avif,image/gif";
const bytesMax = 20 * 1024 * 1024;

export interface Upload {
  done: Promise<ImageView>;
  cancel(): void;
}

/** `progress` is called with a share between 0 and 1. A cancelled upload rejects as Unreachable. */
export function uploadImage(file: Blob, name: string, progress: (share: number) => void): Upload {
  if (file.size > bytesMax) {
    const refused = Promise.reject(new Problem(413, { code: "picture_too_large" }));
    return { done: refused, cancel: () => undefined };
  }
  let current: XMLHttpRequest | null = null;
  let cancelled = false;
  const attempt = (token: string | null) => {
    if (cancelled) return Promise.reject(new Unreachable("cancelled"));
    current = new XMLHttpRequest();
    return sendFile(current, file, name, token, progress);
  };
  return {
    done: withToken(attempt),
    cancel() {
      cancelled = true;
      current?.abort();
    },
  };
}

function sendFile(
  request: XMLHttpRequest,
  file: Blob,
  name: string,
  token: string | null,
  progress: (share: number) => void,
): Promise<ImageView> {
  return new Promise((resolve, reject) => {
    request.open("POST", "/v1/images");
    if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 201 || request.status === 200) {
        resolve(JSON.parse(request.responseText) as ImageView);
      } else {
        const wait = request.getResponseHeader("Retry-After");
        reject(problemFrom(request.status, request.responseText, wait));
      }
    };
    request.onerror = () => reject(new Unreachable("no answer"));
    request.onabort = () => reject(new Unreachable("cancelled"));
    const form = new FormData();
    form.set("file", file, name);
    request.send(form);
  });
}
