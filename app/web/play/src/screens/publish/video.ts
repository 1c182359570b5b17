/** The video of a post being written: chosen, on its way, being prepared, ready or refused. */

import { signal } from "@preact/signals";
import { withToken } from "../../api/http";
import { Problem, Unreachable } from "../../api/problems";
import { browserDoors, uploadFile } from "../../api/tus";
import type { Uploading } from "../../api/tus";
import type { Id } from "../../api/types";
import { createVideo, publishVideo, readVideo } from "../../api/videos";
import type { VideoView } from "../../api/videos";
import { withWork } from "../../api/work";
import { explain } from "../../i18n/errors";

/** What phones and editors write; the server looks at the bytes, not at the name. */
export const videoTypes = "video/mp4,video/quicktime,video/webm,video/x-matroska,.mov,.mkv";
const titleMax = 80;
const lookEveryMs = 2_000;

export interface KeptVideo {
  id: Id;
  brandId: Id | null;
}

const working = new Set(["received", "inspecting", "waiting", "transcoding"]);

export class PickedVideo {
  readonly file = signal<File | null>(null);
  /** Of the upload, between 0 and 1. */
  readonly progress = signal(0);
  readonly stalled = signal(false);
  readonly view = signal<VideoView | null>(null);
  readonly failure = signal<string | null>(null);

  private upload: Uploading | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private round = 0;
  private brandId: Id | null = null;

  /** Called whenever something worth keeping has changed. */
  constructor(private readonly changed: () => void) {}

  get chosen(): boolean {
    return this.file.value !== null || this.view.value !== null;
  }

  /** Something of it can be watched, so a post may carry it. */
  get usable(): boolean {
    const view = this.view.value;
    return view !== null && view.hls !== null && !this.bad;
  }

  get bad(): boolean {
    const state = this.view.value?.state;
    return state === "refused" || state === "failed";
  }

  get kept(): KeptVideo | null {
    const id = this.view.value?.id;
    return id === undefined ? null : { id, brandId: this.brandId };
  }

  /** Begins, or goes on with, the upload of a file, for a brand or the shopper's own. */
  async take(file: File, brandId: Id | null): Promise<void> {
    this.clear();
    const round = ++this.round;
    this.brandId = brandId;
    this.file.value = file;
    const doors = browserDoors((attempt) =>
      brandId === null ? withToken(attempt) : withWork(brandId, attempt),
    );
    this.upload = uploadFile(
      file,
      (share) => (this.progress.value = share),
      (waiting) => (this.stalled.value = waiting),
      doors,
    );
    try {
      const uploadId = await this.upload.done;
      const view = await createVideo({ uploadId, title: titleOf(file.name) }, brandId);
      if (round !== this.round) return;
      this.view.value = view;
      this.changed();
      this.look(round);
    } catch (error) {
      if (round === this.round) this.failure.value = explainUpload(error);
    }
  }

  retry(): void {
    const file = this.file.value;
    if (file !== null) void this.take(file, this.brandId);
  }

  /** One that the server has already. */
  async restore(kept: KeptVideo): Promise<void> {
    const round = ++this.round;
    this.brandId = kept.brandId;
    try {
      this.view.value = await readVideo(kept.id, kept.brandId);
      this.look(round);
    } catch (error) {
      if (error instanceof Unreachable) this.again(round);
    }
  }

  /** Asks for publication: true when everybody may see it now, false when it is looked at first. */
  async publish(): Promise<boolean> {
    const view = this.view.value;
    if (view === null || view.visibility === "published") return true;
    if (view.visibility === "review") return false;
    this.view.value = await publishVideo(view.id, this.brandId);
    return this.view.value.visibility === "published";
  }

  clear(): void {
    this.round += 1;
    this.upload?.cancel();
    this.upload = null;
    if (this.timer !== null) clearTimeout(this.timer);
    this.file.value = null;
    this.view.value = null;
    this.failure.value = null;
    this.progress.value = 0;
    this.stalled.value = false;
  }

  remove(): void {
    this.clear();
    this.changed();
  }

  /** Follows what the house does with it, until that is over. */
  private look(round: number): void {
    if (working.has(this.view.value?.state ?? "")) this.again(round);
  }

  private again(round: number): void {
    this.timer = setTimeout(() => {
      const kept = this.kept;
      if (round !== this.round || kept === null) return;
      readVideo(kept.id, kept.brandId).then(
        (view) => {
          if (round !== this.round) return;
          this.view.value = view;
          this.look(round);
        },
        () => this.again(round),
      );
    }, lookEveryMs);
  }
}

/** "IMG_2041.MOV" says nothing, but it is what the owner knows the film by. */
export function titleOf(name: string): string {
  const plain = name.replace(/\.[A-Za-z0-9]{1,5}$/, "").trim();
  return [...(plain === "" ? name : plain)].slice(0, titleMax).join("") || "video";
}

function explainUpload(error: unknown): string {
  const detail = error instanceof Problem && error.status === 413 ? error.message : null;
  return detail ?? explain(error);
}
