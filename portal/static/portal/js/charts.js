/* Charts: figure[data-chart="id of the JSON block"]. ECharts is loaded only when a page has one and it comes into view.
   The option object is the one the PDF uses; this module adds what belongs to the screen: colours of the theme, font, aria,
   patterns where several series must be told apart, resizing. The table beside each chart stays without JavaScript. */

const { text } = window.tenfold;
const drawn = new Map();
let loading = null;

function library() {
  loading ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector('meta[name="echarts-src"]').content;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

/** Real colour of a token in the present theme; custom properties with light-dark() only resolve on an element. */
const probe = document.createElement("span");
probe.hidden = true;
function colour(name) {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = "";
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** "@pass" anywhere in the option becomes the colour of that name. */
function resolve(value) {
  if (Array.isArray(value)) return value.map(resolve);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  return typeof value === "string" && /^@[a-z][a-z-]*$/.test(value) ? colour(value.slice(1)) : value;
}

function look() {
  const font = getComputedStyle(document.body).fontFamily;
  const ink = colour("ink");
  const muted = colour("muted");
  const line = colour("line");
  const axis = {
    axisLine: { lineStyle: { color: colour("field-line") } }, axisTick: { show: false },
    axisLabel: { color: muted, fontFamily: font }, nameTextStyle: { color: muted, fontFamily: font },
    splitLine: { lineStyle: { color: line } }, splitArea: { show: false },
  };
  return {
    color: ["primary", "review", "pass", "waived", "attention-line", "fail"].map(colour),
    backgroundColor: "transparent",
    textStyle: { fontFamily: font, color: ink },
    title: { textStyle: { color: ink, fontFamily: font }, subtextStyle: { color: muted } },
    legend: { textStyle: { color: muted, fontFamily: font } },
    tooltip: { backgroundColor: colour("panel"), borderColor: colour("field-line"), textStyle: { color: ink, fontFamily: font }, extraCssText: "box-shadow:none" },
    categoryAxis: { ...axis, splitLine: { show: false } }, valueAxis: { ...axis, axisLine: { show: false } }, timeAxis: axis, logAxis: axis,
    radar: { axisName: { color: muted }, splitLine: { lineStyle: { color: line } }, splitArea: { show: false }, axisLine: { lineStyle: { color: line } } },
    visualMap: { textStyle: { color: muted } },
    label: { color: ink },
  };
}

function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const block = document.getElementById(figure.dataset.chart);
  drawn.get(figure)?.dispose();
  const option = resolve(JSON.parse(block.textContent));
  const many = Array.isArray(option.series) && (option.series.length > 1 || option.series[0]?.type === "pie");
  const label = canvas.getAttribute("aria-label");
  const chart = window.echarts.init(canvas, look(), { renderer: "svg", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    ...option,
    aria: { enabled: true, decal: { show: many }, ...(option.aria || {}), label: { description: label, ...(option.aria?.label || {}) } },
  });
  drawn.set(figure, chart);
  figure.classList.add("has-chart");
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    const figure = entry.target;
    seen.unobserve(figure);
    library().then(() => {
      draw(figure);
      sized.observe(figure.querySelector(".chart-canvas"));
    }).catch(() => {
      figure.querySelector(".chart-canvas").textContent = text("chartFailed");
      figure.querySelector("details")?.setAttribute("open", "");
    });
  }
}, { rootMargin: "200px" });
const sized = new ResizeObserver((entries) => entries.forEach((entry) => drawn.get(entry.target.closest("figure"))?.resize()));

function scan(root) {
  for (const [figure, chart] of drawn) if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); }
  for (const figure of root.querySelectorAll?.("figure[data-chart]") || []) if (!drawn.has(figure)) seen.observe(figure);
}

document.addEventListener("tenfold:theme", () => requestAnimationFrame(() => [...drawn.keys()].forEach(draw)));
document.addEventListener("htmx:load", (event) => scan(event.detail.elt));
// Paper is light whatever the screen shows.
addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize()));
scan(document);
