import type { JSX } from "preact";
import { t } from "../../i18n";
import { soundOn } from "../../video/choices";
import type { Player } from "../../video/player";
import { IconButton } from "../../ui/button";
import { menuOpen, reading } from "./state";

interface TopProps {
  player: Player | null;
  toggle: () => void;
  sound: () => void;
  leave: () => void;
  next: (() => void) | null;
}

/** The way back, sound, captions; play and next for who does not swipe or tap. */
export function TopLine({ player, toggle, sound, leave, next }: TopProps): JSX.Element | null {
  if (reading.value !== null) return null;
  const quiet = !soundOn.value || player?.hushed.value === true;
  return (
    <header class="watch-top">
      <IconButton icon="back" label={t("act.back")} onClick={leave} />
      <span class="watch-top-space" />
      {player === null ? null : (
        <>
          <IconButton
            icon={player.playing.value ? "pause" : "play"}
            class="watch-quiet"
            label={t(player.playing.value ? "video.pause" : "video.play")}
            onClick={toggle}
          />
          {next === null ? null : (
            <IconButton icon="forward" class="watch-quiet" label={t("video.next")} onClick={next} />
          )}
          <IconButton
            icon={quiet ? "mute" : "sound"}
            label={t(quiet ? "video.soundOn" : "video.soundOff")}
            onClick={sound}
          />
          <IconButton
            icon="captions"
            label={t("video.more")}
            expanded={menuOpen.value}
            onClick={() => {
              menuOpen.value = true;
            }}
          />
        </>
      )}
    </header>
  );
}
