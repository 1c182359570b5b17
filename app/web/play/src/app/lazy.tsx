import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LoadFailed, ScreenWait } from "../ui/states";

const loaders: (() => Promise<unknown>)[] = [];
const preloadAfterMs = 4_000;

/** Fetches the other screens when the first one has settled, so that they open at once, and from
 * the shell's cache also without a network. */
export function preloadScreens(): void {
  setTimeout(() => {
    for (const load of loaders) load().catch(() => undefined);
  }, preloadAfterMs);
}

/** A screen whose code is fetched when it is first opened. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let ready: ComponentType<P> | null = null;
  loaders.push(load);
  return function Lazy(props: P): JSX.Element {
    const [failure, setFailure] = useState<unknown>(null);
    const [, setLoaded] = useState(ready !== null);
    const fetchCode = () => {
      setFailure(null);
      load().then((loaded) => {
        ready = loaded;
        setLoaded(true);
      }, setFailure);
    };
    useEffect(() => {
      if (ready === null) fetchCode();
    }, []);
    if (ready !== null) {
      const Ready = ready;
      return <Ready {...props} />;
    }
    if (failure !== null) return <LoadFailed error={failure} retry={fetchCode} />;
    return <ScreenWait />;
  };
}
