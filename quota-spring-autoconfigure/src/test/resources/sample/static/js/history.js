import {byId, fillTable, number} from './dom.js';
import * as format from './format.js';
import {language, text} from './i18n.js';

const HOURS = 3_600_000;
const SPANS = {HOUR: 23 * HOURS, DAY: 29 * 24 * HOURS};
const prefers = condition => matchMedia(`(prefers-${condition})`);

let chart;

export const span = step => [new Date(Date.now() - SPANS[step]), new Date()];

/** Draws the points of a history, and lists them in the table that stands for the chart. */
export function showHistory(points, step, limit) {
    const isHour = step === 'HOUR';
    const removed = points.map(point => point.removedBytes && -point.removedBytes);
    const data = {
        labels: points.map(point => format.step(point.start, isHour)),
        datasets: [
            line('used', points.map(point => point.bytes), {fill: true}),
            line('limit', points.map(() => limit), {borderDash: [6, 5], pointRadius: 0, pointHitRadius: 0}),
            bars('added', points.map(point => point.addedBytes)),
            bars('removed', removed),
        ],
    };
    chart ??= new Chart(byId('chart'), {data, options: {}});
    chart.data = data;
    chart.options = options(limit);
    chart.update();
    byId('chart').setAttribute('aria-label', text('chart'));
    fillTable(byId('history'), points.map((point, index) => [
        data.labels[index],
        ...[point.bytes, point.addedBytes, removed[index]].map(
            bytes => number(bytes === undefined ? '–' : format.bytes(bytes))),
    ]).reverse());
}

const colours = {used: '--accent', limit: '--quiet', added: '--added', removed: '--warning'};
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const line = (name, data, look) => ({
    type: 'line', label: text(name), data, borderColor: colour(colours[name]), backgroundColor: colour('--accent-soft'),
    borderWidth: 2, pointRadius: 2.5, pointBackgroundColor: colour(colours[name]), order: 1, ...look,
});

const bars = (name, data) => ({
    type: 'bar', label: text(name), data, backgroundColor: colour(colours[name]), maxBarThickness: 18, order: 0,
});

function options(limit) {
    const ticks = {color: colour('--quiet')};
    return {
        locale: language,
        maintainAspectRatio: false,
        animation: prefers('reduced-motion: reduce').matches ? false : {duration: 300},
        interaction: {mode: 'index', intersect: false},
        scales: {
            x: {stacked: true, grid: {display: false}, ticks: {...ticks, maxRotation: 0, autoSkipPadding: 16}},
            y: {grid: {color: colour('--grid')}, ticks: {...ticks, stepSize: roundStep(limit), callback: format.bytes}},
        },
        plugins: {
            legend: {labels: {color: colour('--ink'), boxWidth: 14, boxHeight: 14}},
            tooltip: {callbacks: {label: item => `${item.dataset.label}: ${format.bytes(item.parsed.y)}`}},
        },
    };
}

/** Of 2 MiB, 512 KiB: bytes are counted in powers of two. */
const roundStep = limit => 2 ** Math.ceil(Math.log2(limit / 5));

/** A canvas does not follow the colours of its page. */
export const whenColoursChange = redraw => prefers('color-scheme: dark').addEventListener('change', redraw);
