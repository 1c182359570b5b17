import type { JSX } from "preact";
import { t } from "../i18n";
import { feed } from "../store/feed";
import { online } from "../store/network";
import { me, signedIn } from "../store/session";
import { unread } from "../store/unread";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icons";
import type { IconName } from "../ui/icons";
import { Link } from "./link";
import { place } from "./router";

const badgeMax = 99;
/** Screens with their own bar at the bottom edge, where the tabs would be in the way. */
const withoutTabs = [
  /^\/posts\/[^/]+/,
  /^\/publish$/,
  /^\/sign-in$/,
  /^\/me\/edit$/,
  /^\/packets\/[^/]+\/rain$/,
  /^\/watch$/,
];

export function TabBar(): JSX.Element | null {
  const { path } = place.value;
  const covered = withoutTabs.some((pattern) => pattern.test(path));
  const looks = `tabs${covered ? " covered" : ""}${welcome(path) ? " welcome" : ""}`;
  const n = unread.value;
  return (
    <nav class={looks} aria-label={t("tab.main")}>
      <Link to="/" class="tabs-brand" tabIndex={-1} aria-hidden="true">
        <img src="/icons/icon.svg" width="32" height="32" alt="" />
        <span>{t("app.name")}</span>
      </Link>
      <Tab to="/" icon="home" label={t("tab.feed")} again={backToTop} />
      <Tab to="/discover" icon="compass" label={t("tab.discover")} />
      <Link to="/publish" class="tab-publish" aria-label={t("tab.publish")}>
        <span class="tab-plus">
          <Icon name="plus" size={26} />
        </span>
        <span class="tab-word">{t("tab.publish")}</span>
      </Link>
      <Tab
        to="/notifications"
        icon="bell"
        label={t("tab.notifications")}
        name={n > 0 ? t("tab.notificationsUnread", { n }) : t("tab.notifications")}
        badge={n > badgeMax ? `${badgeMax}+` : n > 0 ? String(n) : null}
      />
      <Tab to="/me" icon="person" label={t("tab.me")} face={me.value !== null} />
    </nav>
  );
}

/** The first screen of somebody who is not signed in has no tabs but its own way on. */
function welcome(path: string): boolean {
  return !signedIn.value && ["/", "/notifications", "/me", "/sign-in"].includes(path);
}

interface TabProps {
  to: string;
  icon: IconName;
  label: string;
  name?: string;
  badge?: string | null;
  face?: boolean;
  /** A tap on the tab one is already on. */
  again?: () => void;
}

function Tab({ to, icon, label, name, badge, face, again }: TabProps): JSX.Element {
  const current = place.value.path === to;
  const own = me.value;
  return (
    <Link
      to={to}
      class={current ? "tab current" : "tab"}
      aria-label={name ?? label}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        if (!current) return;
        event.preventDefault();
        again?.();
      }}
    >
      <span class="tab-icon">
        {face && own?.avatar ? (
          <Avatar account={own} size={24} />
        ) : (
          <Icon name={icon} filled={current && icon !== "compass"} />
        )}
        {badge ? <span class="tab-badge">{badge}</span> : null}
      </span>
      <span class="tab-word">{label}</span>
    </Link>
  );
}

function backToTop(): void {
  if (window.scrollY > 0) window.scrollTo({ top: 0, behavior: "smooth" });
  else void feed.refresh();
}

export function OfflineBar(): JSX.Element {
  return (
    <div role="status" class="offline-bar">
      {online.value ? null : (
        <>
          <Icon name="cloudOff" size={18} />
          {t("app.offline")}
        </>
      )}
    </div>
  );
}
