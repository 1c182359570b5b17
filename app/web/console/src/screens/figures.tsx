import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import { readVideo } from "@play/api/videos";
import type { VideoView } from "@play/api/videos";
import { Link } from "@play/app/link";
import { Icon } from "@play/ui/icons";
import { Empty, LoadFailed, ScreenWait } from "@play/ui/states";
import { clockText } from "@play/video/time";
import { readRetention } from "../api/videos";
import type { Retention } from "../api/videos";
import { percent, t, whole } from "../i18n";
import { kindIcons } from "../studio/toolbar";
import { Curve } from "../ui/curve";

interface FiguresProps {
  brandId: Id;
  id: Id;
}

interface Loaded {
  video: VideoView;
  figures: Retention;
}

/** Who watched how far, and what each moment of the timeline earned. */
export function FiguresScreen({ brandId, id }: FiguresProps): JSX.Element {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    Promise.all([readVideo(id, brandId), readRetention(brandId, id)]).then(
      ([video, figures]) => setLoaded({ video, figures }),
      setFailure,
    );
  };
  useEffect(load, [id]);
  if (failure !== null) return <LoadFailed error={failure} retry={load} />;
  if (loaded === null) return <ScreenWait />;
  const { video, figures } = loaded;
  return (
    <section class="desk figures">
      <header class="page-head">
        <Link to="/console" class="icon-button" aria-label={t("videos.all")}>
          <Icon name="back" />
        </Link>
        <div class="page-name">
          <h1 tabIndex={-1}>{video.title}</h1>
          <span class="row-hint">{t("figures.title")}</span>
        </div>
        <Link to={`/console/videos/${id}`} class="button button-plain button-m">
          {t("videos.edit")}
        </Link>
      </header>
      {figures.plays === 0 ? (
        <Empty scene="quiet" title={t("figures.none")} hint={t("figures.noneHint")} />
      ) : (
        <Whole figures={figures} durationMs={video.durationMs ?? 0} />
      )}
    </section>
  );
}

function Whole({ figures, durationMs }: { figures: Retention; durationMs: number }): JSX.Element {
  const { impressions, plays, viewers, completed, averageMs } = figures;
  return (
    <>
      <dl class="numbers">
        <Number
          name={t("figures.plays")}
          value={whole(plays)}
          hint={t("figures.ofImpressions", { n: impressions, share: ratio(plays, impressions) })}
        />
        <Number name={t("figures.viewers")} value={whole(viewers)} hint="" />
        <Number
          name={t("figures.completed")}
          value={whole(completed)}
          hint={t("figures.ofPlays", { share: ratio(completed, plays) })}
        />
        <Number
          name={t("figures.average")}
          value={clockText(averageMs)}
          hint={t("figures.ofDuration", { share: ratio(averageMs, durationMs) })}
        />
      </dl>
      <section class="card part">
        <h2>{t("figures.curve")}</h2>
        <p class="help">{t("figures.curveHint")}</p>
        <Curve figures={figures} durationMs={durationMs} />
        <details>
          <summary>{t("figures.table")}</summary>
          <CurveTable figures={figures} />
        </details>
      </section>
      <section class="card part">
        <h2>{t("figures.cues")}</h2>
        {figures.cues.length === 0 ? (
          <p class="help">{t("figures.noCues")}</p>
        ) : (
          <CueTable figures={figures} />
        )}
      </section>
    </>
  );
}

function Number(props: { name: string; value: string; hint: string }): JSX.Element {
  return (
    <div class="card number">
      <dt>{props.name}</dt>
      <dd>
        <strong>{props.value}</strong>
        <span class="row-hint">{props.hint}</span>
      </dd>
    </div>
  );
}

function CueTable({ figures }: { figures: Retention }): JSX.Element {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={t("figures.cues")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("figures.moment")}</th>
            <th scope="col">{t("figures.cue")}</th>
            <th scope="col" class="n">
              {t("figures.shown")}
            </th>
            <th scope="col" class="n">
              {t("figures.tapped")}
            </th>
            <th scope="col" class="n">
              {t("figures.rate")}
            </th>
            <th scope="col" class="n">
              {t("figures.carts")}
            </th>
            <th scope="col" class="n">
              {t("figures.collected")}
            </th>
            <th scope="col" class="n">
              {t("figures.votes")}
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.cues.map((cue) => (
            <tr key={cue.cueId}>
              <td class="time">{clockText(cue.at)}</td>
              <th scope="row">
                <span class="cue-name">
                  <Icon name={kindIcons[cue.kind]} size={18} class={`of-${cue.kind}`} />
                  <span>{cue.text === "" ? t(`kind.${cue.kind}`) : cue.text}</span>
                </span>
              </th>
              <td class="n">{whole(cue.shown)}</td>
              <td class="n">{whole(cue.tapped)}</td>
              <td class="n">{ratio(cue.tapped, cue.shown)}</td>
              <td class="n">{whole(cue.carts)}</td>
              <td class="n">{whole(cue.collected)}</td>
              <td class="n">{whole(cue.votes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const rowsMax = 24;

function CurveTable({ figures }: { figures: Retention }): JSX.Element {
  const every = Math.max(1, Math.ceil(figures.points.length / rowsMax));
  const all = figures.points[0]?.viewers ?? 0;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("figures.moment")}</th>
          <th scope="col" class="n">
            {t("figures.people")}
          </th>
          <th scope="col" class="n">
            {t("figures.share")}
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.points
          .filter((_, index) => index % every === 0)
          .map((point) => (
            <tr key={point.at}>
              <th scope="row" class="time">
                {clockText(point.at)}
              </th>
              <td class="n">{whole(point.viewers)}</td>
              <td class="n">{ratio(point.viewers, all)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

export function ratio(part: number, all: number): string {
  return all === 0 ? "–" : percent(Math.min(1, part / all));
}
