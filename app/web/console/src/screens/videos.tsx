import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import type { VideoView } from "@play/api/videos";
import { Link } from "@play/app/link";
import { navigate } from "@play/app/router";
import { refusalOf } from "@play/i18n/films";
import { stateOf } from "@play/screens/publish/videoField";
import { PickedVideo, videoTypes } from "@play/screens/publish/video";
import { PagedList } from "@play/store/paged";
import { Button } from "@play/ui/button";
import { Icon } from "@play/ui/icons";
import { Picture } from "@play/ui/picture";
import { Empty, LoadFailed, ScreenWait } from "@play/ui/states";
import { clockText } from "@play/video/time";
import { listVideos } from "../api/videos";
import { t } from "../i18n";
import { ShownMark } from "../ui/marks";

const lookEveryMs = 4_000;
const working = new Set(["received", "inspecting", "waiting", "transcoding"]);

/** A brand's films, and where the next one is dropped. */
export function VideosScreen({ brandId }: { brandId: Id }): JSX.Element {
  const list = useMemo(
    () =>
      new PagedList<VideoView>(
        (cursor) => listVideos(brandId, cursor),
        (video) => video.id,
      ),
    [brandId],
  );
  const picked = useMemo(() => new PickedVideo(() => void list.refresh()), [list]);
  useEffect(() => {
    list.open();
    return () => picked.clear();
  }, [list]);
  const items = list.items.value;
  const busy = items.some((video) => working.has(video.state));
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void list.refresh();
    }, lookEveryMs);
    return () => clearInterval(timer);
  }, [busy]);
  return (
    <section class="desk">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("videos.title")}</h1>
      </header>
      <Drop picked={picked} brandId={brandId} />
      {list.state.value === "loading" ? <ScreenWait /> : null}
      {list.state.value === "failed" ? (
        <LoadFailed error={list.error.value} retry={() => void list.refresh()} />
      ) : null}
      {list.state.value === "ready" && items.length === 0 ? (
        <Empty scene="quiet" title={t("videos.empty")} hint={t("videos.emptyHint")} />
      ) : null}
      <ul class="films">
        {items.map((video) => (
          <li key={video.id}>
            <Film video={video} />
          </li>
        ))}
      </ul>
      {list.more.value === "idle" && items.length > 0 ? (
        <div class="more">
          <Button onClick={() => void list.loadMore()}>{t("videos.more")}</Button>
        </div>
      ) : null}
    </section>
  );
}

function Film({ video }: { video: VideoView }): JSX.Element {
  const watchable = video.hls !== null;
  return (
    <article class="card film">
      <Link to={`/console/videos/${video.id}`} class="film-face" aria-label={video.title}>
        {video.poster ? (
          <Picture image={video.poster} sizes="200px" alt="" />
        ) : (
          <Icon name="film" size={40} />
        )}
        {video.durationMs === null ? null : (
          <span class="film-length">{clockText(video.durationMs)}</span>
        )}
      </Link>
      <div class="film-words">
        <p class="film-title">{video.title}</p>
        <p class="film-state">
          {video.state === "ready" ? <ShownMark video={video} /> : t(`state.${video.state}`)}
          {video.progress && video.state === "transcoding"
            ? ` ${Math.round(video.progress.percent)}%`
            : null}
        </p>
        {video.refusal === null ? null : <p class="film-refusal">{refusalOf(video)}</p>}
        {watchable ? (
          <div class="film-ways">
            <Button size="s" look="action" onClick={() => navigate(`/console/videos/${video.id}`)}>
              {t("videos.edit")}
            </Button>
            <Button size="s" onClick={() => navigate(`/console/videos/${video.id}/figures`)}>
              {t("videos.figures")}
            </Button>
          </div>
        ) : null}
      </div>
    </article>
  );
}

/** Where a file is dropped or chosen, and how its upload goes. */
function Drop({ picked, brandId }: { picked: PickedVideo; brandId: Id }): JSX.Element {
  const [over, setOver] = useState(false);
  const uploading = picked.file.value !== null && picked.view.value === null;
  function take(file: File | undefined) {
    setOver(false);
    if (file) void picked.take(file, brandId);
  }
  if (uploading) return <Uploading picked={picked} />;
  return (
    <label
      class={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer?.files[0]);
      }}
    >
      <input
        type="file"
        accept={videoTypes}
        class="hidden-text"
        aria-label={t("videos.add")}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <Icon name="film" size={32} />
      <strong>{t("videos.drop")}</strong>
      <span>{t("videos.hint")}</span>
    </label>
  );
}

function Uploading({ picked }: { picked: PickedVideo }): JSX.Element {
  const { words, share } = stateOf(picked);
  const failure = picked.failure.value;
  return (
    <div class="drop uploading" role="status">
      <strong>{picked.file.value?.name}</strong>
      <span>{failure ?? words}</span>
      {share === null ? null : (
        <progress value={share} max={1} aria-label={words}>
          {words}
        </progress>
      )}
      {failure === null ? null : (
        <div class="film-ways">
          <Button size="s" look="action" onClick={() => picked.retry()}>
            {t("studio.retry")}
          </Button>
        </div>
      )}
    </div>
  );
}
