import type { JSX } from "preact";
import { t } from "../i18n";
import { Questions } from "../ui/confirm";
import { Reports } from "../ui/report";
import { PacketSheets } from "./packets";
import "./videos";
import { ShareSheets } from "../ui/share/sheet";
import { Toasts } from "../ui/toasts";
import { Viewers } from "../ui/viewer/viewer";
import { Aside } from "./aside";
import { Stage } from "./stage";
import { OfflineBar, TabBar } from "./tabs";

export function App(): JSX.Element {
  return (
    <>
      <a class="skip" href="#main">
        {t("app.skip")}
      </a>
      <TabBar />
      <OfflineBar />
      <Stage />
      <Aside />
      <Viewers />
      <PacketSheets />
      <ShareSheets />
      <Reports />
      <Questions />
      <Toasts />
    </>
  );
}
