/** Where a zoomed picture lies: pure arithmetic of the viewer. */

export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const rest: Zoom = { scale: 1, x: 0, y: 0 };
export const scaleMax = 4;

/** Scales around a point given from the middle of the stage, so that what is under it stays. */
export function zoomAt(zoom: Zoom, scale: number, pointX: number, pointY: number): Zoom {
  const next = Math.min(scaleMax, Math.max(1, scale));
  const ratio = next / zoom.scale;
  return {
    scale: next,
    x: pointX - (pointX - zoom.x) * ratio,
    y: pointY - (pointY - zoom.y) * ratio,
  };
}

/** Keeps the picture's edges from leaving the stage's. */
export function keepInside(zoom: Zoom, stage: Size, picture: Size): Zoom {
  const fit = Math.min(stage.width / picture.width, stage.height / picture.height);
  const roomX = Math.max(0, (picture.width * fit * zoom.scale - stage.width) / 2);
  const roomY = Math.max(0, (picture.height * fit * zoom.scale - stage.height) / 2);
  return {
    scale: zoom.scale,
    x: Math.min(roomX, Math.max(-roomX, zoom.x)),
    y: Math.min(roomY, Math.max(-roomY, zoom.y)),
  };
}

/** Whether a drag turns the page: far enough, or quick enough. */
export function turns(distancePx: number, durationMs: number, widthPx: number): -1 | 0 | 1 {
  const far = Math.abs(distancePx) > widthPx / 3;
  const quick = Math.abs(distancePx) > 24 && Math.abs(distancePx) / Math.max(1, durationMs) > 0.4;
  if (!far && !quick) return 0;
  return distancePx < 0 ? 1 : -1;
}
