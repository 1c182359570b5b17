import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isGone } from "../../api/problems";
import type { Cue } from "../../api/videos";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { chooseSound } from "../../video/choices";
import type { Player } from "../../video/player";
import type { Queued } from "../../store/videoQueue";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { Picture } from "../../ui/picture";
import { Moment } from "../../ui/video/moment";
import { chapterAt } from "../../video/time";
import { Ended } from "./ended";
import { Foot } from "./foot";
import { Rail } from "./rail";

export interface SlideDoors {
  tap(cue: Cue): void;
  voted(cue: Cue): void;
  retry(): void;
  next: (() => void) | null;
  leave(): void;
}

interface SlideProps {
  item: Queued;
  player: Player | null;
  place: number;
  current: boolean;
  doors: SlideDoors;
}

/** One film, with everything that belongs to it. */
export function Slide(props: SlideProps): JSX.Element {
  const { item, player, place, current, doors } = props;
  const box = useRef<HTMLDivElement>(null);
  const video = player?.video ?? null;
  useEffect(() => {
    if (video !== null) box.current?.append(video);
    return () => {
      if (video?.parentElement === box.current) video?.remove();
    };
  }, [video]);
  const poster = item.card?.poster ?? player?.play.value?.poster ?? null;
  const fit = isTall(item, player) ? "cover" : "contain";
  return (
    <section
      class={`slide ${fit}`}
      style={{ transform: `translateY(${place * 100}%)` }}
      aria-hidden={!current}
      inert={!current}
      data-video={item.videoId}
    >
      <div class="slide-film" ref={box}>
        {poster ? <Picture image={poster} sizes="100vw" alt="" eager class="slide-poster" /> : null}
      </div>
      <div class="slide-shade" aria-hidden="true" />
      {player === null ? null : <Above {...props} player={player} doors={doors} />}
    </section>
  );
}

/** A portrait film fills the screen; others are shown whole. */
function isTall(item: Queued, player: Player | null): boolean {
  const width = item.card?.width ?? player?.play.value?.width ?? 9;
  const height = item.card?.height ?? player?.play.value?.height ?? 16;
  return height / width > 1.5;
}

function Above(props: SlideProps & { player: Player }): JSX.Element {
  const { item, player, current, doors } = props;
  const phase = player.phase.value;
  if (phase === "failed") return <Failed error={player.error.value} doors={doors} />;
  const roll = player.part.value !== "film";
  const busy = current && (phase === "loading" || player.waiting.value);
  return (
    <>
      {busy ? <Wait /> : null}
      {current && phase === "ready" && !player.playing.value && !busy && !player.wants ? (
        <span class="slide-paused" aria-hidden="true">
          <Icon name="play" size={56} filled />
        </span>
      ) : null}
      {player.caption.value === "" || roll ? null : (
        <p class="slide-caption">
          <span>{player.caption.value}</span>
        </p>
      )}
      <Hushed player={player} />
      {roll ? <RollBar player={player} /> : null}
      <div class="slide-bottom">
        <div class="slide-left">
          {roll || phase === "ended" ? null : (
            <Moments player={player} doors={doors} />
          )}
          <Chapter player={player} />
          <Foot item={item} player={player} />
        </div>
        <Rail item={item} player={player} />
      </div>
      {phase === "ended" && current ? <Ended player={player} doors={doors} /> : null}
    </>
  );
}

function Wait(): JSX.Element {
  return <span class="slide-wait spinner" role="status" aria-label={t("video.loading")} />;
}

function Moments({ player, doors }: { player: Player; doors: SlideDoors }): JSX.Element {
  return (
    <div class="slide-moments">
      {player.moments.value.slice(0, 2).map((cue) => (
        <Moment
          key={cue.id}
          cue={cue}
          tap={doors.tap}
          voted={doors.voted}
          dismiss={({ id }) => player.dismiss(id)}
        />
      ))}
    </div>
  );
}

function Chapter({ player }: { player: Player }): JSX.Element | null {
  const chapter = chapterAt(player.play.value?.timeline.cues ?? [], player.timeMs.value);
  return chapter === null ? null : <p class="slide-chapter">{chapter.text}</p>;
}

/** The browser held the sound back; one tap brings it. */
function Hushed({ player }: { player: Player }): JSX.Element | null {
  if (!player.hushed.value) return null;
  return (
    <button
      type="button"
      class="slide-hushed"
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => {
        chooseSound(true);
        player.setSound(true);
      }}
    >
      <Icon name="mute" size={18} />
      {t("video.tapForSound")}
    </button>
  );
}

function RollBar({ player }: { player: Player }): JSX.Element {
  const pre = player.part.value === "pre";
  const roll = player.play.value?.timeline[pre ? "preRoll" : "postRoll"];
  return (
    <div class="slide-roll">
      <span>{t(pre ? "video.opening" : "video.closing")}</span>
      <span class="slide-roll-title">{roll?.title}</span>
      <button
        type="button"
        onPointerDown={(event) => event.stopPropagation()}
        onClick={() => player.skipRoll()}
      >
        {t("video.skip")}
      </button>
    </div>
  );
}

function Failed({ error, doors }: { error: unknown; doors: SlideDoors }): JSX.Element {
  const gone = isGone(error);
  return (
    <div class="slide-failed" role="alert" onPointerDown={(event) => event.stopPropagation()}>
      <Icon name="film" size={48} />
      <p class="slide-failed-title">{t(gone ? "video.gone" : "video.failed")}</p>
      <p>{gone ? t("video.goneHint") : explain(error)}</p>
      {gone ? null : (
        <Button look="action" onClick={doors.retry}>
          {t("act.retry")}
        </Button>
      )}
      <Button onClick={doors.next ?? doors.leave}>
        {t(doors.next ? "video.next" : "video.feedAgain")}
      </Button>
    </div>
  );
}
