/** The shapes of the HTTP contract. Ids are 64-bit numbers as strings, times RFC 3339 in UTC. */

export type Id = string;
export type Timestamp = string;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface ImageView {
  id: Id;
  width: number;
  height: number;
  color: string;
  placeholder: string;
  base: string;
  widths: number[];
  formats: string[];
}

export type AccountKind = "brand" | "expert" | "media" | "institution" | "shopper";

export interface AccountCard {
  id: Id;
  kind: AccountKind;
  name: string;
  avatar: ImageView | null;
  verified: boolean;
}

export interface AccountRelation {
  following: boolean;
  muted: boolean;
  blocked: boolean;
  isSelf: boolean;
  canManage: boolean;
}

/** A card in a list of accounts, where the server adds what the viewer is to it. */
export interface ListedAccount extends AccountCard {
  bio?: string;
  viewer?: Partial<AccountRelation>;
  counts?: Partial<AccountCounts>;
}

export interface AccountCounts {
  followers: number;
  following: number;
  posts: number;
}

export interface AccountView extends AccountCard {
  bio: string;
  cover: ImageView | null;
  counts: AccountCounts;
  viewer: AccountRelation;
}

export interface Money {
  amountMinor: number;
  currency: string;
}

export interface ProductCard {
  id: Id;
  brandId: Id;
  title: string;
  price: Money;
  originalPrice: Money | null;
  image: ImageView | null;
  link: string | null;
  stock: "in_stock" | "low" | "sold_out";
}

export type PostKind =
  "pictures" | "news" | "new_arrivals" | "product_show" | "buyer_show" | "order_show" | "repost";

/** A tagged union that grows on the server first; the client draws what it knows. */
export interface Attachment {
  type: string;
}

export interface PostView {
  id: Id;
  kind: PostKind;
  account: AccountCard;
  text: string;
  hashtags: string[];
  pictures: ImageView[];
  products: ProductCard[];
  repostOf: PostView | null;
  attachment: Attachment | null;
  audience: { kind: "everyone" | "followers" | "selected" };
  publishedAt: Timestamp | null;
  editedAt: Timestamp | null;
  version: number;
}

export interface PostCounts {
  likes: number;
  comments: number;
  shares: number;
  views: number;
}

export interface FeedItem {
  post: PostView;
  counts: PostCounts;
  viewer: { liked: boolean; following: boolean };
  pinned?: boolean;
}

export interface FeedPage extends Page<FeedItem> {
  head: string;
  source: "following" | "suggested";
}

export type PostStatus = "draft" | "scheduled" | "published" | "withdrawn";

export interface ManagedPost {
  post: PostView;
  status: PostStatus;
  publishAt: Timestamp | null;
  pinned: boolean;
}

export interface PostDraft {
  accountId?: Id;
  kind: PostKind;
  text: string;
  pictureIds: Id[];
  productIds: Id[];
  repostOfId?: Id;
  attachment?: { type: "video"; videoId: Id };
  audience?: { kind: "everyone" | "followers" };
  publishAt?: Timestamp;
  draft?: boolean;
}

export interface PostVersion {
  version: number;
  text: string;
  editedAt: Timestamp;
}

export interface CommentView {
  id: Id;
  postId: Id;
  author: AccountCard;
  text: string;
  createdAt: Timestamp;
  parentId: Id | null;
  replyTo: AccountCard | null;
  replyCount: number;
  replies: CommentView[];
  isPostAuthor: boolean;
  hidden: boolean;
  viewer: { canDelete: boolean; canHide: boolean };
}

export interface NotificationView {
  id: Id;
  kind: "comment" | "reply" | "follow" | "like";
  actor: AccountCard;
  postId: Id | null;
  commentId: Id | null;
  excerpt: string;
  createdAt: Timestamp;
  read: boolean;
}

export interface Me {
  id: Id;
  name: string;
  phoneMasked: string;
  avatar: ImageView | null;
  bio: string;
  locale: "zh-CN" | "en" | null;
  accountId: Id;
}

export interface Device {
  id: Id;
  deviceName: string;
  createdAt: Timestamp;
  lastSeenAt: Timestamp;
  current: boolean;
}

export interface TokenPair {
  accessToken: string;
  accessExpiresAt: Timestamp;
  refreshToken: string;
}

export type ReportReason = "spam" | "abuse" | "fake" | "illegal" | "other";
export type ShareChannel = "link" | "wechat" | "weibo" | "qr";
