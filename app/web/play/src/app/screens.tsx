import type { JSX } from "preact";
import { AccountScreen } from "../screens/account/screen";
import { DiscoverScreen } from "../screens/discover/screen";
import { FeedScreen } from "../screens/feed/screen";
import { NotFound } from "../screens/feed/notFound";
import { NotificationsScreen } from "../screens/notifications/screen";
import { PostScreen } from "../screens/post/screen";
import { signedIn } from "../store/session";
import { lazy } from "./lazy";
import { match } from "./match";

type Params = Record<string, string>;

interface Route {
  pattern: string;
  /** Without a session the sign-in screen is shown instead. */
  personal?: boolean;
  show: (params: Params) => JSX.Element;
}

const SignIn = lazy<{ inPlace?: boolean }>(
  async () => (await import("../screens/signin/screen")).SignInScreen,
);
const Publish = lazy(async () => (await import("../screens/publish/screen")).PublishScreen);
const EditPost = lazy<{ id: string }>(
  async () => (await import("../screens/edit/screen")).EditScreen,
);
const History = lazy<{ id: string }>(
  async () => (await import("../screens/edit/history")).HistoryScreen,
);
const People = lazy<{ id: string; side: "followers" | "following" }>(
  async () => (await import("../screens/account/people")).PeopleScreen,
);
const Me = lazy(async () => (await import("../screens/me/screen")).MeScreen);
const EditMe = lazy(async () => (await import("../screens/me/edit")).EditMeScreen);
const MyPosts = lazy(async () => (await import("../screens/me/posts")).MyPostsScreen);
const Settings = lazy(async () => (await import("../screens/me/settings")).SettingsScreen);
const Devices = lazy(async () => (await import("../screens/me/devices")).DevicesScreen);
const Tag = lazy<{ tag: string }>(async () => (await import("../screens/discover/tag")).TagScreen);

const Packets = lazy(async () => (await import("../screens/packets/screen")).PacketsScreen);
const Packet = lazy<{ id: string }>(
  async () => (await import("../screens/packet/screen")).PacketScreen,
);
const Help = lazy<{ id: string }>(async () => (await import("../screens/packet/help")).HelpScreen);
const Rain = lazy<{ id: string }>(async () => (await import("../screens/rain/screen")).RainScreen);
const Watch = lazy(async () => (await import("../screens/watch/screen")).WatchScreen);
const Coupons = lazy(async () => (await import("../screens/coupons/screen")).CouponsScreen);
const Wallet = lazy(async () => (await import("../screens/wallet/screen")).WalletScreen);
const Withdraw = lazy(async () => (await import("../screens/wallet/withdraw")).WithdrawScreen);

const routes: Route[] = [
  { pattern: "/", personal: true, show: () => <FeedScreen /> },
  { pattern: "/discover", show: () => <DiscoverScreen /> },
  { pattern: "/tags/:tag", show: ({ tag = "" }) => <Tag tag={tag} /> },
  { pattern: "/publish", personal: true, show: () => <Publish /> },
  { pattern: "/notifications", personal: true, show: () => <NotificationsScreen /> },
  { pattern: "/me", personal: true, show: () => <Me /> },
  { pattern: "/me/edit", personal: true, show: () => <EditMe /> },
  { pattern: "/me/posts", personal: true, show: () => <MyPosts /> },
  { pattern: "/me/devices", personal: true, show: () => <Devices /> },
  { pattern: "/settings", show: () => <Settings /> },
  { pattern: "/sign-in", show: () => <SignIn /> },
  { pattern: "/posts/:id", show: ({ id = "" }) => <PostScreen id={id} /> },
  { pattern: "/posts/:id/edit", personal: true, show: ({ id = "" }) => <EditPost id={id} /> },
  { pattern: "/posts/:id/history", show: ({ id = "" }) => <History id={id} /> },
  { pattern: "/packets", show: () => <Packets /> },
  { pattern: "/packets/:id", show: ({ id = "" }) => <Packet id={id} /> },
  { pattern: "/packets/:id/help", show: ({ id = "" }) => <Help id={id} /> },
  { pattern: "/packets/:id/rain", personal: true, show: ({ id = "" }) => <Rain id={id} /> },
  { pattern: "/watch", show: () => <Watch /> },
  { pattern: "/coupons", personal: true, show: () => <Coupons /> },
  { pattern: "/wallet", personal: true, show: () => <Wallet /> },
  { pattern: "/wallet/withdraw", personal: true, show: () => <Withdraw /> },
  { pattern: "/accounts/:id", show: ({ id = "" }) => <AccountScreen id={id} /> },
  {
    pattern: "/accounts/:id/followers",
    show: ({ id = "" }) => <People id={id} side="followers" />,
  },
  {
    pattern: "/accounts/:id/following",
    show: ({ id = "" }) => <People id={id} side="following" />,
  },
];

export function screenFor(path: string): JSX.Element {
  for (const route of routes) {
    const params = match(route.pattern, path);
    if (params === null) continue;
    if (route.personal && !signedIn.value) return <SignIn inPlace />;
    return route.show(params);
  }
  return <NotFound />;
}
