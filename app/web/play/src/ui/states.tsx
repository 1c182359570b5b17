import type { ComponentChildren, JSX } from "preact";
import { isGone, Unreachable } from "../api/problems";
import { t } from "../i18n";
import { explain, reference } from "../i18n/errors";
import { Button } from "./button";
import { Scene } from "./scenes";
import type { SceneName } from "./scenes";

interface EmptyProps {
  scene: SceneName;
  title: string;
  hint?: string;
  children?: ComponentChildren;
}

/** What a place says when there is nothing in it, and what to do next. */
export function Empty({ scene, title, hint, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <Scene name={scene} />
      <p class="empty-title">{title}</p>
      {hint ? <p class="empty-hint">{hint}</p> : null}
      {children ? <div class="empty-actions">{children}</div> : null}
    </div>
  );
}

interface LoadFailedProps {
  error: unknown;
  retry: () => void;
}

export function LoadFailed({ error, retry }: LoadFailedProps): JSX.Element {
  const number = reference(error);
  const scene = error instanceof Unreachable ? "cloud" : isGone(error) ? "gone" : "broken";
  return (
    <div role="alert">
      <Empty scene={scene} title={explain(error)} {...(number === null ? {} : { hint: number })}>
        <Button look="action" onClick={retry}>
          {t("act.retry")}
        </Button>
      </Empty>
    </div>
  );
}

/** A screen whose code or first data is on its way. */
export function ScreenWait(): JSX.Element {
  return (
    <div class="screen-wait" role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="hidden-text">{t("list.loading")}</span>
    </div>
  );
}

/** Grey shapes where posts will be. */
export function PostSkeletons({ count = 3 }: { count?: number }): JSX.Element {
  return (
    <div role="status" aria-label={t("feed.loading")} class="skeletons">
      {Array.from({ length: count }, (_, index) => (
        <div class="card post skeleton" key={index} aria-hidden="true">
          <div class="post-head">
            <span class="bone bone-avatar" />
            <span class="bone-lines">
              <span class="bone bone-name" />
              <span class="bone bone-time" />
            </span>
          </div>
          <span class="bone bone-text" />
          <span class="bone bone-text short" />
          <span class={index % 2 === 0 ? "bone bone-picture" : "bone bone-picture low"} />
        </div>
      ))}
    </div>
  );
}

export function RowSkeletons({ count = 6 }: { count?: number }): JSX.Element {
  return (
    <div role="status" aria-label={t("list.loading")} class="row-skeletons">
      {Array.from({ length: count }, (_, index) => (
        <div class="row" key={index} aria-hidden="true">
          <span class="bone bone-avatar" />
          <span class="bone-lines">
            <span class="bone bone-name" />
            <span class="bone bone-time" />
          </span>
        </div>
      ))}
    </div>
  );
}
