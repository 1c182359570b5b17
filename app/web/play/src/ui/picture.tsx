import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ImageView } from "../api/types";

interface PictureProps {
  image: ImageView;
  /** What the browser needs to choose a width, as in the `sizes` attribute. */
  sizes: string;
  alt: string;
  class?: string;
  eager?: boolean;
}

const mimeTypes: Record<string, string> = {
  avif: "image/avif",
  webp: "image/webp",
  jpeg: "image/jpeg",
};

/** A picture that shows its blurred placeholder until the smallest fitting file has come. */
export function Picture({ image, sizes, alt, class: extra, eager }: PictureProps): JSX.Element {
  const [state, setState] = useState<"waiting" | "shown" | "failed">("waiting");
  const better = ["avif", "webp"].filter((format) => image.formats.includes(format));
  return (
    <span
      class={`picture ${state} ${extra ?? ""}`}
      style={{ backgroundColor: image.color, backgroundImage: placeholderOf(image) }}
    >
      {state !== "failed" && (
        <picture>
          {better.map((format) => (
            <source
              key={format}
              type={mimeTypes[format] ?? ""}
              srcSet={srcSetOf(image, format)}
              sizes={sizes}
            />
          ))}
          <img
            srcSet={srcSetOf(image, "jpeg")}
            src={urlOf(image, image.widths[0] ?? 240, "jpeg")}
            sizes={sizes}
            width={image.width}
            height={image.height}
            alt={alt}
            loading={eager ? "eager" : "lazy"}
            decoding="async"
            draggable={false}
            ref={(element) => {
              if (element?.complete && element.naturalWidth > 0) setState("shown");
            }}
            onLoad={() => setState("shown")}
            onError={() => setState("failed")}
          />
        </picture>
      )}
    </span>
  );
}

export function urlOf(image: ImageView, width: number, format: string): string {
  return `${image.base}/${width}.${format}`;
}

/** The widest rendition that every browser can show. */
export function largestUrl(image: ImageView): string {
  return urlOf(image, Math.max(...image.widths, 0), "jpeg");
}

function srcSetOf(image: ImageView, format: string): string {
  return image.widths.map((width) => `${urlOf(image, width, format)} ${width}w`).join(", ");
}

function placeholderOf(image: ImageView): string {
  return /^data:image\/[\w+.-]+;base64,[A-Za-z0-9+/=]+$/.test(image.placeholder)
    ? `url("${image.placeholder}")`
    : "none";
}
