import type { JSX } from "preact";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { Empty } from "../../ui/states";
import { TopBar } from "../../ui/topbar";

export function NotFound(): JSX.Element {
  return (
    <>
      <TopBar title={t("app.name")} back="/" />
      <Empty scene="gone" title={t("notFound.title")} hint={t("notFound.hint")}>
        <Link to="/" class="button button-action button-m">
          {t("notFound.home")}
        </Link>
      </Empty>
    </>
  );
}
