import type { Id } from "../../api/types";

export interface Way {
  url: string;
  card: string;
}

/** The address to pass on, and the picture of it that the server draws. */
export function wayOf(id: Id, code: string | null, origin: string, language: string): Way {
  const query = code === null ? "" : `?code=${encodeURIComponent(code)}`;
  const path = code === null ? `/packets/${id}` : `/packets/${id}/help${query}`;
  const words = `language=${language === "en" ? "en" : "zh"}`;
  const card = `/v1/packets/${id}/card${query === "" ? "?" : `${query}&`}${words}`;
  return { url: origin + path, card };
}
