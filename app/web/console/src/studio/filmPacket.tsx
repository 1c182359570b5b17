import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import { locale } from "@play/i18n";
import { moneyText } from "@play/i18n/format";
import { draftFilmPacket, openFilmPacket } from "../api/things";
import type { OwnPacket } from "../api/things";
import { t } from "../i18n";
import { exactTime, readYuan } from "./edits";
import { Field, Making } from "./making";

interface FilmPacketProps {
  brandId: Id;
  videoId: Id;
  atMs: number;
  made: (packet: OwnPacket) => void;
  close: () => void;
}

const titleMax = 40;
const countMax = 100_000;

/** A packet for who watches up to here: its money is set aside when it is made. */
export function FilmPacket({ brandId, videoId, atMs, made, close }: FilmPacketProps): JSX.Element {
  const [title, setTitle] = useState("");
  const [yuan, setYuan] = useState("");
  const [shares, setShares] = useState("100");
  const [draft, setDraft] = useState<Id | null>(null);
  const totalMinor = readYuan(yuan);
  const count = /^\d{1,6}$/.test(shares.trim()) ? Number(shares) : 0;
  const fits = totalMinor !== null && count >= 1 && count <= countMax && totalMinor >= count;
  const ready = title.trim() !== "" && fits;
  async function make() {
    if (totalMinor === null) return;
    const packet = { title: title.trim(), videoId, atMs, count, totalMinor };
    // when the money was missing, the same draft is tried again with what was changed
    const { id } = await draftFilmPacket(brandId, packet, draft);
    setDraft(id);
    made(await openFilmPacket(brandId, id));
  }
  return (
    <Making
      title={t("film.packetNew")}
      look="film-packet"
      help={
        fits
          ? t("film.cost", { total: moneyText(totalMinor, "CNY", locale.value) })
          : t("film.costBad")
      }
      bad={yuan !== "" && !fits}
      ready={ready}
      action={t("film.make")}
      make={make}
      close={close}
    >
      <p class="help">{t("film.packetHint", { at: exactTime(atMs) })}</p>
      <Field label={t("film.title")} value={title} max={titleMax} put={setTitle} />
      <Field label={t("film.total")} value={yuan} max={12} put={setYuan} money />
      <Field label={t("film.shares")} value={shares} max={6} put={setShares} money />
    </Making>
  );
}
