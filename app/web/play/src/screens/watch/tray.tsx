import type { JSX } from "preact";
import type { Cue, ProductTarget } from "../../api/videos";
import { t } from "../../i18n";
import { ProductFace } from "../../ui/post/products";
import { Sheet } from "../../ui/sheet";
import { clockText, productCues } from "../../video/time";
import type { Player } from "../../video/player";
import { reading, trayOpen } from "./state";

/** Everything that is sold in the film, with the moment at which it is shown. */
export function Tray({ player }: { player: Player }): JSX.Element {
  const cues = productCues(player.play.value?.timeline.cues ?? []);
  const close = () => {
    trayOpen.value = false;
  };
  function read(cue: Cue, product: ProductTarget) {
    close();
    reading.value = { product, cueId: cue.id };
  }
  return (
    <Sheet title={t("video.productCount", { n: cues.length })} close={close}>
      <ul class="tray">
        {cues.map((cue) =>
          cue.target?.type !== "product" ? null : (
            <li key={cue.id} class="tray-item">
              <button
                type="button"
                class="chip"
                onClick={() => read(cue, cue.target as ProductTarget)}
              >
                <ProductFace product={{ ...cue.target, brandId: "" }} />
              </button>
              <button
                type="button"
                class="tray-seek"
                aria-label={`${t("video.seeMoment")}: ${clockText(cue.at)}, ${cue.target.title}`}
                onClick={() => {
                  close();
                  player.seek(cue.at);
                  player.start();
                }}
              >
                {clockText(cue.at)}
              </button>
            </li>
          ),
        )}
      </ul>
    </Sheet>
  );
}
