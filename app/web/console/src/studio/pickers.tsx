import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Id, ProductCard } from "@play/api/types";
import type { Cue, PacketTarget, ProductTarget } from "@play/api/videos";
import { t as tPlay } from "@play/i18n";
import type { PacketForm } from "@play/api/packets";
import { explain } from "@play/i18n/errors";
import { ProductFace } from "@play/ui/post/products";
import { Sheet } from "@play/ui/sheet";
import { findProducts, listOwnPackets } from "../api/things";
import type { OwnPacket } from "../api/things";
import { t } from "../i18n";
import { FilmPacket } from "./filmPacket";
import { Help } from "./inspector";

interface PickerProps {
  cue: Cue;
  brandId: Id;
  videoId: Id;
  put: (cue: Cue) => void;
}

const typeRestMs = 250;

/** Which product a moment shows. */
export function ProductPicker({ cue, brandId, put }: Omit<PickerProps, "videoId">): JSX.Element {
  const [open, setOpen] = useState(cue.ref === null || cue.ref === "");
  const target = cue.target?.type === "product" ? cue.target : null;
  return (
    <div class="field">
      <span class="field-label">{t("cue.product")}</span>
      {target ? (
        <span class="chip">
          <ProductFace product={{ ...target, brandId }} />
        </span>
      ) : null}
      {cue.ref && !target ? <Help wrong>{t("cue.gone")}</Help> : null}
      <button type="button" class="button button-plain button-m" onClick={() => setOpen(true)}>
        {target ? t("cue.change") : t("cue.pick", { kind: t("kind.product") })}
      </button>
      <Help>{t("cue.productHint")}</Help>
      {open ? (
        <Products
          brandId={brandId}
          close={() => setOpen(false)}
          choose={(product) => {
            setOpen(false);
            put({ ...cue, ref: product.id, target: productTarget(product) });
          }}
        />
      ) : null}
    </div>
  );
}

interface ListProps<T> {
  brandId: Id;
  close: () => void;
  choose: (item: T) => void;
}

function Products({ brandId, close, choose }: ListProps<ProductCard>): JSX.Element {
  const [q, setQ] = useState("");
  const [found, setFound] = useState<ProductCard[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      findProducts(brandId, q.trim()).then(
        ({ items }) => current && setFound(items),
        (error: unknown) => current && setFailure(error),
      );
    }, q === "" ? 0 : typeRestMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [q]);
  return (
    <Sheet title={t("cue.pick", { kind: t("kind.product") })} close={close} tall>
      <input
        class="input"
        type="search"
        aria-label={t("cue.search")}
        placeholder={t("cue.search")}
        value={q}
        onInput={(event) => setQ(event.currentTarget.value)}
      />
      <div class="sheet-scroll">
        <ul class="pick-list">
          {(found ?? []).map((product) => (
            <li key={product.id}>
              <button type="button" class="chip" onClick={() => choose(product)}>
                <ProductFace product={product} />
              </button>
            </li>
          ))}
        </ul>
        <Word found={found} failure={failure} none={t("cue.noProducts")} />
      </div>
    </Sheet>
  );
}

/** Which packet opens at a moment. */
export function PacketPicker({ cue, brandId, videoId, put }: PickerProps): JSX.Element {
  const [open, setOpen] = useState(cue.ref === null || cue.ref === "");
  const [making, setMaking] = useState(false);
  const take = (packet: OwnPacket) => {
    setOpen(false);
    setMaking(false);
    put({ ...cue, ref: packet.id, target: packetTarget(packet) });
  };
  const target = cue.target?.type === "packet" ? cue.target : null;
  return (
    <div class="field">
      <span class="field-label">{t("cue.packet")}</span>
      {target ? <p class="picked">{target.title}</p> : null}
      {cue.ref && !target ? <Help wrong>{t("cue.gone")}</Help> : null}
      <button type="button" class="button button-plain button-m" onClick={() => setOpen(true)}>
        {target ? t("cue.change") : t("cue.pick", { kind: t("kind.packet") })}
      </button>
      <Help>{t("cue.packetHint")}</Help>
      {open ? (
        <Packets
          brandId={brandId}
          close={() => setOpen(false)}
          choose={take}
          create={() => {
            setOpen(false);
            setMaking(true);
          }}
        />
      ) : null}
      {making ? (
        <FilmPacket
          brandId={brandId}
          videoId={videoId}
          atMs={cue.at}
          made={take}
          close={() => setMaking(false)}
        />
      ) : null}
    </div>
  );
}

interface PacketsProps extends ListProps<OwnPacket> {
  create: () => void;
}

function Packets({ brandId, close, choose, create }: PacketsProps): JSX.Element {
  const [found, setFound] = useState<OwnPacket[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    listOwnPackets(brandId).then(
      ({ items }) => setFound(items.filter((packet) => packet.status === "scheduled")),
      setFailure,
    );
  }, []);
  return (
    <Sheet title={t("cue.pick", { kind: t("kind.packet") })} close={close}>
      <ul class="pick-list">
        {(found ?? []).map((packet) => (
          <li key={packet.id}>
            <button type="button" class="chip packet-choice" onClick={() => choose(packet)}>
              <span class="chip-words">
                <span class="chip-title">{packet.title}</span>
                <span class="row-hint">
                  {tPlay(`packets.form.${packet.rules.form as PacketForm}`)}
                  {" · "}
                  {tPlay("packets.shares", { n: packet.count })}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Word found={found} failure={failure} none={t("cue.noPackets")} />
      <button type="button" class="button button-plain button-m film-packet-new" onClick={create}>
        {t("film.packetNew")}
      </button>
    </Sheet>
  );
}

interface WordProps {
  found: unknown[] | null;
  failure: unknown;
  none: string;
}

export function Word({ found, failure, none }: WordProps): JSX.Element | null {
  if (failure !== null) return <Help wrong>{explain(failure)}</Help>;
  if (found === null) return <span class="spinner" role="status" />;
  return found.length === 0 ? <Help>{none}</Help> : null;
}

function productTarget(product: ProductCard): ProductTarget {
  const { id, title, price, originalPrice, image, link, stock } = product;
  return { type: "product", id, title, price, originalPrice, image, link, stock };
}

function packetTarget(packet: OwnPacket): PacketTarget {
  const { id, title, total, count, opensAt, closesAt } = packet;
  const times = { opensAt: opensAt ?? "", closesAt: closesAt ?? "" };
  return { type: "packet", id, title, form: packet.rules.form, total, count, ...times };
}
