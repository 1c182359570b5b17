import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Problem } from "@play/api/problems";
import type { Id } from "@play/api/types";
import { publishVideo, readPlayFor, readVideo } from "@play/api/videos";
import type { VideoView } from "@play/api/videos";
import { Link } from "@play/app/link";
import { navigate } from "@play/app/router";
import { explain } from "@play/i18n/errors";
import { refusalOf } from "@play/i18n/films";
import { complain, say } from "@play/store/toasts";
import { Button, IconButton } from "@play/ui/button";
import { ask } from "@play/ui/confirm";
import { Icon } from "@play/ui/icons";
import { LoadFailed, ScreenWait } from "@play/ui/states";
import { Player } from "@play/video/player";
import { deleteVideo, publishDraft, readDraft, saveDraft, withdrawVideo } from "../api/videos";
import { t } from "../i18n";
import { Desk } from "../studio/desk";
import { Inspector } from "../studio/inspector";
import { Phone } from "../studio/phone";
import { Strip } from "../studio/strip";
import { Toolbar } from "../studio/toolbar";
import { ShownMark } from "../ui/marks";
import "../studio/studio.css";

interface StudioProps {
  brandId: Id;
  id: Id;
}

const lookEveryMs = 3_000;

/** One film with its timeline: what is put where, as it will look on a phone. */
export function StudioScreen({ brandId, id }: StudioProps): JSX.Element {
  const [video, setVideo] = useState<VideoView | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    readVideo(id, brandId).then(setVideo, setFailure);
  };
  useEffect(load, [id]);
  const waits = video !== null && video.hls === null;
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setTimeout(load, lookEveryMs);
    return () => clearTimeout(timer);
  }, [video]);
  if (failure !== null && video === null) return <LoadFailed error={failure} retry={load} />;
  if (video === null) return <ScreenWait />;
  return (
    <section class="desk studio">
      <Head brandId={brandId} video={video} changed={setVideo} />
      {waits ? <Waiting video={video} /> : <Bench brandId={brandId} video={video} />}
    </section>
  );
}

interface HeadProps {
  brandId: Id;
  video: VideoView;
  changed: (video: VideoView) => void;
}

function Head({ brandId, video, changed }: HeadProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const out = video.visibility === "published";
  async function toggle() {
    if (out && !(await ask(t("video.withdrawAsk"), t("video.withdraw")))) return;
    setBusy(true);
    try {
      const next = out ? withdrawVideo(brandId, video.id) : publishVideo(video.id, brandId);
      changed(await next);
      say(t(out ? "video.withdrawn" : "video.published"));
    } catch (error) {
      complain(explain(error));
    }
    setBusy(false);
  }
  return (
    <header class="page-head">
      <Link to="/console" class="icon-button" aria-label={t("videos.all")}>
        <Icon name="back" />
      </Link>
      <div class="page-name">
        <h1 tabIndex={-1}>{video.title}</h1>
        <ShownMark video={video} />
      </div>
      <Remove brandId={brandId} video={video} />
      <Link to={`/console/videos/${video.id}/figures`} class="button button-plain button-m">
        <Icon name="poll" size={20} />
        <span>{t("videos.figures")}</span>
      </Link>
      {video.hls === null || video.visibility === "taken_down" ? null : (
        <Button look={out ? "plain" : "action"} busy={busy} onClick={() => void toggle()}>
          {t(out ? "video.withdraw" : "video.publish")}
        </Button>
      )}
    </header>
  );
}

/** It cannot be undone: who only wants it out of sight withdraws it. */
function Remove({ brandId, video }: Omit<HeadProps, "changed">): JSX.Element {
  async function remove() {
    if (!(await ask(t("video.deleteAsk", { title: video.title }), t("video.delete")))) return;
    try {
      await deleteVideo(brandId, video.id);
      say(t("video.deleted"));
      navigate("/console", { replace: true });
    } catch (error) {
      complain(explain(error));
    }
  }
  return <IconButton icon="trash" label={t("video.delete")} onClick={() => void remove()} />;
}

function Waiting({ video }: { video: VideoView }): JSX.Element {
  const share = video.progress === null ? undefined : video.progress.percent / 100;
  return (
    <div class="card waiting" role="status">
      <Icon name="film" size={40} />
      <p class="waiting-title">{refusalOf(video) ?? t("video.wait")}</p>
      {video.refusal === null ? (
        <>
          <p>{t(`state.${video.state}`)}</p>
          <progress max={1} value={share} aria-label={t(`state.${video.state}`)} />
          <p class="row-hint">{t("video.waitHint")}</p>
        </>
      ) : null}
    </div>
  );
}

function Bench({ brandId, video }: { brandId: Id; video: VideoView }): JSX.Element {
  const desk = useMemo(() => makeDesk(brandId, video.id), [video.id]);
  const player = useMemo(() => makePlayer(brandId, video.id), [video.id]);
  useEffect(() => {
    void desk.open();
    void player.load();
    return () => {
      void desk.flush();
      player.destroy();
    };
  }, [desk]);
  useEffect(() => {
    const held = (event: BeforeUnloadEvent) => {
      if (desk.saving.value !== "saved") event.preventDefault();
    };
    window.addEventListener("beforeunload", held);
    return () => window.removeEventListener("beforeunload", held);
  }, [desk]);
  const draft = desk.draft.value;
  if (draft === null && desk.error.value !== null) {
    return <LoadFailed error={desk.error.value} retry={() => void desk.open()} />;
  }
  if (draft === null) return <ScreenWait />;
  const durationMs = draft.durationMs || player.durationMs.value || video.durationMs || 1_000;
  return (
    <div class="bench">
      <Phone player={player} desk={desk} video={video} />
      <div class="bench-work">
        <Inspector
          desk={desk}
          brandId={brandId}
          videoId={video.id}
          player={player}
          durationMs={durationMs}
        />
      </div>
      <div class="card bench-line">
        <Toolbar desk={desk} player={player} durationMs={durationMs} />
        <Strip
          desk={desk}
          player={player}
          durationMs={durationMs}
          storyboard={player.play.value?.storyboard ?? video.storyboard}
          ratio={(video.width ?? 9) / (video.height ?? 16)}
        />
      </div>
    </div>
  );
}

function makeDesk(brandId: Id, id: Id): Desk {
  return new Desk({
    read: () => readDraft(brandId, id),
    save: (body) => saveDraft(brandId, id, body),
    publish: (revision) => publishDraft(brandId, id, revision),
    isConflict: (error) => error instanceof Problem && error.status === 409,
    later: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
}

function makePlayer(brandId: Id, id: Id): Player {
  const element = document.createElement("video");
  element.playsInline = true;
  element.tabIndex = -1;
  element.setAttribute("aria-hidden", "true");
  const nothing = () => undefined;
  const events = { frame: nothing, moments: nothing, ended: nothing, settled: () => player.fill() };
  const read = async (videoId: Id, version?: string) => {
    const play = await readPlayFor(brandId, videoId, version);
    // the desk shows the draft's moments, and films are cut without their rolls
    return { ...play, timeline: { ...play.timeline, cues: [], preRoll: null, postRoll: null } };
  };
  const player = new Player(id, element, events, read);
  return player;
}
