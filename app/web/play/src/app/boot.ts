import { syncClock } from "../api/http";
import { forgetWork } from "../api/work";
import { followLocale } from "../i18n";
import { startRealtime } from "../realtime";
import { startFeed } from "../store/feed";
import { forgetFollows } from "../store/follows";
import { startIntents } from "../store/intentsWired";
import { startManaged } from "../store/managed";
import { startNotes } from "../store/notes";
import { forgetAllLists } from "../store/paged";
import { forgetPosts } from "../store/posts";
import { startPackets } from "../store/packets";
import { me, onSignOut, refreshMe } from "../store/session";
import { followTheme } from "../store/theme";
import { refreshUnread, startUnread } from "../store/unread";
import { startWatching } from "../store/watching";
import { startViews } from "../store/views";
import { startNetwork } from "../store/network";
import { startInstalled } from "./installed";
import { preloadScreens } from "./lazy";
import { startRouter } from "./router";

/** Starts everything that lives as long as the page. */
export function boot(): void {
  startRouter();
  followLocale();
  followTheme();
  startFeed();
  startNotes();
  startUnread();
  onSignOut(() => {
    forgetAllLists();
    forgetPosts();
    forgetFollows();
    forgetWork();
  });
  startIntents();
  startManaged();
  startPackets();
  startViews();
  startWatching();
  startNetwork();
  startRealtime();
  startInstalled();
  preloadScreens();
  void syncClock().catch(() => undefined);
  void refreshMe();
  if (me.value !== null) void refreshUnread();
}
