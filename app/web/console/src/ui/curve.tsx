import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { locale } from "@play/i18n";
import { themeChoice } from "@play/store/theme";
import { clockText } from "@play/video/time";
import type { Retention } from "../api/videos";
import { percent, t } from "../i18n";

const height = 260;
const fontPx = 12;

interface CurveProps {
  figures: Retention;
  durationMs: number;
}

/** The share of viewers who are still there, with the moments of the timeline on it. The table
 * below says the same. */
export function Curve({ figures, durationMs }: CurveProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const theme = themeChoice.value;
  const language = locale.value;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let plot = draw(element, figures, durationMs);
    const again = () => {
      plot.destroy();
      plot = draw(element, figures, durationMs);
    };
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height }),
    );
    observer.observe(element);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", again);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", again);
      plot.destroy();
    };
  }, [figures, theme, language]);
  return <div class="curve" ref={box} role="img" aria-label={t("figures.curve")} />;
}

function draw(element: HTMLElement, figures: Retention, durationMs: number): uPlot {
  const color = colorsOf(element);
  const all = figures.points[0]?.viewers || 1;
  const font = `${fontPx}px ${getComputedStyle(element).fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: color("--ink-2"),
    font,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    cursor: { y: false, points: { size: 8 } },
    scales: { x: { time: false, range: [0, durationMs] }, y: { range: [0, 1] } },
    legend: { live: true },
    axes: [
      { ...axis, grid: { show: false }, values: (_, ticks) => ticks.map(clockText), space: 72 },
      { ...axis, values: (_, ticks) => ticks.map(percent), size: 48 },
    ],
    series: [
      { label: t("figures.moment"), value: (_, ms) => (ms === null ? "–" : clockText(ms)) },
      {
        label: t("figures.share"),
        stroke: color("--red"),
        fill: color("--red-wash"),
        width: 2,
        points: { show: false },
        value: (_, share) => (share === null ? "–" : percent(share)),
      },
    ],
    hooks: { drawAxes: [(plot) => drawMoments(plot, figures, color)] },
  };
  const data: uPlot.AlignedData = [
    figures.points.map((point) => point.at),
    figures.points.map((point) => point.viewers / all),
  ];
  return new uPlot(options, data, element);
}

const kindColors: Record<string, string> = {
  packet: "--red",
  product: "--gold",
  chapter: "--ink-3",
};

function drawMoments(plot: uPlot, figures: Retention, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const cue of figures.cues) {
    const x = plot.valToPos(cue.at, "x", true);
    ctx.strokeStyle = color(kindColors[cue.kind] ?? "--ink-3");
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Canvases know no custom properties: tokens are read as the colours they are now. */
function colorsOf(element: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
