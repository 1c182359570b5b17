import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { Id } from "@play/api/types";
import { locale } from "@play/i18n";
import { explain } from "@play/i18n/errors";
import { moneyText } from "@play/i18n/format";
import { Button } from "@play/ui/button";
import { Sheet } from "@play/ui/sheet";
import { draftFilmPacket, openFilmPacket } from "../api/things";
import type { OwnPacket } from "../api/things";
import { t } from "../i18n";
import { exactTime, readYuan } from "./edits";
import { Help } from "./inspector";

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
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>(null);
  const totalMinor = readYuan(yuan);
  const count = /^\d{1,6}$/.test(shares.trim()) ? Number(shares) : 0;
  const fits = totalMinor !== null && count >= 1 && count <= countMax && totalMinor >= count;
  const ready = title.trim() !== "" && fits;
  async function make() {
    if (totalMinor === null) return;
    setBusy(true);
    setWrong(null);
    try {
      const packet = { title: title.trim(), videoId, atMs, count, totalMinor };
      // when the money was missing, the same draft is tried again with what was changed
      const { id } = await draftFilmPacket(brandId, packet, draft);
      setDraft(id);
      made(await openFilmPacket(brandId, id));
    } catch (error) {
      setWrong(error);
    }
    setBusy(false);
  }
  return (
    <Sheet title={t("film.packetNew")} close={close}>
      <form
        class="form film-packet"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) void make();
        }}
      >
        <p class="help">{t("film.packetHint", { at: exactTime(atMs) })}</p>
        <Field label={t("film.title")} value={title} max={titleMax} put={setTitle} />
        <Field label={t("film.total")} value={yuan} max={12} put={setYuan} money />
        <Field label={t("film.shares")} value={shares} max={6} put={setShares} money />
        <Help wrong={wrong !== null || (yuan !== "" && !fits)}>
          {wrong !== null
            ? explain(wrong)
            : fits
              ? t("film.cost", { total: moneyText(totalMinor, "CNY", locale.value) })
              : t("film.costBad")}
        </Help>
        <Button look="action" type="submit" wide busy={busy} disabled={!ready}>
          {t("film.make")}
        </Button>
      </form>
    </Sheet>
  );
}

interface FieldProps {
  label: string;
  value: string;
  max: number;
  put: (value: string) => void;
  money?: boolean;
}

export function Field({ label, value, max, put, money }: FieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        value={value}
        maxLength={max}
        inputMode={money === true ? "decimal" : "text"}
        onInput={(event) => put(event.currentTarget.value)}
      />
    </div>
  );
}
