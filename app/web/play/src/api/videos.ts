import type { CouponFace, CouponLeft } from "./coupons";
import { call } from "./http";
import type { PollOption, PollState } from "./polls";
import { callFor } from "./work";
import type { Attachment, Id, ImageView, Money, Timestamp } from "./types";

export type VideoState =
  "received" | "inspecting" | "refused" | "waiting" | "transcoding" | "ready" | "failed";
export type Visibility = "draft" | "review" | "published" | "withdrawn" | "taken_down";

export interface VideoProgress {
  percent: number;
  rung: string | null;
  secondsLeft: number | null;
}

export interface Caption {
  language: string;
  label: string;
  url: string;
}

export interface VideoView {
  id: Id;
  ownerId: Id;
  title: string;
  state: VideoState;
  visibility: Visibility;
  refusal: string | null;
  /** A stable word for it; null where an operator wrote it. */
  refusalReason: string | null;
  durationMs: number | null;
  width: number | null;
  height: number | null;
  progress: VideoProgress | null;
  poster: ImageView | null;
  preview: string | null;
  storyboard: string | null;
  hls: string | null;
  dash: string | null;
  captions: Caption[];
  publishedAt: Timestamp | null;
}

/** What a post shows of its video. */
export interface VideoCard extends Attachment {
  type: "video";
  id: Id;
  title: string;
  durationMs: number | null;
  width: number | null;
  height: number | null;
  poster: ImageView | null;
  preview: string | null;
}

export type CueKind = "product" | "packet" | "coupon" | "poll" | "chapter" | "link";
export type CuePosition = "top_left" | "top_right" | "center" | "bottom_left" | "bottom_right";

export interface ProductTarget {
  type: "product";
  id: Id;
  title: string;
  price: Money;
  originalPrice: Money | null;
  image: ImageView | null;
  link: string | null;
  stock: "in_stock" | "low" | "sold_out";
}

export interface PacketTarget {
  type: "packet";
  id: Id;
  title: string;
  form: string;
  total: Money;
  count: number;
  opensAt: Timestamp;
  closesAt: Timestamp;
}

export interface CouponTarget extends CouponFace {
  type: "coupon";
  id: Id;
  left: CouponLeft;
  collectFrom: Timestamp;
  collectUntil: Timestamp;
}

/** What is asked; how the votes stand is read for each viewer. */
export interface PollTarget {
  type: "poll";
  id: Id;
  question: string;
  options: PollOption[];
  results: "always" | "after_vote" | "after_close";
  state: PollState;
  opensAt: Timestamp;
  closesAt: Timestamp;
}

export interface Cue {
  id: Id;
  /** Milliseconds from the film's beginning, whatever roll is shown before. */
  at: number;
  until: number;
  kind: CueKind;
  ref: string | null;
  position: CuePosition;
  text: string;
  target: ProductTarget | PacketTarget | CouponTarget | PollTarget | null;
}

export interface Roll {
  videoId: Id;
  title: string;
  durationMs: number | null;
  hls: string;
}

export interface Timeline {
  videoId: Id;
  version: number;
  durationMs: number | null;
  cues: Cue[];
  preRoll: Roll | null;
  postRoll: Roll | null;
}

/** Everything a player needs to begin. */
export interface PlayView {
  videoId: Id;
  version: string;
  title: string;
  state: VideoState;
  visibility: Visibility;
  durationMs: number;
  width: number;
  height: number;
  /** False while the film is still being made: the playlist grows. */
  complete: boolean;
  hls: string;
  timeline: Timeline;
  poster: ImageView | null;
  preview: string | null;
  storyboard: string | null;
  captions: Caption[];
  /** When the addresses of an unpublished video end. */
  expiresAt: Timestamp | null;
}

export function readPlay(id: Id, version?: string): Promise<PlayView> {
  return readPlayFor(null, id, version);
}

/** As who works for the brand: also what is not published. */
export function readPlayFor(brandId: Id | null, id: Id, version?: string): Promise<PlayView> {
  return callFor(brandId, "GET", `/v1/videos/${id}/play`, { query: { version } });
}

/** `brandId`: for whom one works; null for a shopper's own. */
export function readVideo(id: Id, brandId: Id | null): Promise<VideoView> {
  return callFor(brandId, "GET", `/v1/videos/${id}`);
}

export function createVideo(
  body: { uploadId: Id; title: string },
  brandId: Id | null,
): Promise<VideoView> {
  return callFor(brandId, "POST", "/v1/videos", { body });
}

/** A shopper's video waits for review first; the answer says so. */
export function publishVideo(id: Id, brandId: Id | null): Promise<VideoView> {
  return callFor(brandId, "POST", `/v1/videos/${id}/publish`);
}

export type WatchKind =
  | "impression"
  | "play"
  | "progress"
  | "quartile"
  | "complete"
  | "cue_shown"
  | "cue_tapped"
  | "add_to_cart"
  | "collect"
  | "vote";

export interface WatchEvent {
  videoId: Id;
  /** One viewing: from the moment a video is on the screen until the next one is. */
  session: string;
  kind: WatchKind;
  /** Milliseconds of the film itself. */
  position: number;
  at: Timestamp;
  quartile?: 25 | 50 | 75 | 100;
  cueId?: Id;
  productId?: Id;
}

export function sendWatchEvents(events: WatchEvent[]): Promise<void> {
  return call("POST", "/v1/videos/events", { body: { events }, keepalive: true });
}
