/** A post being written or edited. What is typed is kept on the device until it has been sent. */

import { computed, effect, signal } from "@preact/signals";
import type { PostChange } from "../../api/posts";
import { storage } from "../../api/storage";
import type { AccountKind, Id, ImageView, PostDraft, PostKind, PostView } from "../../api/types";
import type { ProductCard } from "../../api/types";
import type { Key } from "../../i18n";
import { characters } from "../../ui/post/text";
import { PickedPictures } from "./pictures";
import { PickedVideo } from "./video";
import type { KeptVideo } from "./video";

export const textMax = 2_000;
export const productsMax = 20;

interface Kept {
  accountId: Id | null;
  text: string;
  kind: PostKind;
  images: ImageView[];
  products: ProductCard[];
  audience: "everyone" | "followers";
  publishAt: string;
  video?: KeptVideo | null;
}

/** The kinds that fit an account, the usual one first. */
export function kindsFor(account: AccountKind): PostKind[] {
  if (account === "shopper")
    return ["pictures", "buyer_show", "order_show", "product_show", "news"];
  if (account === "brand") return ["pictures", "new_arrivals", "product_show", "news"];
  return ["pictures", "news", "product_show"];
}

export class PostForm {
  readonly accountId = signal<Id | null>(null);
  readonly text = signal("");
  readonly kind = signal<PostKind>("pictures");
  readonly products = signal<ProductCard[]>([]);
  readonly audience = signal<"everyone" | "followers">("everyone");
  /** As the browser's field for local date and time has it; empty for "right away". */
  readonly publishAt = signal("");
  readonly repostOf = signal<PostView | null>(null);
  readonly pictures: PickedPictures;
  readonly video: PickedVideo;
  readonly length = computed(() => characters(this.text.value));

  /** The post that is edited has a film already, which an edit leaves as it is. */
  private carriesVideo = false;
  private stopKeeping: (() => void) | null = null;
  private keepNow: () => void = () => undefined;

  constructor() {
    this.pictures = new PickedPictures(() => this.keepNow());
    this.video = new PickedVideo(() => this.keepNow());
  }

  get empty(): boolean {
    const nothing = this.text.value.trim() === "" && this.pictures.items.value.length === 0;
    const plain = nothing && !this.video.chosen && this.products.value.length === 0;
    return plain && this.repostOf.value === null;
  }

  /** Restores what was kept under the name and keeps every change. True if there was something. */
  keepAs(name: string): boolean {
    const kept = storage.read<Kept>(name);
    if (kept !== null) this.take(kept);
    const write = () => storage.write(name, this.empty ? null : this.kept());
    this.keepNow = write;
    this.stopKeeping = effect(write);
    return kept !== null;
  }

  /** Stops keeping; `forget` also removes what was kept, because it was sent or discarded. */
  stop(name: string | null, forget: boolean): void {
    this.stopKeeping?.();
    this.keepNow = () => undefined;
    if (forget && name !== null) storage.write(name, null);
    this.pictures.clear();
    this.video.clear();
  }

  fill(post: PostView, publishAt: string | null): void {
    this.accountId.value = post.account.id;
    this.text.value = post.text;
    this.kind.value = post.kind;
    this.products.value = post.products;
    this.audience.value = post.audience.kind === "followers" ? "followers" : "everyone";
    this.publishAt.value = publishAt === null ? "" : toLocalField(publishAt);
    this.repostOf.value = post.repostOf;
    this.carriesVideo = post.attachment?.type === "video";
    this.pictures.restore(post.pictures);
  }

  /** What keeps the post from being sent, as a sentence's key; null when nothing does. */
  objection(nowMs: number, asDraft: boolean): Key | null {
    if (this.pictures.uploading) return "publish.uploading";
    if (this.pictures.failed) return "publish.hasFailed";
    if (this.video.bad || this.video.failure.value !== null) return "upload.bad";
    if (this.video.chosen && !this.video.usable) return "upload.wait";
    if (this.empty) return "publish.needContent";
    if (asDraft || this.kind.value === "repost") return null;
    const film = this.video.chosen || this.carriesVideo;
    const pictures = this.pictures.images.length + (film ? 1 : 0);
    if (["pictures", "buyer_show", "order_show"].includes(this.kind.value) && pictures === 0) {
      return "publish.needPicture";
    }
    const shows = ["new_arrivals", "product_show"].includes(this.kind.value);
    if (shows && this.products.value.length === 0) return "publish.needProduct";
    if (this.kind.value === "news" && this.text.value.trim() === "") return "publish.needText";
    const at = this.publishAt.value;
    if (at !== "" && new Date(at).getTime() <= nowMs) return "publish.pastTime";
    return null;
  }

  body(asDraft: boolean): PostDraft {
    const at = this.publishAt.value;
    const videoId = this.video.kept?.id;
    return {
      kind: this.kind.value,
      audience: { kind: this.audience.value },
      ...this.content(),
      ...(this.accountId.value === null ? {} : { accountId: this.accountId.value }),
      ...(videoId === undefined ? {} : { attachment: { type: "video", videoId } as const }),
      ...(this.repostOf.value === null ? {} : { repostOfId: this.repostOf.value.id }),
      ...(at === "" || asDraft ? {} : { publishAt: new Date(at).toISOString() }),
      ...(asDraft ? { draft: true } : {}),
    };
  }

  /** What an edit sends; who may see it and when can change only before publication. */
  change(published: boolean): PostChange {
    if (published) return this.content();
    const at = this.publishAt.value;
    return {
      ...this.content(),
      audience: { kind: this.audience.value },
      publishAt: at === "" ? null : new Date(at).toISOString(),
    };
  }

  private content() {
    return {
      text: this.text.value.trim(),
      pictureIds: this.pictures.images.map((image) => image.id),
      productIds: this.products.value.map((product) => product.id),
    };
  }

  private kept(): Kept {
    return {
      accountId: this.accountId.value,
      text: this.text.value,
      kind: this.kind.value,
      images: this.pictures.images,
      products: this.products.value,
      audience: this.audience.value,
      publishAt: this.publishAt.value,
      video: this.video.kept,
    };
  }

  private take(kept: Kept): void {
    this.accountId.value = kept.accountId;
    this.text.value = kept.text;
    this.kind.value = kept.kind;
    this.products.value = kept.products;
    this.audience.value = kept.audience;
    this.publishAt.value = kept.publishAt;
    this.pictures.restore(kept.images);
    if (kept.video) void this.video.restore(kept.video);
  }
}

/** "2024-11-20T18:30" in this device's time zone. */
export function toLocalField(time: string | number): string {
  const at = new Date(time);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
