import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link } from "@play/app/link";
import { match } from "@play/app/match";
import { place } from "@play/app/router";
import { chooseLocale, locale, t as tPlay } from "@play/i18n";
import { SignInScreen } from "@play/screens/signin/screen";
import { me, signedIn } from "@play/store/session";
import { chooseTheme } from "@play/store/theme";
import { Questions } from "@play/ui/confirm";
import { Icon } from "@play/ui/icons";
import { LoadFailed, ScreenWait } from "@play/ui/states";
import { Toasts } from "@play/ui/toasts";
import { t } from "./i18n";
import { FiguresScreen } from "./screens/figures";
import { StudioScreen } from "./screens/studio";
import { VideosScreen } from "./screens/videos";
import { Workplaces } from "./screens/workplaces";
import { chooseWorkplace, loadWorkplaces, workError, workplace, workplaces } from "./work";

export function App(): JSX.Element {
  if (!signedIn.value) {
    return (
      <main class="console-door">
        <SignInScreen inPlace />
        <Toasts />
      </main>
    );
  }
  return <Inside />;
}

function Inside(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { path } = place.value;
  const first = useRef(true);
  useEffect(() => void loadWorkplaces(), [me.value?.id]);
  useEffect(() => {
    if (!first.current) main.current?.querySelector<HTMLElement>("h1")?.focus();
    first.current = false;
  }, [path]);
  return (
    <div class="console">
      <a class="skip" href="#main">
        {t("app.skip")}
      </a>
      <Rail />
      <main id="main" ref={main} tabIndex={-1}>
        <Screen path={path} />
      </main>
      <Questions />
      <Toasts />
    </div>
  );
}

function Screen({ path }: { path: string }): JSX.Element {
  if (workError.value !== null) {
    return <LoadFailed error={workError.value} retry={() => void loadWorkplaces()} />;
  }
  if (workplaces.value === null) return <ScreenWait />;
  const brand = workplace.value;
  if (brand === null) return <Workplaces all={workplaces.value} />;
  const studio = match("/console/videos/:id", path);
  const figures = match("/console/videos/:id/figures", path);
  if (studio) {
    return <StudioScreen key={studio.id} brandId={brand.brandId} id={studio.id ?? ""} />;
  }
  if (figures) {
    return <FiguresScreen key={figures.id} brandId={brand.brandId} id={figures.id ?? ""} />;
  }
  return <VideosScreen key={brand.brandId} brandId={brand.brandId} />;
}

function Rail(): JSX.Element {
  const brand = workplace.value;
  const several = (workplaces.value?.length ?? 0) > 1;
  return (
    <nav class="rail-nav" aria-label={t("nav.main")}>
      <Link to="/console" class="rail-brand" aria-label={t("app.name")}>
        <img src="/icons/icon.svg" width="36" height="36" alt="" />
        <span>{tPlay("app.name")}</span>
      </Link>
      {brand === null ? null : (
        <button
          type="button"
          class="rail-work"
          disabled={!several}
          title={several ? t("work.change") : undefined}
          onClick={() => chooseWorkplace(null)}
        >
          <strong>{brand.brandName ?? brand.brandId}</strong>
          <span>{roleWord(brand.role)}</span>
        </button>
      )}
      <Link to="/console" class="rail-way" aria-current="page">
        <Icon name="film" />
        <span>{t("nav.videos")}</span>
      </Link>
      <span class="rail-space" />
      <a href="/" class="rail-way" target="_blank" rel="noopener">
        <Icon name="phone" />
        <span>{t("nav.shop")}</span>
      </a>
      <Looks />
    </nav>
  );
}

function Looks(): JSX.Element {
  const dark =
    document.documentElement.dataset.theme === "dark" ||
    (document.documentElement.dataset.theme === undefined &&
      window.matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <div class="rail-looks">
      <button
        type="button"
        class="rail-way"
        onClick={() => chooseTheme(dark ? "light" : "dark")}
      >
        <Icon name="sun" />
        <span>{t(dark ? "nav.light" : "nav.dark")}</span>
      </button>
      <button
        type="button"
        class="rail-way"
        lang={locale.value === "en" ? "zh-CN" : "en"}
        onClick={() => chooseLocale(locale.value === "en" ? "zh-CN" : "en")}
      >
        <Icon name="globe" />
        <span>{t("nav.language")}</span>
      </button>
    </div>
  );
}

export function roleWord(role: string): string {
  const known = ["owner", "operations", "finance"] as const;
  const found = known.find((each) => each === role);
  return t(`work.role.${found ?? "viewer"}`);
}
