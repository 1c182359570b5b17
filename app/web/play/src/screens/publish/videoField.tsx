import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Id } from "../../api/types";
import type { VideoView } from "../../api/videos";
import { t } from "../../i18n";
import { refusalOf } from "../../i18n/films";
import { announce } from "../../store/toasts";
import { ask } from "../../ui/confirm";
import { Icon } from "../../ui/icons";
import { Picture } from "../../ui/picture";
import { videoTypes } from "./video";
import type { PickedVideo } from "./video";

interface FieldProps {
  video: PickedVideo;
  /** For whom it is uploaded. */
  brandId: Id | null;
}

/** A film instead of pictures: choose, watch it on its way, and read in words how far it is. */
export function VideoField({ video, brandId }: FieldProps): JSX.Element {
  if (!video.chosen) {
    return (
      <div class="video-field">
        <Choose video={video} brandId={brandId} class="video-add">
          <Icon name="film" size={24} />
          <span>{t("upload.add")}</span>
        </Choose>
        <p class="field-hint">{t("upload.hint")}</p>
      </div>
    );
  }
  return <Way video={video} brandId={brandId} />;
}

interface ChooseProps extends FieldProps {
  class: string;
  children: JSX.Element | (JSX.Element | string)[] | string;
}

function Choose({ video, brandId, class: looks, children }: ChooseProps): JSX.Element {
  return (
    <label class={looks}>
      <input
        type="file"
        accept={videoTypes}
        class="hidden-text"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void video.take(file, brandId);
          event.currentTarget.value = "";
        }}
      />
      {children}
    </label>
  );
}

function Way({ video, brandId }: FieldProps): JSX.Element {
  const view = video.view.value;
  const { words, share } = stateOf(video);
  const wrong = video.bad || video.failure.value !== null;
  useEffect(() => announce(words), [view?.state, video.failure.value]);
  async function remove() {
    if (await ask(t("upload.removeAsk"), t("upload.remove"))) video.remove();
  }
  return (
    <div class={wrong ? "video-way wrong" : "video-way"}>
      <Face view={view} file={video.file.value} />
      <div class="video-words">
        <p class="video-name">{view?.title ?? video.file.value?.name}</p>
        <p class="video-state">
          {video.usable ? <Icon name="check" size={16} /> : null}
          {words}
        </p>
        {share === null ? null : (
          <span
            class={video.stalled.value ? "video-bar stalled" : "video-bar"}
            role="progressbar"
            aria-label={t("upload.progress")}
            aria-valuenow={Math.round(share * 100)}
          >
            <span style={{ transform: `scaleX(${share})` }} />
          </span>
        )}
        <p class="field-hint">{hintOf(video)}</p>
        {wrong ? (
          <div class="video-ways">
            {video.failure.value !== null ? (
              <button type="button" class="text-button" onClick={() => video.retry()}>
                {t("upload.again")}
              </button>
            ) : null}
            <Choose video={video} brandId={brandId} class="text-button">
              {t("upload.other")}
            </Choose>
          </div>
        ) : null}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={t("upload.remove")}
        onClick={() => void remove()}
      >
        <Icon name="trash" size={20} />
      </button>
    </div>
  );
}

/** The poster; before there is one, the file itself. */
function Face({ view, file }: { view: VideoView | null; file: File | null }): JSX.Element {
  const [url, setUrl] = useState<string | null>(null);
  const box = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (file === null) return undefined;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <span class="video-thumb" aria-hidden="true">
      {view?.poster ? (
        <Picture image={view.poster} sizes="84px" alt="" />
      ) : url ? (
        <video ref={box} src={`${url}#t=0.1`} muted playsInline preload="metadata" tabIndex={-1} />
      ) : (
        <Icon name="film" size={28} />
      )}
    </span>
  );
}

interface Told {
  words: string;
  /** Between 0 and 1; null when there is nothing to wait for. */
  share: number | null;
}

/** How far a film is, in words. */
export function stateOf(video: PickedVideo): Told {
  const view = video.view.value;
  if (video.failure.value !== null) return { words: t("upload.broken"), share: null };
  if (view === null) {
    const share = video.progress.value;
    const key = video.stalled.value ? "upload.stalled" : "upload.sending";
    return { words: t(key, { percent: String(Math.floor(share * 100)) }), share };
  }
  if (view.state === "transcoding") return transcoding(view);
  const over = ["ready", "refused", "failed"].includes(view.state);
  return { words: t(`upload.${view.state}`), share: over ? null : 1 };
}

function transcoding(view: VideoView): Told {
  const { percent = 0, secondsLeft = null } = view.progress ?? {};
  const words = t("upload.transcoding", { percent: String(Math.round(percent)) });
  const share = percent / 100;
  if (secondsLeft === null) return { words, share };
  return { words: `${words} · ${t("upload.left", { time: aboutTime(secondsLeft) })}`, share };
}

function aboutTime(seconds: number): string {
  if (seconds < 90) return t("upload.seconds", { n: Math.max(5, Math.ceil(seconds / 5) * 5) });
  return t("upload.minutes", { n: Math.round(seconds / 60) });
}

/** Why not, or what one may do meanwhile. */
function hintOf(video: PickedVideo): string {
  const view = video.view.value;
  if (video.failure.value !== null) return video.failure.value;
  if (view === null) return "";
  if (video.bad) return refusalOf(view) ?? "";
  if (view.visibility === "review") return t("upload.review");
  return view.state === "ready" ? "" : t("upload.mayPublish");
}
