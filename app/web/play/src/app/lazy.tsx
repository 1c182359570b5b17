import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LoadFailed, ScreenWait } from "../ui/states";

/** A screen whose code is fetched when it is first opened. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let ready: ComponentType<P> | null = null;
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
