import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { PacketView } from "../../api/packets";
import { isGone } from "../../api/problems";
import { Link } from "../../app/link";
import { navigate, place } from "../../app/router";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { loadPacket, showPacket, shownPacket } from "../../store/packets";
import { me } from "../../store/session";
import { Giver } from "../../ui/packet/face";
import { Results } from "../../ui/packet/results";
import { nextChangeMs, stageOf } from "../../ui/packet/stage";
import type { Stage } from "../../ui/packet/stage";
import { useTold } from "../../ui/packet/told";
import { Empty, LoadFailed, ScreenWait } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { Amount } from "../../ui/values";
import { Action } from "./action";
import { Bag } from "./bag";
import { Friends } from "./friends";
import { ShareButton } from "./share";
import "./packet.css";

const lookAgainMs = 20_000;
/** What somebody who had to sign in first is led back to. */
const inEnvelope = new Set<Stage>(["sealed", "phrase", "follow", "watch"]);

/** A packet's own page: what it is, what to do, who got what. Links lead here. */
export function PacketScreen({ id }: { id: Id }): JSX.Element {
  const [read, setView] = useState<PacketView | null>(null);
  const view = useTold(read);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    loadPacket(id).then(setView, setFailure);
  };
  const closed = shownPacket.value === null;
  useEffect(() => {
    if (closed) load();
  }, [id, me.value?.id, closed]);
  useEffect(() => follow(view, load), [view]);
  useEffect(() => {
    if (place.value.query.get("open") === null || view === null) return;
    navigate(`/packets/${id}`, { replace: true });
    if (inEnvelope.has(stageOf(view, serverNow()))) showPacket(id);
  }, [view === null]);
  if (view === null && isGone(failure)) return <Gone />;
  return (
    <div class="packet-screen">
      <TopBar title={t("packets.one")} back="/packets">
        {view === null ? null : <ShareButton view={view} />}
      </TopBar>
      {view === null && failure !== null ? <LoadFailed error={failure} retry={load} /> : null}
      {view === null && failure === null ? <ScreenWait /> : null}
      {view === null ? null : <Whole view={view} load={load} />}
    </div>
  );
}

function Whole({ view, load }: { view: PacketView; load: () => void }): JSX.Element {
  // where shares come in kinds or are drawn, a count of all would say little
  const counted = view.form !== "fission" && view.form !== "draw";
  const settled = view.form !== "draw" || view.status === "closed";
  return (
    <>
      <section class="packet-hero">
        <Giver brandId={view.brandId} title={view.title} />
        <p class="packet-facts">
          <span>{t(`packets.form.${view.form}`)}</span>
          <span>
            <Amount money={view.total} />
          </span>
          {counted ? <span>{t("packets.shares", { n: view.count })}</span> : null}
        </p>
        <Action view={view} load={load} />
      </section>
      {counted ? <Progress opened={view.opened} count={view.count} /> : null}
      <Friends view={view} />
      <Bag view={view} />
      {settled ? (
        <section class="card inset packet-part">
          <h2>{t(view.form === "draw" ? "packets.winners" : "packets.results")}</h2>
          <Results key={`${view.id}:${view.opened}`} packetId={view.id} form={view.form} />
        </section>
      ) : null}
    </>
  );
}

function Progress({ opened, count }: { opened: number; count: number }): JSX.Element {
  return (
    <div class="packet-progress">
      <span>{t("packets.openedOf", { opened, count })}</span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="4" rx="2" class="progress-all" />
        <rect width={Math.min(100, (opened / count) * 100)} height="4" class="progress-done" />
      </svg>
    </div>
  );
}

/** Reads the packet again when it opens or closes, and now and then while one looks at it. */
function follow(view: PacketView | null, load: () => void): (() => void) | undefined {
  if (view === null) return undefined;
  const next = nextChangeMs(view, serverNow());
  const wait = Math.min(next === null ? lookAgainMs : next + 120, lookAgainMs);
  const timer = setTimeout(() => {
    if (document.visibilityState === "visible") load();
  }, wait);
  return () => clearTimeout(timer);
}

function Gone(): JSX.Element {
  return (
    <>
      <TopBar title={t("packets.one")} back="/packets" />
      <Empty scene="gone" title={t("packets.gone")} hint={t("packets.goneHint")}>
        <Link to="/packets" class="button button-action button-m">
          {t("packets.seeOthers")}
        </Link>
      </Empty>
    </>
  );
}
