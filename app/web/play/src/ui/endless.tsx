import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { explain } from "../i18n/errors";
import type { MoreState } from "../store/paged";
import { Button } from "./button";

interface EndlessProps {
  list: { more: { value: MoreState }; error: { value: unknown }; loadMore: () => Promise<void> };
  end?: JSX.Element;
}

const aheadOfEnd = "900px 0px";

/** Loads the next page before the reader reaches the end of this one. */
export function Endless({ list, end }: EndlessProps): JSX.Element {
  const mark = useRef<HTMLDivElement>(null);
  const state = list.more.value;
  useEffect(() => {
    const element = mark.current;
    if (element === null || state !== "idle") return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void list.loadMore();
      },
      { rootMargin: aheadOfEnd },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [list, state]);
  return (
    <div class="endless" ref={mark}>
      {state === "loading" ? (
        <span class="spinner" role="status" aria-label={t("list.loading")} />
      ) : null}
      {state === "failed" ? (
        <div class="endless-failed" role="alert">
          <p>{explain(list.error.value)}</p>
          <Button onClick={() => void list.loadMore()}>{t("act.retry")}</Button>
        </div>
      ) : null}
      {state === "end" ? (end ?? <p class="endless-end">{t("list.end")}</p>) : null}
    </div>
  );
}
