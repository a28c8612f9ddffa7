// Draws charts on the server: one process, all charts of a report.
//
// node render.cjs <path of echarts.min.js>      stdin: [{"id", "width", "height", "option"}, …]
//                                               stdout: {"<id>": "<svg …>", …}
//
// Options are plain data (no functions), made in Python. Text stays text in the SVG, with the font family named in the
// option. Widths of text are estimated here, because there is no browser: a Chinese character is one em wide.
"use strict";

const { readFileSync } = require("node:fs");
const echarts = require(process.argv[2]);

const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/;

function width(text, size) {
  let units = 0;
  for (const character of text) {
    units += WIDE.test(character) ? 1 : /[ilj.,:;|!'()\[\] ]/.test(character) ? 0.3 : /[mwMW%@]/.test(character) ? 0.88 : 0.56;
  }
  return units * size;
}

echarts.setPlatformAPI({
  measureText(text, font) {
    const size = parseFloat((/([\d.]+)px/.exec(font || "") || [0, 12])[1]);
    return { width: width(String(text), size) };
  },
});

const wanted = JSON.parse(readFileSync(0, "utf8"));
const drawn = {};
for (const { id, width: w, height, option } of wanted) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: w, height });
  chart.setOption({ animation: false, ...option });
  drawn[id] = chart.renderToSVGString();
  chart.dispose();
}
process.stdout.write(JSON.stringify(drawn));
