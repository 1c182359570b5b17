import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { devices, endSession } from "../../api/auth";
import type { Device } from "../../api/types";
import { t } from "../../i18n";
import { explain } from "../../i18n/errors";
import { signOut, signOutEverywhere } from "../../store/session";
import { complain, say } from "../../store/toasts";
import { Button } from "../../ui/button";
import { ask } from "../../ui/confirm";
import { Icon } from "../../ui/icons";
import { LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { Ago } from "../../ui/values";
import "./me.css";

/** Where the shopper is signed in, with a way out for each and for all. */
export function DevicesScreen(): JSX.Element {
  const [list, setList] = useState<Device[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const load = () => {
    setFailure(null);
    devices().then(
      (all) => setList([...all].sort((a, b) => Number(b.current) - Number(a.current))),
      setFailure,
    );
  };
  useEffect(load, []);

  async function end(device: Device) {
    const text = t("devices.endAsk", { name: device.deviceName });
    if (!(await ask(text, t("devices.end")))) return;
    if (device.current) return void (await signOut());
    try {
      await endSession(device.id);
      setList((all) => all?.filter((each) => each.id !== device.id) ?? null);
      say(t("devices.ended"));
    } catch (error) {
      complain(explain(error));
    }
  }

  async function endAll() {
    if (!(await ask(t("devices.everywhereAsk"), t("devices.everywhere")))) return;
    await signOutEverywhere().catch((error: unknown) => complain(explain(error)));
  }

  return (
    <>
      <TopBar title={t("devices.title")} back="/me" />
      <p class="me-hint">{t("devices.hint")}</p>
      {list === null && failure === null ? <RowSkeletons count={3} /> : null}
      {failure !== null && list === null ? <LoadFailed error={failure} retry={load} /> : null}
      {list ? (
        <>
          <ul class="card rows inset">
            {list.map((device) => (
              <li key={device.id} class="row">
                <span class="device-icon">
                  <Icon name="phone" />
                </span>
                <span class="row-words">
                  <span class="name">{device.deviceName}</span>
                  <DeviceTimes device={device} />
                </span>
                <Button size="s" look="danger" onClick={() => void end(device)}>
                  {t("devices.end")}
                </Button>
              </li>
            ))}
          </ul>
          <div class="card inset me-part">
            <button type="button" class="row centered danger" onClick={() => void endAll()}>
              {t("devices.everywhere")}
            </button>
          </div>
        </>
      ) : null}
    </>
  );
}

function DeviceTimes({ device }: { device: Device }): JSX.Element {
  const [before, after] = t("devices.seen", { time: "\u0001" }).split("\u0001");
  return (
    <span class="row-hint">
      {device.current ? <span class="badge badge-brand">{t("devices.current")}</span> : null}{" "}
      {before}
      <Ago at={device.lastSeenAt} />
      {after}
    </span>
  );
}
