import type { Id, Page } from "@play/api/types";
import type { Cue, CueKind, CuePosition, VideoView } from "@play/api/videos";
import { callFor } from "@play/api/work";

export function listVideos(brandId: Id, cursor: string | null): Promise<Page<VideoView>> {
  const query = { cursor, limit: 30 };
  return callFor(brandId, "GET", `/v1/brands/${brandId}/videos`, { query });
}

export function withdrawVideo(brandId: Id, id: Id): Promise<VideoView> {
  return callFor(brandId, "POST", `/v1/videos/${id}/withdraw`);
}

export function deleteVideo(brandId: Id, id: Id): Promise<void> {
  return callFor(brandId, "DELETE", `/v1/videos/${id}`);
}

export interface DraftView {
  videoId: Id;
  revision: number;
  /** What viewers get; 0 for nothing yet. */
  version: number;
  changed: boolean;
  durationMs: number;
  cues: Cue[];
  preRollId: Id | null;
  postRollId: Id | null;
}

export interface CueInput {
  id?: Id;
  at: number;
  until: number;
  kind: CueKind;
  ref: string;
  position: CuePosition;
  text: string;
}

export interface DraftInput {
  revision: number;
  cues: CueInput[];
  preRollId: Id | null;
  postRollId: Id | null;
}

export function readDraft(brandId: Id, id: Id): Promise<DraftView> {
  return callFor(brandId, "GET", `/v1/videos/${id}/timeline/draft`);
}

export function saveDraft(brandId: Id, id: Id, body: DraftInput): Promise<DraftView> {
  return callFor(brandId, "PUT", `/v1/videos/${id}/timeline/draft`, { body });
}

export function publishDraft(brandId: Id, id: Id, revision: number): Promise<DraftView> {
  return callFor(brandId, "POST", `/v1/videos/${id}/timeline/publish`, { body: { revision } });
}

/** A track of captions as its brand sees it. */
export interface CaptionTrack {
  language: string;
  label: string;
  cues: number;
}

export function listCaptions(brandId: Id, id: Id): Promise<Page<CaptionTrack>> {
  return callFor(brandId, "GET", `/v1/videos/${id}/captions`);
}

/** One of the same language is replaced. */
export function putCaptions(
  brandId: Id,
  id: Id,
  body: { language: string; label: string; text: string },
): Promise<CaptionTrack> {
  return callFor(brandId, "POST", `/v1/videos/${id}/captions`, { body });
}

export function deleteCaptions(brandId: Id, id: Id, language: string): Promise<void> {
  return callFor(brandId, "DELETE", `/v1/videos/${id}/captions/${language}`);
}

export interface CueFigures {
  cueId: Id;
  at: number;
  kind: CueKind;
  text: string;
  shown: number;
  tapped: number;
  carts: number;
  collected: number;
  votes: number;
}

export interface Retention {
  impressions: number;
  plays: number;
  viewers: number;
  completed: number;
  averageMs: number;
  /** How many viewers were still there, at moments of the film. */
  points: { at: number; viewers: number }[];
  cues: CueFigures[];
}

export function readRetention(brandId: Id, id: Id): Promise<Retention> {
  return callFor(brandId, "GET", `/v1/videos/${id}/retention`);
}
