import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { VideoView } from "@play/api/videos";
import { Icon } from "@play/ui/icons";
import { IconButton } from "@play/ui/button";
import { Moment } from "@play/ui/video/moment";
import type { Player } from "@play/video/player";
import { chapterAt, momentsAt, productCues } from "@play/video/time";
import { t } from "../i18n";
import type { Desk } from "./desk";
import { exactTime, lack } from "./edits";

interface PhoneProps {
  player: Player;
  desk: Desk;
  video: VideoView;
}

const none: ReadonlySet<string> = new Set();
const stepMs = 1_000;

/** The film as a shopper sees it, with the draft's moments on it. */
export function Phone({ player, desk, video }: PhoneProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const ms = useFilmTime(player);
  useEffect(() => {
    box.current?.prepend(player.video);
    return () => player.video.remove();
  }, [player]);
  const cues = desk.cues.value.filter((cue) => lack(cue) === null);
  const chapter = chapterAt(cues, ms);
  const products = productCues(cues).length;
  const tall = (video.height ?? 16) / (video.width ?? 9) > 1.5;
  return (
    <section class="phone-part" aria-label={t("studio.phone")}>
      <div class="handset">
        <div class={tall ? "phone-screen cover" : "phone-screen"} ref={box}>
          <div class="phone-shade" />
          <div class="phone-bottom">
            <div class="phone-left">
              {momentsAt(cues, ms, none)
                .slice(0, 2)
                .map((cue) => (
                  <Moment
                    key={cue.id}
                    cue={cue}
                    tap={() => (desk.chosenId.value = cue.id)}
                    dismiss={() => undefined}
                  />
                ))}
              {player.caption.value === "" ? null : (
                <p class="phone-caption">{player.caption.value}</p>
              )}
              {chapter ? <p class="phone-chapter">{chapter.text}</p> : null}
              <p class="phone-title">{video.title}</p>
            </div>
            {products > 0 ? (
              <span class="phone-tray" aria-hidden="true">
                <Icon name="bag" size={22} />
                <b>{products}</b>
              </span>
            ) : null}
          </div>
          {player.phase.value === "loading" ? <span class="spinner phone-wait" /> : null}
        </div>
      </div>
      <div class="phone-keys">
        <IconButton
          icon="back"
          label={t("studio.back")}
          onClick={() => player.seek(ms - stepMs)}
        />
        <IconButton
          icon={player.playing.value ? "pause" : "play"}
          class="phone-play"
          label={t(player.playing.value ? "studio.pause" : "studio.play")}
          onClick={() => (player.playing.value ? player.pause() : player.start())}
        />
        <IconButton
          icon="forward"
          label={t("studio.forward")}
          onClick={() => player.seek(ms + stepMs)}
        />
        <span class="phone-time">{exactTime(ms)}</span>
      </div>
    </section>
  );
}

/** The film's time, frame by frame while it plays. */
function useFilmTime(player: Player): number {
  const [ms, setMs] = useState(0);
  useEffect(() => {
    let frame = requestAnimationFrame(function look() {
      setMs(Math.round(player.video.currentTime * 1_000));
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [player]);
  return ms;
}
