import {byId, element} from './dom.js';
import * as format from './format.js';
import {text} from './i18n.js';

/** Shows how much is used: by length, colour, pattern and text. */
export function showUsage(quota, {metrics}, warnings) {
    const severity = warnings.find(warning => warning.metricType === 'BYTES')?.severity ?? 'OK';
    const share = quota.totalQuota ? quota.usedQuota / quota.totalQuota * 100 : 0;
    const figures = {
        used: format.bytes(quota.usedQuota),
        total: format.bytes(quota.totalQuota),
        percent: format.percent(share),
        severity: text(`severities.${severity}`),
    };
    document.querySelector('.usage').dataset.severity = severity;
    byId('severity').textContent = figures.severity;
    byId('used').textContent = figures.used;
    byId('of-total').textContent = text('ofTotal', figures);
    byId('fill').style.width = `${Math.min(share, 100)}%`;
    byId('meter').setAttribute('aria-valuenow', Math.round(Math.min(share, 100)));
    byId('meter').setAttribute('aria-valuetext', text('meter', figures));
    byId('facts').replaceChildren(
        fact('available', format.bytes(quota.availableQuota)),
        fact('reserved', format.bytes(quota.reservedQuota)));
    byId('parts').replaceChildren(
        ...metrics.filter(metric => metric.metricType !== 'BYTES' && (metric.used || metric.limit)).map(part));
    byId('warnings').replaceChildren(...warnings.map(warning => {
        const item = element('li', {}, warning.message);
        item.dataset.severity = warning.severity;
        return item;
    }));
}

/** The files, or the bytes of a category: with a bar of their own if they have a limit of their own. */
function part(metric) {
    const isFiles = metric.metricType === 'FILES';
    const amount = isFiles ? format.count : format.bytes;
    const name = isFiles ? text('fileCount') : text(`categories.${metric.category}`);
    const isLimited = metric.limit !== undefined;
    const used = amount(metric.used);
    const words = isLimited ? text('usedOf', {used, limit: amount(metric.limit)}) : used;
    return element('div', {}, element('p', {}, element('span', {}, name), element('span', {}, words)),
        ...isLimited ? [smallMeter(name, Math.min(metric.percentage, 100), words)] : []);
}

function smallMeter(name, percent, words) {
    const fill = element('div', {className: 'fill'});
    fill.style.width = `${percent}%`;
    const meter = element('div', {className: 'meter'}, fill);
    for (const [attribute, value] of Object.entries({
        role: 'progressbar', 'aria-label': name, 'aria-valuemin': 0, 'aria-valuemax': 100,
        'aria-valuenow': Math.round(percent), 'aria-valuetext': words,
    })) {
        meter.setAttribute(attribute, value);
    }
    return meter;
}

export const fact = (key, value) => element('div', {}, element('dt', {}, text(key)), element('dd', {}, value));
