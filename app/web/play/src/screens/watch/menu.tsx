import type { JSX } from "preact";
import { t } from "../../i18n";
import { Segments } from "../../ui/segments";
import { Sheet } from "../../ui/sheet";
import { captionLanguage, chooseCaptions, chooseSaver, saverChoice } from "../../video/choices";
import type { Player } from "../../video/player";
import { menuOpen } from "./state";

/** Captions and how much data to spend. */
export function Menu({ player, changed }: { player: Player; changed: () => void }): JSX.Element {
  const captions = player.play.value?.captions ?? [];
  const known = captions.some((each) => each.language === captionLanguage.value);
  return (
    <Sheet
      title={t("video.more")}
      close={() => {
        menuOpen.value = false;
      }}
    >
      {captions.length === 0 ? (
        <p class="watch-note">{t("video.noCaptions")}</p>
      ) : (
        <Segments
          label={t("video.captions")}
          value={known ? (captionLanguage.value ?? "") : ""}
          options={[
            { value: "", label: t("video.captionsOff") },
            ...captions.map(({ language, label }) => ({ value: language, label })),
          ]}
          choose={(language) => {
            chooseCaptions(language === "" ? null : language);
            changed();
          }}
        />
      )}
      <Segments
        label={t("video.saver")}
        value={saverChoice.value}
        options={[
          { value: "auto", label: t("video.saverAuto") },
          { value: "on", label: t("video.saverOn") },
          { value: "off", label: t("video.saverOff") },
        ]}
        choose={chooseSaver}
      />
      <p class="watch-note">{t("video.saverHint")}</p>
    </Sheet>
  );
}
