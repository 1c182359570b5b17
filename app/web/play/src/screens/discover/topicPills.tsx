import type { JSX } from "preact";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { topics } from "./topics";
import "./discover.css";

/** The topics of what was just read, as a way to more of them. */
export function Topics(): JSX.Element | null {
  if (topics.value.length === 0) return null;
  return (
    <section class="discover-part">
      <header>
        <h2>{t("discover.topics")}</h2>
      </header>
      <ul class="pills">
        {topics.value.map((tag) => (
          <li key={tag}>
            <Link class="pill topic" to={`/tags/${encodeURIComponent(tag)}`}>
              <span aria-hidden="true">#</span>
              {tag}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
