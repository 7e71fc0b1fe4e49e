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
        fact('reserved', format.bytes(quota.reservedQuota)),
        fact('fileCount', format.count(quota.fileCount)));
    byId('limits').replaceChildren(
        ...metrics.filter(metric => metric.metricType !== 'BYTES' && metric.limit !== undefined).map(limit));
    byId('warnings').replaceChildren(...warnings.map(warning => {
        const item = element('li', {}, warning.message);
        item.dataset.severity = warning.severity;
        return item;
    }));
}

/** One of the other limits, with a bar of its own. */
function limit(metric) {
    const isFiles = metric.metricType === 'FILES';
    const amount = isFiles ? format.count : format.bytes;
    const name = isFiles ? text('fileCount') : text(`categories.${metric.category}`);
    const words = text('usedOf', {used: amount(metric.used), limit: amount(metric.limit)});
    const fill = element('div', {className: 'fill'});
    fill.style.width = `${Math.min(metric.percentage, 100)}%`;
    const meter = element('div', {className: 'meter', role: 'progressbar'}, fill);
    meter.ariaLabel = name;
    meter.ariaValueNow = Math.round(Math.min(metric.percentage, 100));
    meter.ariaValueText = words;
    return element('div', {}, element('p', {}, element('span', {}, name), element('span', {}, words)), meter);
}

export const fact = (key, value) => element('div', {}, element('dt', {}, text(key)), element('dd', {}, value));
