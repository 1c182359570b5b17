import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { AccountCard, PostKind } from "../../api/types";
import { t } from "../../i18n";
import { Icon } from "../../ui/icons";
import { tagsIn } from "../../ui/post/text";
import { ProductFace } from "../../ui/post/products";
import { Segments } from "../../ui/segments";
import { kindsFor, textMax, toLocalField } from "./form";
import type { PostForm } from "./form";
import { ProductPicker } from "./productPicker";

const scheduleStepMs = 5 * 60_000;

/** The text with its counter and the topics found in it. */
export function TextField({ form, error }: { form: PostForm; error: string | null }): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const length = form.length.value;
  const tags = tagsIn(form.text.value);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [form.text.value]);
  function addHash() {
    const element = field.current;
    if (!element) return;
    const at = element.selectionStart;
    const before = form.text.value.slice(0, at);
    const gap = before === "" || /\s$/.test(before) ? "" : " ";
    form.text.value = `${before}${gap}#${form.text.value.slice(at)}`;
    element.focus();
    requestAnimationFrame(() => {
      const cursor = at + gap.length + 1;
      element.setSelectionRange(cursor, cursor);
    });
  }
  return (
    <div class="publish-text">
      <textarea
        ref={field}
        rows={5}
        aria-label={t("publish.textLabel")}
        aria-invalid={error !== null || length > textMax}
        aria-describedby="publish-text-error"
        placeholder={t("publish.text")}
        value={form.text.value}
        onInput={(event) => {
          form.text.value = event.currentTarget.value;
        }}
      />
      <div class="publish-text-foot">
        <button type="button" class="pill" onClick={addHash}>
          <Icon name="hash" size={16} />
          {t("publish.topic")}
        </button>
        <span class="publish-tags">{tags.map((tag) => `#${tag}`).join(" ")}</span>
        <span class={length > textMax ? "counter over" : "counter"}>
          {t("publish.counter", { count: String(length), max: String(textMax) })}
        </span>
      </div>
      <p id="publish-text-error" class="field-error" role="alert">
        {length > textMax ? t("publish.tooLong", { n: length - textMax }) : error}
      </p>
    </div>
  );
}

interface KindProps {
  form: PostForm;
  account: AccountCard | null;
}

export function KindField({ form, account }: KindProps): JSX.Element {
  const kinds = kindsFor(account?.kind ?? "shopper");
  const shown: PostKind[] = kinds.includes(form.kind.value) ? kinds : [form.kind.value, ...kinds];
  return (
    <fieldset class="publish-part">
      <legend>{t("publish.kind")}</legend>
      <div class="kind-pills">
        {shown.map((kind) => (
          <label key={kind} class={form.kind.value === kind ? "kind-pill on" : "kind-pill"}>
            <input
              type="radio"
              name="kind"
              class="hidden-text"
              checked={form.kind.value === kind}
              onChange={() => {
                form.kind.value = kind;
              }}
            />
            {t(`postKind.${kind}`)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function ProductsField({ form, account }: KindProps): JSX.Element {
  const [picking, setPicking] = useState(false);
  const products = form.products.value;
  return (
    <div class="publish-part">
      <button type="button" class="row" aria-haspopup="dialog" onClick={() => setPicking(true)}>
        <Icon name="bag" />
        <span class="row-words">{t("publish.addProducts")}</span>
        <span class="row-value">
          {products.length > 0 ? t("publish.productsCount", { n: products.length }) : ""}
        </span>
        <Icon name="forward" size={18} class="chevron" />
      </button>
      {products.length > 0 ? (
        <ul class="publish-products">
          {products.map((product) => (
            <li key={product.id} class="chip">
              <ProductFace product={product} />
              <button
                type="button"
                class="icon-button"
                aria-label={t("publish.removeProduct", { name: product.title })}
                onClick={() => {
                  form.products.value = products.filter((each) => each.id !== product.id);
                }}
              >
                <Icon name="close" size={18} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {picking ? (
        <ProductPicker
          chosen={products}
          brandId={account?.kind === "brand" ? account.id : null}
          choose={(next) => {
            form.products.value = next;
          }}
          close={() => setPicking(false)}
        />
      ) : null}
    </div>
  );
}

export function AudienceField({ form }: { form: PostForm }): JSX.Element {
  return (
    <div class="publish-part padded">
      <Segments
        label={t("publish.audience")}
        value={form.audience.value}
        options={[
          { value: "everyone", label: t("publish.everyone") },
          { value: "followers", label: t("publish.followers") },
        ]}
        choose={(value) => {
          form.audience.value = value;
        }}
      />
    </div>
  );
}

interface WhenProps {
  form: PostForm;
  error: string | null;
  /** A post that waits already goes out when asked to, or stays a draft. */
  editing?: boolean;
}

export function WhenField({ form, error, editing }: WhenProps): JSX.Element {
  const later = form.publishAt.value !== "";
  const soonest = toLocalField(serverNow() + scheduleStepMs);
  return (
    <div class="publish-part padded">
      <Segments
        label={t("publish.when")}
        value={later ? "later" : "now"}
        options={[
          { value: "now", label: t(editing ? "publish.byHand" : "publish.now") },
          { value: "later", label: t("publish.later") },
        ]}
        choose={(value) => {
          form.publishAt.value =
            value === "now" ? "" : toLocalField(serverNow() + 12 * scheduleStepMs);
        }}
      />
      {later ? (
        <label class="field when">
          <span class="field-label">{t("publish.at")}</span>
          <input
            type="datetime-local"
            class="input"
            min={soonest}
            aria-invalid={error !== null}
            value={form.publishAt.value}
            onInput={(event) => {
              if (event.currentTarget.value !== "") {
                form.publishAt.value = event.currentTarget.value;
              }
            }}
          />
          <span class="field-error" role="alert">
            {error}
          </span>
        </label>
      ) : null}
    </div>
  );
}
