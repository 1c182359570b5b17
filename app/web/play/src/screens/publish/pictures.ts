/** The pictures of a post being written: chosen, uploading, ready or failed. */

import { signal } from "@preact/signals";
import { uploadImage } from "../../api/images";
import type { Upload } from "../../api/images";
import type { ImageView } from "../../api/types";
import { explain } from "../../i18n/errors";
import { complain } from "../../store/toasts";
import { moved } from "./order";

export const picturesMax = 9;
const uploadsAtOnce = 2;

export interface Picked {
  key: string;
  /** Null for a picture that was restored after its upload. */
  file: File | null;
  /** A local address to show before the server has the picture. */
  preview: string | null;
  image: ImageView | null;
  /** Between 0 and 1. */
  progress: number;
  failure: string | null;
}

export class PickedPictures {
  readonly items = signal<Picked[]>([]);
  private readonly uploads = new Map<string, Upload>();
  private lastKey = 0;

  /** Called whenever something worth keeping has changed. */
  constructor(private readonly changed: () => void) {}

  /** Takes files up to the limit and starts uploading; answers how many were left out. */
  add(files: readonly File[]): number {
    const room = picturesMax - this.items.value.length;
    const taken = files.slice(0, Math.max(0, room)).map((file) => ({
      key: this.newKey(),
      file,
      preview: URL.createObjectURL(file),
      image: null,
      progress: 0,
      failure: null,
    }));
    this.items.value = [...this.items.value, ...taken];
    this.pump();
    return files.length - taken.length;
  }

  /** Shows pictures the server already has. */
  restore(images: ImageView[]): void {
    this.clear();
    this.items.value = images.map((image) => ({
      key: this.newKey(),
      file: null,
      preview: null,
      image,
      progress: 1,
      failure: null,
    }));
  }

  remove(key: string): void {
    const item = this.items.value.find((each) => each.key === key);
    this.uploads.get(key)?.cancel();
    this.uploads.delete(key);
    if (item?.preview) URL.revokeObjectURL(item.preview);
    this.items.value = this.items.value.filter((each) => each.key !== key);
    this.changed();
    this.pump();
  }

  move(from: number, to: number): void {
    this.items.value = moved(this.items.value, from, to);
    this.changed();
  }

  retry(key: string): void {
    this.patch(key, { failure: null, progress: 0 });
    this.pump();
  }

  clear(): void {
    for (const upload of this.uploads.values()) upload.cancel();
    this.uploads.clear();
    for (const item of this.items.value) {
      if (item.preview) URL.revokeObjectURL(item.preview);
    }
    this.items.value = [];
  }

  get uploading(): boolean {
    return this.items.value.some((item) => item.image === null && item.failure === null);
  }

  get failed(): boolean {
    return this.items.value.some((item) => item.failure !== null);
  }

  get images(): ImageView[] {
    return this.items.value.flatMap((item) => (item.image ? [item.image] : []));
  }

  private pump(): void {
    for (const item of this.items.value) {
      if (this.uploads.size >= uploadsAtOnce) return;
      const waiting = item.image === null && item.failure === null && item.file !== null;
      if (waiting && !this.uploads.has(item.key)) void this.upload(item.key, item.file as File);
    }
  }

  private async upload(key: string, file: File): Promise<void> {
    const upload = uploadImage(file, file.name || "picture", (progress) =>
      this.patch(key, { progress }),
    );
    this.uploads.set(key, upload);
    try {
      const image = await upload.done;
      this.patch(key, { image, progress: 1 });
      this.changed();
    } catch (error) {
      this.fail(key, error);
    }
    this.uploads.delete(key);
    this.pump();
  }

  private fail(key: string, error: unknown): void {
    if (!this.items.value.some((item) => item.key === key)) return;
    this.patch(key, { failure: explain(error) });
    complain(explain(error));
  }

  private patch(key: string, change: Partial<Picked>): void {
    this.items.value = this.items.value.map((item) =>
      item.key === key ? { ...item, ...change } : item,
    );
  }

  private newKey(): string {
    this.lastKey += 1;
    return String(this.lastKey);
  }
}
