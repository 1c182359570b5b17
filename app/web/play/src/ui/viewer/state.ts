import { signal } from "@preact/signals";
import type { ImageView } from "../../api/types";

export interface Viewing {
  pictures: ImageView[];
  index: number;
}

export const viewing = signal<Viewing | null>(null);

export function openViewer(pictures: ImageView[], index: number): void {
  viewing.value = { pictures, index };
}
