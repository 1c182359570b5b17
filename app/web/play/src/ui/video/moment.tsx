import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Cue, PacketTarget, ProductTarget } from "../../api/videos";
import type { PacketForm } from "../../api/packets";
import { t } from "../../i18n";
import { soldOut } from "../../store/over";
import { CouponMoment } from "../coupon/moment";
import { Icon } from "../icons";
import type { IconName } from "../icons";
import { Picture } from "../picture";
import { Amount } from "../values";
import { PollMoment } from "./poll";
import "./moment.css";

interface MomentProps {
  cue: Cue;
  tap: (cue: Cue) => void;
  /** A poll was answered here. */
  voted?: (cue: Cue) => void;
  dismiss: (cue: Cue) => void;
}

const gonePx = 64;

/** Something that happens now in the film: it slides in from the left, and leaves by itself, at a
 * swipe to the left, or by its cross. */
export function Moment({ cue, tap, voted, dismiss }: MomentProps): JSX.Element {
  const [dx, setDx] = useState(0);
  const start = useRef<{ x: number; id: number } | null>(null);
  const moved = useRef(false);
  function up() {
    if (start.current === null) return;
    start.current = null;
    if (dx < -gonePx) dismiss(cue);
    else setDx(0);
  }
  const style = dx === 0 ? {} : { transform: `translateX(${dx}px)`, opacity: 1 + dx / 320 };
  return (
    <div
      class={`moment moment-${cue.kind}${dx === 0 ? "" : " held"}`}
      style={style}
      onPointerDown={(event) => {
        event.stopPropagation();
        start.current = { x: event.clientX, id: event.pointerId };
        moved.current = false;
      }}
      onPointerMove={(event) => {
        if (start.current?.id !== event.pointerId) return;
        const by = event.clientX - start.current.x;
        if (Math.abs(by) < 6 && !moved.current) return;
        moved.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDx(Math.min(0, by));
      }}
      onPointerUp={up}
      onPointerCancel={up}
    >
      {cue.target?.type === "poll" && voted ? (
        <PollMoment cue={cue} poll={cue.target} swiped={() => moved.current} voted={voted} />
      ) : (
        <button
          type="button"
          class="moment-face"
          onClick={() => {
            if (!moved.current) tap(cue);
          }}
        >
          <Face cue={cue} />
        </button>
      )}
      <button
        type="button"
        class="moment-close"
        aria-label={t("video.dismiss")}
        onClick={() => dismiss(cue)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

/** What a cue says for screen readers, and in lists. */
export function cueWords(cue: Cue): string {
  return cue.text !== "" ? cue.text : (targetWords(cue) ?? cue.ref ?? "");
}

/** How what a cue points to is called. */
export function targetWords({ target }: Cue): string | undefined {
  return target?.type === "poll" ? target.question : target?.title;
}

export function Face({ cue }: { cue: Cue }): JSX.Element {
  if (cue.target?.type === "product") return <ProductMoment cue={cue} product={cue.target} />;
  if (cue.target?.type === "packet") return <PacketMoment cue={cue} packet={cue.target} />;
  if (cue.target?.type === "coupon") return <CouponMoment cue={cue} coupon={cue.target} />;
  if (cue.target?.type === "poll") {
    const kicker = t("video.momentPoll");
    return <Plain icon="poll" kicker={kicker} cue={cue} go={null} words={cue.target.question} />;
  }
  return <Plain icon="link" kicker={t("video.momentLink")} cue={cue} go={t("video.openIt")} />;
}

function ProductMoment({ cue, product }: { cue: Cue; product: ProductTarget }): JSX.Element {
  const out = product.stock === "sold_out";
  return (
    <>
      <span class={out ? "moment-picture out" : "moment-picture"}>
        {product.image ? (
          <Picture image={product.image} sizes="72px" alt="" eager />
        ) : (
          <Icon name="bag" size={28} />
        )}
      </span>
      <span class="moment-words">
        <span class="moment-kicker">
          <i class="moment-beat" aria-hidden="true" />
          {cue.text === "" ? t("video.momentProduct") : cue.text}
        </span>
        <span class="moment-title">{product.title}</span>
        <span class="moment-foot">
          <Amount money={product.price} />
          {out ? (
            <span class="stock out">{t("video.soldOut")}</span>
          ) : (
            <span class="moment-go">{t("video.look")}</span>
          )}
        </span>
      </span>
    </>
  );
}

function PacketMoment({ cue, packet }: { cue: Cue; packet: PacketTarget }): JSX.Element {
  return (
    <>
      <span class="moment-seal" aria-hidden="true">
        {packet.form === "rain" ? "雨" : packet.form === "draw" ? "福" : "開"}
      </span>
      <span class="moment-words">
        <span class="moment-kicker">{cue.text === "" ? t("video.momentPacket") : cue.text}</span>
        <span class="moment-title">{packet.title}</span>
        <span class="moment-foot">
          <span>
            {t(`packets.form.${packet.form as PacketForm}`)}
            {" · "}
            {t("packets.shares", { n: packet.count })}
          </span>
          {soldOut.value.has(packet.id) ? (
            <span class="stock out">{t("packets.allGone")}</span>
          ) : (
            <span class="moment-go">{t("packets.go")}</span>
          )}
        </span>
      </span>
    </>
  );
}

interface PlainProps {
  icon: IconName;
  kicker: string;
  cue: Cue;
  go: string | null;
  /** Default: what the cue says. */
  words?: string;
}

function Plain({ icon, kicker, cue, go, words }: PlainProps): JSX.Element {
  return (
    <>
      <span class="moment-icon">
        <Icon name={icon} size={28} />
      </span>
      <span class="moment-words">
        <span class="moment-kicker">{kicker}</span>
        <span class="moment-title">{words ?? cueWords(cue)}</span>
        {go === null ? null : (
          <span class="moment-foot">
            <span />
            <span class="moment-go">{go}</span>
          </span>
        )}
      </span>
    </>
  );
}
