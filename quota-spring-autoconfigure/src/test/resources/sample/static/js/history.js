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
    const data = {
        labels: points.map(point => format.step(point.start, step === 'HOUR')),
        datasets: [
            {...dataset('used', points.map(point => point.bytes)), type: 'bar', borderRadius: 4, pointStyle: 'rectRounded',
                order: 1},
            {...dataset('peak', points.map(point => point.peakBytes)), showLine: false, pointStyle: 'line',
                pointRadius: peak => peak.raw ? 8 : 0, borderWidth: 3},
            {...dataset('limit', points.map(() => limit)), borderDash: [6, 5], borderWidth: 2, pointRadius: 0,
                pointStyle: 'line', clip: 4},
        ],
    };
    chart ??= new Chart(byId('chart'), {type: 'line', data, options: {}});
    chart.data = data;
    chart.options = options(limit);
    chart.update();
    byId('chart').setAttribute('aria-label', text('chart'));
    fillTable(byId('history'), points.map((point, index) => [
        data.labels[index],
        ...[point.bytes, point.peakBytes, point.addedBytes, point.removedBytes].map(
            bytes => number(bytes === undefined ? '–' : format.bytes(bytes))),
    ]).reverse());
}

const COLOURS = {used: '--accent', peak: '--warning', limit: '--critical'};
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dataset = (name, data) => (
    {label: text(name), data, borderColor: colour(COLOURS[name]), backgroundColor: colour(COLOURS[name])});

function options(limit) {
    const ticks = {color: colour('--quiet')};
    return {
        locale: language,
        maintainAspectRatio: false,
        animation: prefers('reduced-motion: reduce').matches ? false : {duration: 300},
        interaction: {mode: 'index', intersect: false},
        scales: {
            x: {offset: true, grid: {display: false}, ticks: {...ticks, maxRotation: 0, autoSkipPadding: 16}},
            y: {beginAtZero: true, grid: {color: colour('--grid')}, ticks: {...ticks, stepSize: roundStep(limit), callback: format.bytes}},
        },
        plugins: {
            legend: {labels: {color: colour('--ink'), usePointStyle: true, pointStyleWidth: 18, boxHeight: 8}},
            tooltip: {callbacks: {label: item => `${item.dataset.label}: ${format.bytes(item.parsed.y)}`}},
        },
    };
}

/** Of 2 MiB, 512 KiB: bytes are counted in powers of two. */
const roundStep = limit => 2 ** Math.ceil(Math.log2(limit / 5));

/** A canvas does not follow the colours of its page. */
export const whenColoursChange = redraw => prefers('color-scheme: dark').addEventListener('change', redraw);
