import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import type { VideoView } from "@play/api/videos";
import { explain } from "@play/i18n/errors";
import { ask } from "@play/ui/confirm";
import { Segments } from "@play/ui/segments";
import { complain, say } from "@play/store/toasts";
import { captionLanguage, chooseCaptions } from "@play/video/choices";
import type { Player } from "@play/video/player";
import { deleteCaptions, listCaptions, listVideos, putCaptions } from "../api/videos";
import type { CaptionTrack } from "../api/videos";
import { t } from "../i18n";
import type { Desk, Rolls } from "./desk";
import { Help } from "./inspector";

interface WholeProps {
  desk: Desk;
  brandId: Id;
  videoId: Id;
  player: Player;
}

/** What belongs to the film as a whole: what is shown before and after, and its captions. */
export function Whole({ desk, brandId, videoId, player }: WholeProps): JSX.Element {
  return (
    <div class="form whole">
      <Rolls desk={desk} brandId={brandId} videoId={videoId} />
      <Captions brandId={brandId} videoId={videoId} player={player} />
    </div>
  );
}

function Rolls({ desk, brandId, videoId }: Omit<WholeProps, "player">): JSX.Element {
  const [films, setFilms] = useState<VideoView[]>([]);
  useEffect(() => {
    listVideos(brandId, null).then(
      ({ items }) => setFilms(items.filter((each) => each.id !== videoId)),
      (error: unknown) => complain(explain(error)),
    );
  }, [videoId]);
  return (
    <>
      <h2 class="form-kind">{t("whole.rolls")}</h2>
      <RollField desk={desk} films={films} place="pre" label={t("whole.pre")} />
      <RollField desk={desk} films={films} place="post" label={t("whole.post")} />
      <Help>{t("whole.rollHint")}</Help>
    </>
  );
}

interface RollProps {
  desk: Desk;
  films: VideoView[];
  place: keyof Rolls;
  label: string;
}

/** Only what everybody can see may be shown before a film that everybody can see. */
function RollField({ desk, films, place, label }: RollProps): JSX.Element {
  const chosen = desk.rolls.value[place];
  const fit = films.filter((each) => each.visibility === "published" || each.id === chosen);
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <select
        class={`input roll-${place}`}
        value={chosen ?? ""}
        onChange={(event) => desk.roll(place, event.currentTarget.value || null)}
      >
        <option value="">{t("whole.none")}</option>
        {fit.map(({ id, title }) => (
          <option key={id} value={id} selected={id === chosen}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

const languages = { zh: "中文", en: "English" } as const;
type Language = keyof typeof languages;

function Captions({ brandId, videoId, player }: Omit<WholeProps, "desk">): JSX.Element {
  const [tracks, setTracks] = useState<CaptionTrack[]>([]);
  const [language, setLanguage] = useState<Language>("zh");
  const [wrong, setWrong] = useState<unknown>(null);
  const load = () =>
    listCaptions(brandId, videoId).then(({ items }) => setTracks(items), setWrong);
  useEffect(() => void load(), [videoId]);
  async function changed() {
    await Promise.all([load(), player.refresh()]);
    player.showCaptions();
  }
  async function send(file: File | undefined) {
    if (file === undefined) return;
    setWrong(null);
    try {
      const body = { language, label: languages[language], text: await file.text() };
      const made = await putCaptions(brandId, videoId, body);
      chooseCaptions(made.language); // the phone beside it shows them
      say(t("whole.captionsAdded", { n: String(made.cues) }));
      await changed();
    } catch (error) {
      setWrong(error);
    }
  }
  async function remove(track: CaptionTrack) {
    if (!(await ask(t("whole.captionsAsk", { label: track.label }), t("whole.remove")))) return;
    try {
      await deleteCaptions(brandId, videoId, track.language);
      if (captionLanguage.value === track.language) chooseCaptions(null);
      await changed();
    } catch (error) {
      setWrong(error);
    }
  }
  return (
    <>
      <h2 class="form-kind">{t("whole.captions")}</h2>
      {tracks.length === 0 ? <Help>{t("whole.noCaptions")}</Help> : null}
      <ul class="tracks">
        {tracks.map((track) => (
          <li key={track.language}>
            <span class="track-name">{track.label}</span>
            <span class="row-hint">{t("whole.lines", { n: String(track.cues) })}</span>
            <button type="button" class="text-button" onClick={() => void remove(track)}>
              {t("whole.remove")}
            </button>
          </li>
        ))}
      </ul>
      <Segments
        label={t("whole.language")}
        value={language}
        options={Object.entries(languages).map(([value, label]) => ({
          value: value as Language,
          label,
        }))}
        choose={setLanguage}
      />
      <label class="button button-plain button-m captions-add">
        <input
          type="file"
          class="hidden-text"
          accept=".vtt,text/vtt"
          onChange={(event) => {
            const { currentTarget } = event;
            void send(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
        {t("whole.captionsAdd")}
      </label>
      <Help wrong={wrong !== null}>
        {wrong === null ? t("whole.captionsHint") : explain(wrong)}
      </Help>
    </>
  );
}
