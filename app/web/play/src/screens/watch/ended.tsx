import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Player } from "../../video/player";
import { productCues } from "../../video/time";
import { Button } from "../../ui/button";
import { calm } from "../../ui/packet/motion";
import { ProductFace } from "../../ui/post/products";
import type { SlideDoors } from "./slide";
import { menuOpen, reading, trayOpen } from "./state";

const secondsToNext = 5;
const productsShown = 3;

/** After the last frame: what was in it, again, and what comes next. */
export function Ended({ player, doors }: { player: Player; doors: SlideDoors }): JSX.Element {
  const products = productCues(player.play.value?.timeline.cues ?? []).slice(0, productsShown);
  const { next } = doors;
  const [left, setLeft] = useState(next !== null && !calm() ? secondsToNext : 0);
  const above = reading.value !== null || trayOpen.value || menuOpen.value;
  useEffect(() => {
    if (left === 0 || above || next === null) return undefined;
    const timer = setTimeout(() => {
      if (left > 1) setLeft(left - 1);
      else if (document.visibilityState === "visible") next();
    }, 1_000);
    return () => clearTimeout(timer);
  }, [left, above, next]);
  return (
    <div class="ended" onPointerDown={(event) => event.stopPropagation()}>
      <p class="ended-title">{t("video.ended")}</p>
      {products.length === 0 ? null : (
        <ul class="ended-products">
          {products.map(({ id, target }) =>
            target?.type !== "product" ? null : (
              <li key={id}>
                <button
                  type="button"
                  class="chip"
                  onClick={() => {
                    reading.value = { product: target, cueId: id };
                  }}
                >
                  <ProductFace product={{ ...target, brandId: "" }} />
                </button>
              </li>
            ),
          )}
        </ul>
      )}
      <div class="ended-ways">
        <Button icon="again" onClick={() => player.start()}>
          {t("video.again")}
        </Button>
        <Button look="action" onClick={next ?? doors.leave}>
          {t(next ? "video.next" : "video.feedAgain")}
        </Button>
      </div>
      {left > 0 ? (
        <button type="button" class="ended-stay" onClick={() => setLeft(0)}>
          <span>{t("video.nextIn", { n: left })}</span>
          <b>{t("video.stay")}</b>
        </button>
      ) : null}
    </div>
  );
}
